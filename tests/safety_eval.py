"""Measure the safety layer on a labelled set: `python -m tests.safety_eval FILE [--show]`.

A line: {"q": …, "want": "stop"|"aside"|"none", "category": …, "kind": "clear"|"indirect"|"decoy"|"ordinary"};
without `kind` (a question set) it counts as ordinary. Prints recall by category and false alarms; the failing
lines themselves only with --show.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from pathlib import Path

from knowledge.safety.detector import load_detector


def main(arguments: list[str]) -> None:
    show = "--show" in arguments
    detector = load_detector()
    right: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    failing: list[str] = []
    spent: list[float] = []
    for name in (argument for argument in arguments if not argument.startswith("--")):
        for line in Path(name).read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            kind, category = row.get("kind", "ordinary"), row.get("category", "-")
            begun = time.perf_counter()
            finding = detector.detect(row["q"])
            spent.append(time.perf_counter() - begun)
            heard = finding.loudness if finding else "none"
            for group, good in _scores(kind, heard, category):
                total[group] += 1
                right[group] += good
                if not good:
                    why = (
                        f"  [{finding.situation.id}: {finding.sign.cue} ← {finding.sign.words}]"
                        if finding
                        else ""
                    )
                    failing.append(f"{group[0]} {category}: {heard}: {row['q']}{why}")
    for group in sorted(total):
        print(
            f"{group[0]:28} {group[1]:4} {right[group]:5}/{total[group]:<5} {right[group] / total[group]:.3f}"
        )
    spent.sort()
    print(f"time per text: median {spent[len(spent) // 2] * 1000:.2f} ms, most {spent[-1] * 1000:.2f} ms")
    if show:
        print(*failing, sep="\n")


def _scores(kind: str, heard: str, category: str) -> list[tuple[tuple[str, str], bool]]:
    """(what is counted, category) and whether it went well."""
    if kind == "clear":
        good = heard == "stop"
        return [
            (("clear: stop", category), good),
            (("clear: stop", "all"), good),
            (("clear: stop or aside", "all"), heard != "none"),
        ]
    if kind == "indirect":
        good = heard != "none"
        return [(("indirect: stop or aside", category), good), (("indirect: stop or aside", "all"), good)]
    return [((f"{kind}: no stop", "all"), heard != "stop"), ((f"{kind}: no aside", "all"), heard != "aside")]


if __name__ == "__main__":
    main(sys.argv[1:])
