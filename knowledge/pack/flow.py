"""Guided talks as data: questions, choices, conditions and outcomes. `handlers/flow_interpreter.py` runs
them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from knowledge.intake.answer_words import Forms, Role
from knowledge.pack.policy import Share
from knowledge.pack.protocol import RuleId, Text

Kind = Literal["choice", "choices", "text", "when", "show", "school"]
"""choice: one option; choices: one or more; text: own words; when: a date and time; show: nothing is asked,
the person reads on; school: one of the schools that the person reports for."""
Condition = Mapping[str, tuple[str, ...]]
"""Step → options: holds where each of these steps was answered with at least one of its options."""


@dataclass(frozen=True, slots=True)
class Option:
    id: str
    label: Text
    goes: str | None
    """The step or outcome that it leads to; None goes on with the next step whose condition holds."""
    means: tuple[str, ...] = ()
    """Groups of `common/answers.yaml` whose words stand for it."""
    may_mean: tuple[str, ...] = ()
    """Groups whose words may stand for it: they count if no sure word does; of several options they ask
    back."""
    words: Forms = field(default_factory=dict)
    """Forms that stand for it, in this question only."""
    hints: Forms = field(default_factory=dict)
    """Forms that may stand for it, in this question only."""
    alone: bool = False
    """Whether it goes with no other option ("nobody yet")."""
    mixed: bool = False
    """Whether it is what yes and no together come to ("in part")."""
    hedged: bool = False
    """Whether it says "perhaps" itself, so that a doubt means it."""


@dataclass(frozen=True, slots=True)
class Step:
    id: str
    kind: Kind
    ask: Text
    aside: Text | None
    """A remark below the question."""
    options: tuple[Option, ...]
    required: bool
    """Whether "weet ik niet" is not among the answers."""
    when: Condition
    """The step is skipped where this does not hold; empty always holds."""
    goes: str | None
    """Like an option's `goes`, for a step without options or for "weet ik niet"."""
    line: int
    short: Text | None = None
    """The question in a word or two, for a list of answers; None uses the question."""
    takes_doubt: bool = False
    """Whether all that it may be is an answer: "leerling of ouder" is both, not asked back between."""
    role: Role | None = None
    """What the persons among the options are in what happened; None if they are none."""
    in_record: Share | None = None
    """Which records of a case the answer goes into; None where that is not said."""

    def option(self, option_id: str) -> Option | None:
        return next((option for option in self.options if option.id == option_id), None)


@dataclass(frozen=True, slots=True)
class Outcome:
    id: str
    says: Text
    """Ours: one plain sentence."""
    rules: tuple[RuleId, ...]
    """What it rests on, shown word for word; empty says that the protocol is silent."""
    ask: str | None
    """Whom to ask: a name from the pack's contacts."""
    line: int


@dataclass(frozen=True, slots=True)
class Flow:
    id: str
    version: int
    title: Text
    rules: tuple[RuleId, ...]
    """The rules beside whose answers the check is offered."""
    steps: tuple[Step, ...]
    outcomes: tuple[Outcome, ...]
    path: str
    """The file, for problems."""

    @property
    def is_check(self) -> bool:
        """Whether it is asked in one go and ends in an outcome: nothing is written in it."""
        return all(step.kind in ("choice", "show") for step in self.steps)

    def step(self, step_id: str) -> Step | None:
        return next((step for step in self.steps if step.id == step_id), None)

    def outcome(self, outcome_id: str) -> Outcome | None:
        return next((outcome for outcome in self.outcomes if outcome.id == outcome_id), None)
