"""How well stories and amendments are read, against a labelled file (JSON lines; see `score_stories`)."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from handlers.report.story import find_personal, read_amendment_on, read_story_on
from knowledge.pack import loading
from knowledge.pack.flow import Flow
from tests.conftest import ALLURE

TODAY = date(2026, 12, 1)
"""The day on which the stories of the labelled files are told."""


@dataclass
class Counts:
    wanted: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    asserted: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    stories: int = 0
    whole: int = 0
    """Stories with every wanted fact and no wrong one."""
    amendments: int = 0
    amended: int = 0
    personal: int = 0
    personal_found: int = 0
    faults: list[str] = field(default_factory=list)


def as_json(facts: Mapping[str, Sequence[str]], day: date | None) -> dict[str, Any]:
    found: dict[str, Any] = {question: list(options) for question, options in facts.items()}
    return found | ({"when": day.isoformat()} if day else {})


def values(fact: Any) -> set[str]:
    return set(fact) if isinstance(fact, list) else {fact}


def score(found: dict[str, Any], wanted: dict[str, Any], also: dict[str, Any], counts: Counts) -> bool:
    """Counts one story's facts, each option apart; whether all of them are right."""
    whole = True
    for question in wanted.keys() | found.keys():
        mine, theirs, allowed = (values(each.get(question, [])) for each in (found, wanted, also))
        counts.asserted[question] += len(mine)
        counts.right[question] += len(mine & (theirs | allowed))
        if allowed and mine and mine <= allowed:  # taken instead
            theirs = mine
        counts.wanted[question] += len(theirs)
        counts.found[question] += len(mine & theirs)
        if theirs - mine or mine - theirs - allowed:
            whole = False
            counts.faults.append(f"    {question}: wanted {sorted(theirs)}, found {sorted(mine)}")
    return whole


def score_stories(file: Path, flow: Flow) -> Counts:
    """`{"story" or "amend": ..., "facts": {...}, "also": {...}, "personal": [...]}` on each line."""
    counts = Counts()
    for line in file.read_text(encoding="utf-8").splitlines():
        entry = json.loads(line)
        text = entry.get("story") or entry["amend"]
        counts.faults.append(text)
        before = len(counts.faults)
        if "amend" in entry:
            amendment = read_amendment_on(text, flow, TODAY)
            counts.amendments += 1
            inner = Counts(faults=counts.faults)
            counts.amended += score(as_json(amendment.facts, amendment.day), entry["facts"], {}, inner)
        else:
            story = read_story_on(text, flow, TODAY)
            counts.stories += 1
            counts.whole += score(
                as_json(story.facts, story.day), entry["facts"], entry.get("also", {}), counts
            )
            personal = [each.text for each in find_personal(text)]
            for literal in entry.get("personal", []):
                hit = any(literal in each or each in literal for each in personal)
                counts.personal += 1
                counts.personal_found += hit
                if not hit:
                    counts.faults.append(f"    personal: {literal} not in {personal}")
        if len(counts.faults) == before:
            counts.faults.pop()
    return counts


def share(part: int, whole: int) -> str:
    return f"{part / whole:.3f} ({part}/{whole})" if whole else "-"


def main(file: Path, show: bool) -> None:
    counts = score_stories(file, loading.load(ALLURE, learnable=False).flow("incident"))
    print(f"{'question':<10} {'recall':<18} precision")
    for question in sorted(counts.wanted | counts.asserted):
        recall = share(counts.found[question], counts.wanted[question])
        print(f"{question:<10} {recall:<18} {share(counts.right[question], counts.asserted[question])}")
    recall = share(counts.found.total(), counts.wanted.total())
    print(f"{'all':<10} {recall:<18} {share(counts.right.total(), counts.asserted.total())}")
    print(f"stories wholly right: {share(counts.whole, counts.stories)}")
    print(f"personal data found:  {share(counts.personal_found, counts.personal)}")
    print(f"amendments right:     {share(counts.amended, counts.amendments)}")
    if show:
        print("\n".join(counts.faults))


if __name__ == "__main__":
    main(Path(next(each for each in sys.argv[1:] if not each.startswith("-"))), "--show" in sys.argv)
