"""What a change of the pack does to questions of which a person said what they ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from knowledge.evaluation import Labelled
from knowledge.matching.matcher import Outcome

Effect = Literal["better", "worse", "other"]
EFFECTS: tuple[Effect, ...] = ("worse", "better", "other")
"""In the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Change:
    """A question that gets another answer."""

    question: str
    wanted: str
    before: str
    after: str
    """An answer in short, as `short` says it."""
    effect: Effect

    def __lt__(self, other: Change) -> bool:
        """The worse ones first."""
        return EFFECTS.index(self.effect) < EFFECTS.index(other.effect)

    @property
    def line(self) -> str:
        """For a person who reads a list."""
        return f"{self.effect:6} {self.question}: {self.before} → {self.after} (asks for {self.wanted})"

    def as_json(self) -> dict[str, str]:
        return {
            "question": self.question,
            "wanted": self.wanted,
            "before": self.before,
            "after": self.after,
            "effect": self.effect,
        }


def short(outcome: Outcome) -> str:
    """An outcome in a few words, the same for what people would see as the same answer: "answer
    profilering-4", "choose bepalingen-1, bepalingen-2", "decline near/foto-maken", "smalltalk".
    """
    if outcome.status == "choose":
        return "choose " + ", ".join(outcome.choices)
    about = outcome.rule or outcome.topic
    return f"{outcome.status} {about}" if about else outcome.status


def changes(
    questions: Iterable[Labelled], old: Callable[[str], Outcome], new: Callable[[str], Outcome]
) -> list[Change]:
    """Every question whose answer changes, the worse ones first."""
    answers = ((one, short(old(one.question)), short(new(one.question))) for one in questions)
    return sorted(judged(one, before, after) for one, before, after in answers if before != after)


def judged(labelled: Labelled, before: str, after: str) -> Change:
    """Whether the answer after a change serves a question better or worse than the one before."""
    gain = _worth(labelled, after) - _worth(labelled, before)
    effect: Effect = "worse" if gain < 0 else "better" if gain > 0 else "other"
    return Change(labelled.question, " or ".join(labelled.labels), before, after, effect)


def _worth(labelled: Labelled, answer: str) -> int:
    """How well an answer in short serves: 3 right, 2 among the choices, 1 no answer, 0 a wrong rule."""
    status, _, about = answer.partition(" ")
    if labelled.kind == "rule":
        if status == "answer":
            return 3 if about in labelled.labels else 0
        return 2 if status == "choose" and set(about.split(", ")) & set(labelled.labels) else 1
    if labelled.kind in ("near", "far"):
        return {"answer": 0, "choose": 1}.get(status, 3 if about.startswith(labelled.kind) else 2)
    return 3 if status == labelled.kind else 0 if status == "answer" else 1
