"""A reported incident from its first answer to the filed record: what it holds, and what may be done with it
in which state.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from handlers.cases.judged import Judged
from handlers.flow_interpreter import Answers, Run
from handlers.turn import Person, Role

CaseState = Literal["concept", "ingediend", "in_behandeling", "afgerond", "vernietigd"]
"""concept: being told; ingediend: sent in as seen; in_behandeling: worked on; afgerond: closed and filed;
vernietigd: its content is gone.
"""
What = Literal[
    "started",
    "submitted",
    "step_settled",
    "step_reopened",
    "decided",
    "noted",
    "agreed",
    "filed",
    "closed",
    "reopened",
    "handed_over",
    "involved",
    "destroyed",
    "read",
    "exported",
]
BOARD: Literal["bestuur"] = "bestuur"
"""In place of a keeper: the board itself."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, and in what function."""

    person: str
    function: Role


def actor_of(person: Person) -> Actor:
    """The person in the role that they act in now."""
    return Actor(person.id, person.role)


@dataclass(frozen=True, slots=True)
class Event:
    """That something was done with a case, by whom and when; never what was said. For the timeline and the
    audit log.
    """

    what: What
    case: str
    by: Actor
    at: datetime
    about: str = ""
    """A closed value: a step's id, a subject, an edition."""


@dataclass(frozen=True, slots=True)
class Done:
    at: datetime
    by: Actor
    on: date
    """The day that it was done, which may be earlier than the day that it was told."""
    note: str = ""
    measure: str = ""
    """The sanction that was chosen, out of the step's closed list; empty for no sanction and for other
    steps.
    """
    kind: Literal["gedaan"] = "gedaan"


@dataclass(frozen=True, slots=True)
class NotApplicable:
    at: datetime
    by: Actor
    reason: str
    kind: Literal["niet_van_toepassing"] = "niet_van_toepassing"


Settled = Done | NotApplicable


@dataclass(frozen=True, slots=True)
class Decision:
    """The last one about a subject counts; earlier ones stay as history."""

    about: str
    """Its name in the policy."""
    outcome: str
    reason: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Note:
    text: str
    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True)
class Filing:
    """That a record was put where it is kept."""

    edition: str
    by: Actor
    at: datetime
    where: str = ""
    """Own words, for what has no place in the protocol: a parent's incident."""


@dataclass(frozen=True, slots=True)
class CaseHead:
    """What may be looked at to decide who may see a case: no content."""

    id: str
    number: str
    """"2026-0001"; "" while it is a draft."""
    school: str
    """The school's id; "" until it is known."""
    state: CaseState
    reporter: str
    """The person's id."""
    keeper: str
    """Who works on it now: a person's id, or `BOARD`."""
    involved: frozenset[str]
    """Ids of persons who may not see it, whatever their role."""
    opened: datetime
    changed: datetime


@dataclass(frozen=True, slots=True)
class Case:
    id: str
    school: str
    reporter: str
    keeper: str
    flow: str
    flow_version: int
    """The talk that it began with and ends with."""
    opened: datetime
    changed: datetime
    number: str = ""
    state: CaseState = "concept"
    answers: Answers = field(default_factory=dict)
    """May hold answers of branches that a later change closed: `handlers.flow_interpreter.live` gives those
    that count.
    """
    asking: str | None = None
    """The step gone back to; None is the first open one."""
    held: str = ""
    """A text that may not be meant as the answer to the open step, or should not be kept so, until the person
    has said.
    """
    picked: tuple[str, ...] = ()
    """What is ticked of the open step, where several can be chosen."""
    revision: int = 0
    """Goes up with every change."""
    involved: frozenset[str] = frozenset()
    settled: Mapping[str, Settled] = field(default_factory=dict)
    """Step's id → how it ended. A step that is not in here is open; one that is no longer required stays as
    history.
    """
    decisions: tuple[Decision, ...] = ()
    notes: tuple[Note, ...] = ()
    agreed: date | None = None
    """The next date agreed on."""
    filed: tuple[Filing, ...] = ()
    timeline: tuple[Event, ...] = ()
    judged: Judged | None = None
    """What it is judged by, from when it was sent in; None takes the protocol as it is now."""

    @property
    def run(self) -> Run:
        """The talk as it stands, for the interpreter; `continued` takes it back."""
        return Run(self.flow, self.flow_version, self.answers, self.asking, self.revision)

    @property
    def head(self) -> CaseHead:
        return CaseHead(
            self.id,
            self.number,
            self.school,
            self.state,
            self.reporter,
            self.keeper,
            self.involved,
            self.opened,
            self.changed,
        )

    def decided(self, about: str) -> Decision | None:
        """The decision that counts."""
        return next((decision for decision in reversed(self.decisions) if decision.about == about), None)


class CaseError(Exception):
    """What was asked is not possible with this case as it is."""


class WrongStateError(CaseError):
    def __init__(self, state: CaseState, what: What) -> None:
        super().__init__(f'"{what}" is not possible in state "{state}"')
        self.state = state


class ChangedMeanwhileError(CaseError):
    """It was changed after the person saw it."""


class ReasonMissingError(CaseError):
    """A reason is needed, and none was given."""


class UnknownStepError(CaseError):
    """The step is not among those that the case demands."""


class UnknownMeasureError(CaseError):
    """The sanction is not in the closed list of the step."""


class NotTheDeciderError(CaseError):
    """Another role decides this."""


class NotFiledError(CaseError):
    """The record was not put where it is kept."""


class OpenStepsError(CaseError):
    def __init__(self, steps: tuple[str, ...]) -> None:
        super().__init__(f"steps are open: {', '.join(steps)}")
        self.steps = steps


Changed = tuple[Case, Event]
"""The case after something was done, and that it was done. Keep both in one transaction."""
WORKED_ON: tuple[CaseState, ...] = ("ingediend", "in_behandeling")


def start(by: Actor, school: str, flow: str, version: int, at: datetime) -> Changed:
    """A new draft, with an opaque random id."""
    case = Case(secrets.token_urlsafe(16), school, by.person, by.person, flow, version, at, at)
    return _done(case, "started", by, at)


def continued(case: Case, run: Run, at: datetime) -> Case:
    """The draft after an answer, a step back or an edit. Raises `WrongStateError` once it is sent in: what
    was seen stays as seen.
    """
    if case.state != "concept":
        raise WrongStateError(case.state, "submitted")
    return replace(
        case, answers=run.answers, asking=run.at, revision=run.revision, changed=at, held="", picked=()
    )


def waiting(case: Case, at: datetime, held: str = "", picked: tuple[str, ...] = ()) -> Case:
    """The draft with something that waits for a further word on the open step. Raises `WrongStateError` once
    it is sent in.
    """
    _in(case, ("concept",), "submitted")
    return replace(case, held=held, picked=picked, revision=case.revision + 1, changed=at)


def submit(case: Case, number: str, seen: int, by: Actor, at: datetime) -> Changed:
    """The draft sent in as seen at revision `seen`. Raises `WrongStateError` (also the second time),
    `ChangedMeanwhileError`.
    """
    _in(case, ("concept",), "submitted")
    if seen != case.revision:
        raise ChangedMeanwhileError(f"seen at revision {seen}, now at {case.revision}")
    return _done(
        replace(case, number=number, state="ingediend", asking=None, held="", picked=()), "submitted", by, at
    )


def settle_step(
    case: Case, step: str, how: Settled, required: Collection[str], measures: Collection[str] = ()
) -> Changed:
    """A step done, or reasoned away. `required`: ids that `handlers.cases.case_steps` demands now;
    `measures`: the sanctions that this step allows.

    Raises `WrongStateError`, `UnknownStepError`, `UnknownMeasureError`, `ReasonMissingError`.
    """
    _in(case, WORKED_ON, "step_settled")
    if step not in required:
        raise UnknownStepError(step)
    if isinstance(how, NotApplicable) and not how.reason.strip():
        raise ReasonMissingError(step)
    if isinstance(how, Done) and how.measure and how.measure not in measures:
        raise UnknownMeasureError(how.measure)
    return _done(
        _worked(replace(case, settled={**case.settled, step: how})), "step_settled", how.by, how.at, step
    )


def reopen_step(case: Case, step: str, by: Actor, at: datetime) -> Changed:
    """A step that was settled by mistake, open again. Raises `WrongStateError`, `UnknownStepError`."""
    _in(case, WORKED_ON, "step_reopened")
    if step not in case.settled:
        raise UnknownStepError(step)
    left = {other: how for other, how in case.settled.items() if other != step}
    return _done(_worked(replace(case, settled=left)), "step_reopened", by, at, step)


def decide(case: Case, decision: Decision, deciders: Collection[Role] = (BOARD,)) -> Changed:
    """A decision of one of the `deciders`, with its reason. Raises `WrongStateError`, `NotTheDeciderError`,
    `ReasonMissingError`.
    """
    _in(case, WORKED_ON, "decided")
    if decision.by.function not in deciders:
        raise NotTheDeciderError(decision.about)
    if not decision.reason.strip():
        raise ReasonMissingError(decision.about)
    return _done(
        _worked(replace(case, decisions=(*case.decisions, decision))),
        "decided",
        decision.by,
        decision.at,
        decision.about,
    )


def add_note(case: Case, note: Note) -> Changed:
    """A progress note. Raises `WrongStateError`, `ReasonMissingError` for an empty one."""
    _in(case, WORKED_ON, "noted")
    if not note.text.strip():
        raise ReasonMissingError("note")
    return _done(_worked(replace(case, notes=(*case.notes, note))), "noted", note.by, note.at)


def agree(case: Case, on: date | None, by: Actor, at: datetime) -> Changed:
    """Set or clear the next date agreed on. Raises `WrongStateError`."""
    _in(case, WORKED_ON, "agreed")
    return _done(_worked(replace(case, agreed=on)), "agreed", by, at)


def file(case: Case, filing: Filing) -> Changed:
    """An edition put where it is kept. Raises `WrongStateError`."""
    _in(case, WORKED_ON, "filed")
    return _done(
        _worked(replace(case, filed=(*case.filed, filing))), "filed", filing.by, filing.at, filing.edition
    )


def close(case: Case, required: Collection[str], by: Actor, at: datetime) -> Changed:
    """Closed: every required step is settled and the record is filed. Raises `WrongStateError`,
    `OpenStepsError`, `NotFiledError`.
    """
    _in(case, WORKED_ON, "closed")
    if still_open := tuple(step for step in required if step not in case.settled):
        raise OpenStepsError(still_open)
    if not case.filed:
        raise NotFiledError(case.id)
    return _done(replace(case, state="afgerond", agreed=None), "closed", by, at)


def reopen(case: Case, reason: str, by: Actor, at: datetime) -> Changed:
    """Worked on again; the reason is kept as a note. Raises `WrongStateError`, `ReasonMissingError`."""
    _in(case, ("afgerond",), "reopened")
    if not reason.strip():
        raise ReasonMissingError("reopen")
    return _done(
        replace(case, state="in_behandeling", notes=(*case.notes, Note(reason, by, at))), "reopened", by, at
    )


def hand_over(case: Case, to: str, by: Actor, at: datetime) -> Changed:
    """Another keeper: a person's id or `BOARD`. Raises `WrongStateError`, and `CaseError` where that person
    is involved.
    """
    _in(case, ("concept", *WORKED_ON), "handed_over")
    if to in case.involved:
        raise CaseError("an involved person cannot keep the case")
    return _done(replace(case, keeper=to), "handed_over", by, at)


def involve(case: Case, person: str, by: Actor, at: datetime) -> Changed:
    """A person who is part of what happened may no longer see the case, from now on and for good; what they
    kept goes to the board.
    """
    _in(case, ("concept", *WORKED_ON, "afgerond"), "involved")
    keeper = BOARD if case.keeper == person else case.keeper
    return _done(replace(case, involved=case.involved | {person}, keeper=keeper), "involved", by, at)


def destroy(case: Case, by: Actor, at: datetime) -> Changed:
    """What is left when the content is thrown away: number, school, dates, and that it was. Raises
    `WrongStateError` while it is worked on.
    """
    _in(case, ("concept", "afgerond"), "destroyed")
    stub = Case(
        case.id,
        case.school,
        case.reporter,
        case.keeper,
        case.flow,
        case.flow_version,
        case.opened,
        at,
        case.number,
        "vernietigd",
    )
    return _done(
        replace(stub, involved=case.involved, revision=case.revision, timeline=case.timeline),
        "destroyed",
        by,
        at,
    )


def _in(case: Case, states: Collection[str], what: What) -> None:
    if case.state not in states:
        raise WrongStateError(case.state, what)


def _worked(case: Case) -> Case:
    return replace(case, state="in_behandeling")


def _done(case: Case, what: What, by: Actor, at: datetime, about: str = "") -> Changed:
    event = Event(what, case.id, by, at, about)
    return replace(case, revision=case.revision + 1, changed=at, timeline=(*case.timeline, event)), event
