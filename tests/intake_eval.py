"""Scores labelled intake answers: `python -m tests.intake_eval answers FILE [--show] [--json]`.

A line of the file: {"question", "say", "taken", "ask", "unknown", "lang", "is_question"?, "also"?}. An
outcome is right if all of it is as wanted, or as one of `also`. Wrongly taken: something is taken that
neither the line nor its `also` takes.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.intake.choice_answer import Understood, understand_answer
from knowledge.pack import loading
from knowledge.pack.flow import Flow

PACK = Path(__file__).parent.parent / "knowledge" / "allure"


@dataclass(frozen=True)
class Scored:
    line: Mapping[str, Any]
    understood: Understood
    right: bool
    wrongly_taken: bool

    @property
    def question(self) -> str:
        return str(self.line["question"])


def score(flow: Flow, lines: Iterable[Mapping[str, Any]]) -> list[Scored]:
    """Every line with what it was understood as."""
    found = []
    for line in lines:
        step = flow.step(line["question"])
        if step is None:
            raise SystemExit(f'no question "{line["question"]}" in the talk')
        understood = understand_answer(step, line["say"], "en" if line.get("lang") == "en" else "nl")
        wanted = [line, *line.get("also", ())]
        right = any(_outcome(understood) == _wanted(one) for one in wanted)
        may_take = {option for one in wanted for option in one["taken"]}
        found.append(Scored(line, understood, right, bool(set(understood.taken) - may_take)))
    return found


def _outcome(understood: Understood) -> tuple[object, ...]:
    return (
        frozenset(understood.taken),
        frozenset(understood.ask),
        understood.unknown,
        understood.is_question,
    )


def _wanted(line: Mapping[str, Any]) -> tuple[object, ...]:
    return (
        frozenset(line["taken"]),
        frozenset(line["ask"]),
        bool(line["unknown"]),
        bool(line.get("is_question", False)),
    )


def read_lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("kind", choices=["answers"])
    parser.add_argument("file", type=Path)
    parser.add_argument("--show", action="store_true", help="show every line that is not right")
    parser.add_argument("--json", action="store_true", help="one JSON object with the figures")
    asked = parser.parse_args()
    scored = score(loading.load(PACK, learnable=False).flow("incident"), read_lines(asked.file))
    if asked.json:
        print(json.dumps(figures(scored)))
        return
    for name, (lines, right, wrong) in figures(scored).items():
        print(f"{name:10} {lines:4} lines   right {right:.3f}   wrongly taken {wrong:.3f}")
    if asked.show:
        _show(scored)


def figures(scored: list[Scored]) -> dict[str, tuple[int, float, float]]:
    """Question (and "all") → (lines, share right, share wrongly taken)."""
    found = {}
    for name in [*Counter(one.question for one in scored), "all"]:
        part = [one for one in scored if name in ("all", one.question)]
        right, wrong = sum(one.right for one in part), sum(one.wrongly_taken for one in part)
        found[name] = (len(part), right / len(part), wrong / len(part))
    return found


def _show(scored: list[Scored]) -> None:
    for one in scored:
        if not one.right:
            mark = "WRONGLY TAKEN" if one.wrongly_taken else "not right"
            print(f"\n{mark}: {one.question} | {one.line['say']}")
            print(f"   wanted {_short(one.line)}")
            print(
                f"   got    {_short(_as_line(one.understood))}   {[e.text for e in one.understood.evidence]}"
            )


def _as_line(understood: Understood) -> dict[str, Any]:
    return {
        "taken": list(understood.taken),
        "ask": list(understood.ask),
        "unknown": understood.unknown,
        "is_question": understood.is_question,
    }


def _short(line: Mapping[str, Any]) -> str:
    flags = " ".join(name for name in ("unknown", "is_question") if line.get(name))
    return f"taken={line['taken']} ask={line['ask']} {flags}"


if __name__ == "__main__":
    main()
