"""Figures of a question set, for people and for machines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from knowledge.evaluation import Score
from knowledge.teaching.comparison import Change

NAMES = {
    "direct": "direct (answered with the right rule)",
    "helped": "helped (answered, or among at most 3 choices)",
    "wrong": "wrong (a wrong rule asserted)",
    "declined": "declined although a rule answers",
    "false_near": "false answer on near",
    "false_far": "false answer on far",
    "incident": "incident recognised or offered",
    "smalltalk": "smalltalk recognised",
}
KIND = {"false_near": "near", "false_far": "far", "incident": "incident", "smalltalk": "smalltalk"}
LANGUAGE_NAMES = {"nl": "Dutch", "en": "English"}


def as_json(scores: Mapping[str, Score], changed: Sequence[Change] | None) -> dict[str, object]:
    """Language → its figures (shares, 0 to 1), counts, verdicts per rule and confusions; and "changed", where
    answers were kept: those that are others now.
    """
    others = {} if changed is None else {"changed": [change.as_json() for change in changed]}
    return others | {
        language: {
            "figures": {
                name: None if share is None else round(share, 4) for name, share in score.figures.items()
            },
            "questions": {
                kind: score.count(kind) for kind in ("rule", "near", "far", "incident", "smalltalk")
            },
            "per_rule": {rule: dict(verdicts) for rule, verdicts in score.per_rule().items()},
            "confusions": [
                {"wanted": wanted, "got": got, "times": n} for wanted, got, n in score.confusions()
            ],
        }
        for language, score in scores.items()
    }


def draw(scores: Mapping[str, Score], changed: Sequence[Change] | None, console: Console) -> None:
    """The figures first, then per rule, then what was confused, then what is answered otherwise than kept."""
    table = Table("figure", *(LANGUAGE_NAMES[language] for language in scores), box=None, pad_edge=False)
    for name, title in NAMES.items():
        table.add_row(title, *(_figure(score, name) for score in scores.values()))
    console.print(table)
    for language, score in scores.items():
        rules = Table(
            f"rule ({LANGUAGE_NAMES[language]})",
            "direct",
            "helped",
            "wrong",
            "missed",
            "declined",
            box=None,
            pad_edge=False,
        )
        for rule, verdicts in score.per_rule().items():
            rules.add_row(
                rule, *(str(verdicts[v] or "") for v in ("direct", "helped", "wrong", "missed", "declined"))
            )
        console.print()
        console.print(rules)
        confused = score.confusions()
        if confused:
            confusions = Table("wanted", "got", "times", box=None, pad_edge=False)
            for wanted, got, n in confused[:20]:
                confusions.add_row(wanted, got, str(n))
            console.print()
            console.print(confusions)
    if changed is not None:
        console.print(f"\n{len(changed)} answers are others than the kept ones.")
    for change in changed or ():
        console.print(change.line, markup=False)


def _figure(score: Score, name: str) -> str:
    share = score.figures[name]
    if share is None:
        return "-"
    return f"{share:.3f} of {score.count(KIND.get(name, 'rule'))}"
