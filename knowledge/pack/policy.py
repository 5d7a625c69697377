"""What must happen after an incident, as a pack's steps.yaml has it: actors, decisions, measures, records and
steps with their conditions; and the interpreter, a pure function of answers and decisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from knowledge.pack.protocol import RuleId, Text

Given = Mapping[str, tuple[str, ...]]
"""Question → what was chosen; `UNKNOWN` for "weet ik niet". A question that was not asked is not in here."""
Decided = Mapping[str, str]
"""Decision → its outcome. One that is still open is not in here."""
Share = str | tuple[str, ...]
"""Which records an answer or a step goes into: a word of `SHARES`, or the ids of records."""
SHARES = ("always", "own", "alone", "never")
"""always: in every record; own: only the options that name the record's own people; alone: only where nobody
of the other side is part of it; never: in the complete record only."""
COMPLETE = "volledig"
"""The record that holds everything; every pack has it."""
UNKNOWN = "unknown"
Decider = Literal["bestuur", "directie"]


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds where all of `answers` and `decided` hold and none of `unless`."""

    answers: Given = field(default_factory=dict)
    """Question → options of which at least one must be chosen."""
    unless: Given = field(default_factory=dict)
    decided: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Decision → outcomes of which it must have one."""


@dataclass(frozen=True, slots=True)
class Outside:
    """That something is not from the protocol: where it was read, and when somebody last read it there."""

    source: str
    checked: date | None
    """None: nobody has looked at the live page yet."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something beside a step that is not from the protocol."""

    text: Text
    outside: Outside


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that must happen."""

    id: str
    title: Text
    text: Text
    rests_on: RuleId | Outside
    note: Note | None
    actor: str
    about: str
    """Whose step it is, an option of the question who did it; "" where it is nobody's in particular."""
    measures: tuple[str, ...]
    """What can come of it; nothing need."""
    decides: str
    """The decision that is taken in it; "" for every other step."""
    files: str
    """The record that was put where it is kept once the step is done; "" for none."""
    in_record: Share
    """Which records tell of it, where it is about nobody in particular."""
    when: tuple[Condition, ...]
    """It is required where one of these holds; empty always is."""
    line: int

    @property
    def rule(self) -> RuleId | None:
        """The rule that it rests on; None is "niet uit het protocol"."""
        return None if isinstance(self.rests_on, Outside) else self.rests_on


@dataclass(frozen=True, slots=True)
class Decision:
    by: Decider
    """The role that alone decides it; what a director decides, the board may too."""
    outcomes: Mapping[str, Text]
    line: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """A record that is narrower than the complete one."""

    name: Text
    title: Text
    about: tuple[str, ...]
    """Whom it may be about: options of the questions who did it and who is hurt."""
    holds: Text
    """What stands in it, in a sentence."""
    left_out: Text
    """Why free text was left out."""
    ask_note: Text
    """How the note to a step of its people is asked for."""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    actors: Mapping[str, Text]
    decisions: Mapping[str, Decision]
    measures: Mapping[str, Text]
    records: Mapping[str, Record]
    together: tuple[Condition, ...]
    """Where one of these holds, people of both sides are part of it, whoever was named."""
    steps: Mapping[str, Step]
    """In the order in which they are shown."""

    def record_of(self, about: str) -> Record | None:
        """The record that a step about this person goes into."""
        return next((record for record in self.records.values() if about in record.about), None)


NO_POLICY = Policy({}, {}, {}, {}, (), {})


def required_steps(policy: Policy, given: Given, decided: Decided) -> tuple[Step, ...]:
    """The steps that a case demands, in order, each once. A step stays required after it was done or
    decided.
    """
    return tuple(step for step in policy.steps.values() if holds(step.when, given, decided))


def may_require(policy: Policy, given: Given) -> tuple[Step, ...]:
    """The steps that a case with these answers can come to demand, whatever is decided."""
    return tuple(
        step
        for step in policy.steps.values()
        if holds(tuple(replace(condition, decided={}) for condition in step.when), given, {})
    )


def holds(conditions: tuple[Condition, ...], given: Given, decided: Decided) -> bool:
    """Whether one of the conditions holds; none at all always does."""
    return not conditions or any(_holds(condition, given, decided) for condition in conditions)


def _holds(condition: Condition, given: Given, decided: Decided) -> bool:
    return (
        all(_chosen(given, question, options) for question, options in condition.answers.items())
        and not any(_chosen(given, question, options) for question, options in condition.unless.items())
        and all(decided.get(about) in outcomes for about, outcomes in condition.decided.items())
    )


def _chosen(given: Given, question: str, options: tuple[str, ...]) -> bool:
    return any(option in options for option in given.get(question, ()))
