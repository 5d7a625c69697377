"""The case file in the database: content encrypted with a key of the case's own, that key encrypted with the
board's; heads and events plain.

Destroying a case throws away its key and its content; the stub and the events stay.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol, TypeVar

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from bot.ports.audit import Act, AuditEntry, Outcome
from bot.storage.audit.tables import audit
from bot.storage.case_tables import HEADS, case_events, case_numbers, cases
from bot.storage.compiled_statement import Insert, PerDialect
from bot.storage.encryption import Cipher, DecryptionError, new_key
from bot.storage.serialization import Encrypted, LostRecordError
from handlers.cases.access import may
from handlers.cases.case import Actor, Case, CaseHead, Decision, Event, Filing, Note, Settled
from handlers.cases.judged import Judged
from handlers.cases.repository import CaseList, UnreadableCaseError
from handlers.flow_interpreter import Answer, Written
from handlers.turn import Person, Turn


@dataclass(frozen=True, slots=True)
class Content:
    """What of a case is words of people, or hangs together with them."""

    answers: Mapping[str, Written]
    asking: str | None
    held: str
    settled: Mapping[str, Settled]
    decisions: tuple[Decision, ...]
    notes: tuple[Note, ...]
    filed: tuple[Filing, ...]
    picked: tuple[str, ...] = ()
    judged: Judged | None = None
    bound: str = ""
    """What the rest of the row was when this was written (`_bound`); "" from before that was kept."""


CONTENT: Encrypted[Content] = Encrypted(Content, "cases", "content")
CLOSED: Encrypted[dict[str, Answer]] = Encrypted(dict[str, Answer], "cases", "closed")
"""Choices and "weet ik niet": kept apart from free text, so that counting never has to open what people
wrote.
"""
INVOLVED: Encrypted[tuple[str, ...]] = Encrypted(tuple[str, ...], "cases", "involved")
"""Encrypted with the board's key: the gate needs it before the case's own key is opened."""

Result = TypeVar("Result")


class InTurn(Protocol):
    """The unit of a turn."""

    @property
    def turn(self) -> Turn: ...

    async def call(self, work: Callable[[Connection], Result]) -> Result: ...

    def record(self, *entries: AuditEntry) -> None: ...


class ConflictError(Exception):
    """Somebody else changed the case after it was read, without its lock: a fault in the program."""


class SqlCases:
    """`handlers.cases.repository.Cases` within one turn's transaction."""

    def __init__(self, unit: InTurn, file: CaseFile) -> None:
        self._unit = unit
        self._file = file

    async def head(self, case_id: str) -> CaseHead | None:
        return await self._unit.call(lambda connection: self._file.head(connection, case_id))

    async def find(self, number: str) -> CaseHead | None:
        return await self._unit.call(lambda connection: self._file.find(connection, number))

    async def listed(self, person: Person, skip: int, limit: int) -> CaseList:
        found = await self._unit.call(lambda connection: self._file.listed(connection, person, skip, limit))
        self._record("listed", about=f"{skip + 1}-{skip + len(found.heads)}/{found.count}")
        return found

    async def drafts(self, reporter: str) -> Sequence[CaseHead]:
        return await self._unit.call(lambda connection: self._file.drafts(connection, reporter))

    async def load(self, head: CaseHead) -> Case:
        case = await self._unit.call(lambda connection: self._file.load(connection, head.id))
        self._record("opened", head.id, head.number)
        return case

    async def next_number(self, year: int) -> str:
        return await self._unit.call(lambda connection: self._file.next_number(connection, year))

    async def save(self, case: Case, *events: Event) -> None:
        await self._unit.call(lambda connection: self._file.save(connection, case, events))
        if not events:
            self._record("changed", case.id, case.number, revision=case.revision)
        self._unit.record(*(entered(event, self._unit.turn.person, case) for event in events))

    async def note(self, event: Event) -> None:
        await self._unit.call(lambda connection: self._file.add_events(connection, [event]))
        self._unit.record(entered(event, self._unit.turn.person))

    async def refused(self, access: str, case_id: str = "") -> None:
        self._record("refused", case_id, about=access, outcome="refused")

    def _record(
        self,
        act: Act,
        case_id: str = "",
        number: str = "",
        *,
        about: str = "",
        outcome: Outcome = "done",
        revision: int | None = None,
    ) -> None:
        turn = self._unit.turn
        person = turn.person
        self._unit.record(
            AuditEntry(
                act,
                person.id,
                person.role,
                turn.at,
                person.schools,
                case_id,
                number,
                about,
                outcome,
                revision,
            )
        )


def entered(event: Event, person: Person | None, case: Case | None = None) -> AuditEntry:
    """What the audit log keeps of an event of a case; `case` as it was saved with it."""
    schools = person.schools if person and person.id == event.by.person else ()
    return AuditEntry(
        event.what,
        event.by.person,
        event.by.function,
        event.at,
        schools,
        event.case,
        case.number if case else "",
        event.about,
        revision=case.revision if case else None,
    )


@dataclass(frozen=True)
class CaseFile:
    """One board's cases. Its methods work in an open transaction."""

    board: str
    cipher: Cipher
    _logged: set[str] = field(default_factory=set, compare=False)
    """Damaged cases that the log names already: reminders look every minute."""

    def head(self, connection: Connection, case_id: str) -> CaseHead | None:
        row = connection.execute(
            HEADS.where(cases.c.board == self.board, cases.c.id == case_id).with_for_update()
        ).first()
        return self.readable(row) if row else None

    def find(self, connection: Connection, number: str) -> CaseHead | None:
        row = connection.execute(
            HEADS.where(cases.c.board == self.board, cases.c.number == number).with_for_update()
        ).first()
        return self.readable(row) if row else None

    def listed(self, connection: Connection, person: Person, skip: int, limit: int) -> CaseList:
        """See `handlers.cases.repository.Cases.listed`. Who is involved is encrypted, so SQL finds what
        the gate may let through, and the few cases in which somebody is involved are opened to leave out
        the rest.
        """
        visible = (cases.c.board == self.board, *_may_list(person))
        hidden, unreadable = [], []
        for row in connection.execute(HEADS.where(*visible, cases.c.involved.is_not(None))):
            head = self.readable(row)
            if head is None or not may(person, "list", head):
                hidden.append(row.id)
            if head is None and (person.role == "bestuur" or row.keeper == person.id):
                unreadable.append(row.number)
        shown = (*visible, cases.c.id.not_in(hidden)) if hidden else visible
        count = connection.execute(select(func.count()).select_from(cases).where(*visible)).scalar_one()
        page = HEADS.where(*shown).order_by(cases.c.opened.desc(), cases.c.id).offset(skip).limit(limit)
        heads = [head for row in connection.execute(page) if (head := self.readable(row))]
        return CaseList(
            tuple(head for head in heads if may(person, "list", head)),
            count - len(hidden),
            tuple(sorted(unreadable)),
        )

    def drafts(self, connection: Connection, reporter: str) -> list[CaseHead]:
        own = (cases.c.board == self.board, cases.c.reporter == reporter, cases.c.state == "concept")
        rows = connection.execute(HEADS.where(*own).order_by(cases.c.changed.desc(), cases.c.id))
        return [head for row in rows if (head := self.readable(row))]

    def load(self, connection: Connection, case_id: str) -> Case:
        """Open a case. Raises `KeyError` if there is none (any more), `UnreadableCaseError` if what is
        stored was changed or moved.
        """
        try:
            return self._load(connection, case_id)
        except LostRecordError as lost:
            log.error("case %s cannot be read: %s", case_id, lost)
            raise UnreadableCaseError(str(lost)) from lost

    def _load(self, connection: Connection, case_id: str) -> Case:
        row = connection.execute(
            select(cases).where(cases.c.board == self.board, cases.c.id == case_id, cases.c.key.is_not(None))
        ).first()
        if row is None:
            raise KeyError(case_id)
        own = self._own(row.key, case_id)
        content = CONTENT.read(own, row.content, self.board, case_id)
        closed = CLOSED.read(own, row.closed, self.board, case_id)
        if content.bound and content.bound != self._bound(
            own, dict(row._mapping), self._involved(row), case_id
        ):
            raise LostRecordError("cases.content: the rest of the row is not what it was written with")
        self._refuse_older(connection, row)
        log = connection.execute(
            select(case_events).where(case_events.c.case == case_id).order_by(case_events.c.id)
        )
        timeline = tuple(Event(e.what, e.case, Actor(e.person, e.function), e.at, e.about) for e in log)
        return Case(
            id=row.id,
            school=row.school,
            reporter=row.reporter,
            keeper=row.keeper,
            flow=row.flow,
            flow_version=row.flow_version,
            opened=row.opened,
            changed=row.changed,
            number=row.number or "",
            state=row.state,
            answers={**closed, **content.answers},
            asking=content.asking,
            held=content.held,
            picked=content.picked,
            revision=row.revision,
            involved=self._involved(row),
            settled=content.settled,
            decisions=content.decisions,
            notes=content.notes,
            agreed=row.agreed,
            filed=content.filed,
            timeline=timeline,
            judged=content.judged,
        )

    def next_number(self, connection: Connection, year: int) -> str:
        last = connection.execute(
            _NEXT[connection.dialect.name], {"board": self.board, "year": year, "last": 1}
        ).scalar_one()
        return f"{year}-{last:04}"

    def save(self, connection: Connection, case: Case, events: Iterable[Event] = ()) -> None:
        """Raises `ConflictError`."""
        plain = self._plain(case)
        gone = case.state == "vernietigd"
        values = {**plain, **(_GONE if gone else self._encrypted(connection, case, plain))}
        known = connection.execute(
            select(cases.c.revision).where(cases.c.board == self.board, cases.c.id == case.id)
        ).scalar()
        if known is None:
            connection.execute(insert(cases), {**values, "id": case.id, "board": self.board})
        else:
            earlier = (
                cases.c.board == self.board,
                cases.c.id == case.id,
                cases.c.revision == known,
                cases.c.revision <= case.revision,
            )
            if not connection.execute(update(cases).where(*earlier).values(**values)).rowcount:
                raise ConflictError(case.id)
        self.add_events(connection, events)

    def add_events(self, connection: Connection, events: Iterable[Event]) -> None:
        rows = [
            {
                "board": self.board,
                "case": e.case,
                "what": e.what,
                "person": e.by.person,
                "function": e.by.function,
                "at": e.at,
                "about": e.about,
            }
            for e in events
        ]
        if rows:
            connection.execute(insert(case_events), rows)

    def _plain(self, case: Case) -> dict[str, object]:
        involved = (
            INVOLVED.write(self.cipher, tuple(sorted(case.involved)), self.board, case.id)
            if case.involved
            else None
        )
        names = (
            "school",
            "state",
            "reporter",
            "keeper",
            "opened",
            "changed",
            "revision",
            "agreed",
            "flow",
            "flow_version",
        )
        return {
            **{name: getattr(case, name) for name in names},
            "number": case.number or None,
            "involved": involved,
        }

    def _refuse_older(self, connection: Connection, row: Any) -> None:
        """Raises `LostRecordError` if the audit log knows a later state of the case than what stands here."""
        entered = (audit.c.board == self.board, audit.c.case == row.id, audit.c.revision.is_not(None))
        last = connection.execute(
            select(audit.c.revision).where(*entered).order_by(audit.c.seq.desc()).limit(1)
        ).scalar()
        if last is not None and row.revision < last:
            raise LostRecordError(f"cases: revision {row.revision} was put back in place of {last}")

    def _bound(
        self, own: Cipher, row: Mapping[str, Any], involved: frozenset[str], case_id: str, closed: bytes = b""
    ) -> str:
        """SHA-256 of all else in the row that decides who may see the case or says what it is: an older value
        of one column, or an empty one, does not go with the content of now.
        """
        choices = own.decrypt(closed or row["closed"], "cases", "closed", self.board, case_id)
        names = ("revision", "number", "school", "state", "reporter", "keeper", "flow", "flow_version")
        values = [row[name] or "" for name in names]
        agreed = row["agreed"].isoformat() if row["agreed"] else ""
        said = json.dumps([*values, agreed, sorted(involved), sha256(choices).hexdigest()])
        return sha256(said.encode()).hexdigest()

    def _encrypted(self, connection: Connection, case: Case, plain: Mapping[str, Any]) -> dict[str, bytes]:
        wrapped = connection.execute(
            select(cases.c.key).where(cases.c.board == self.board, cases.c.id == case.id)
        ).scalar()
        wrapped = wrapped or self.cipher.wrap(new_key(), "cases", "key", self.board, case.id)
        own = self._own(wrapped, case.id)
        written = {step: given for step, given in case.answers.items() if isinstance(given, Written)}
        closed: dict[str, Answer] = {
            step: given for step, given in case.answers.items() if not isinstance(given, Written)
        }
        choices = CLOSED.write(own, closed, self.board, case.id)
        content = Content(
            written,
            case.asking,
            case.held,
            case.settled,
            case.decisions,
            case.notes,
            case.filed,
            case.picked,
            case.judged,
            self._bound(own, plain, case.involved, case.id, choices),
        )
        return {
            "key": wrapped,
            "closed": choices,
            "content": CONTENT.write(own, content, self.board, case.id),
        }

    def _own(self, wrapped: bytes, case_id: str) -> Cipher:
        """The case's own key, ready to use. Raises `LostRecordError`."""
        try:
            return Cipher(
                {OWN_KEY: self.cipher.unwrap(wrapped, "cases", "key", self.board, case_id)}, OWN_KEY
            )
        except DecryptionError as error:
            raise LostRecordError(f"cases.key: {error}") from None

    def readable(self, row: Any) -> CaseHead | None:
        """The head in a row of `HEADS`. None if the row is damaged: then nobody knows who may see it. That is
        logged with its number.
        """
        try:
            return self._head(row)
        except LostRecordError as lost:
            if row.id not in self._logged:
                self._logged.add(row.id)
                log.error("case %s cannot be read and is left out: %s", row.number or row.id, lost)
            return None

    def _head(self, row: Any) -> CaseHead:
        return CaseHead(
            row.id,
            row.number or "",
            row.school,
            row.state,
            row.reporter,
            row.keeper,
            self._involved(row),
            row.opened,
            row.changed,
        )

    def _involved(self, row: Any) -> frozenset[str]:
        return (
            frozenset(INVOLVED.read(self.cipher, row.involved, self.board, row.id))
            if row.involved
            else frozenset()
        )


log = logging.getLogger(__name__)

OWN_KEY = "case-1"
"""The id that a value carries of the key it was encrypted with: the first key of its case."""
_GONE = {"key": None, "closed": None, "content": None}
SENT_IN = ("ingediend", "in_behandeling", "afgerond")
"""States of a case that others than its reporter may see."""


def _may_list(person: Person) -> tuple[ColumnElement[bool], ...]:
    """What `handlers.cases.access.may` lets this person list, but for who is involved."""
    sent_in = cases.c.state.in_(SENT_IN)
    if person.role == "bestuur":
        return (sent_in,)
    return (sent_in, cases.c.school.in_(person.schools if person.role == "directie" else ()))


def _next(insert_: Insert) -> Insert:
    new = insert_(case_numbers)
    return new.on_conflict_do_update(
        index_elements=["board", "year"], set_={"last": case_numbers.c.last + 1}
    ).returning(case_numbers.c.last)


_NEXT = PerDialect(_next)
