"""Roles and invitations in the database. Functions of an open transaction; `SqlPeople` is the port that
handlers see.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.clock import utc_now
from bot.ports.audit import Act, AuditEntry, Outcome
from bot.storage import pin_repository, reminder_repository, role_history, school_repository
from bot.storage.compiled_statement import Insert, PerDialect, Statement
from bot.storage.people_tables import invitations, people
from bot.storage.school_repository import PeopleError
from handlers.people import INVITATION_LASTS, Bound, Unlocking
from handlers.roles.secret_forms import Code, find_code
from handlers.turn import Role, Turn

_ROLE = Statement(select(people.c.role, people.c.schools).where(people.c.person == bindparam("of_person")))

Result = TypeVar("Result")
Roles = Callable[[Connection, str], tuple[Role, tuple[str, ...]]]


class InTurn(Protocol):
    """The unit of a turn."""

    @property
    def turn(self) -> Turn: ...

    async def call(self, work: Callable[[Connection], Result]) -> Result: ...

    def record(self, *entries: AuditEntry) -> None: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """One person with a role."""

    person: str
    role: Role
    schools: tuple[str, ...]
    """Ids."""
    since: datetime
    note: str


@dataclass(frozen=True, slots=True)
class OpenInvitation:
    """One that can still be used."""

    id: str
    """The first letters of its hash: enough to name it by, and nothing to use it with."""
    role: Role
    schools: tuple[str, ...]
    """Ids."""
    channel: str | None
    expires: datetime
    person: str | None
    """The only one who may use it."""
    note: str


class SqlPeople:
    """`handlers.people.People` within one turn's transaction."""

    def __init__(self, unit: InTurn, roles: Roles) -> None:
        """`roles`: what counts here of what people were bound to."""
        self._unit = unit
        self._roles = roles
        self._person = unit.turn.person.id
        self._chat = unit.turn.chat.id

    async def redeem(self, code: str, at: datetime) -> Bound | Literal["elsewhere"] | None:
        def work(connection: Connection) -> Bound | Literal["elsewhere"] | None:
            with connection.begin_nested() as taken:
                bound = redeem(connection, code, self._person, at)
                if bound and self._roles(connection, self._person)[0] != bound.role:
                    taken.rollback()
                    return "elsewhere"
                return bound

        bound = await self._unit.call(work)
        if bound is None:
            self._record("code_wrong", at, "refused")
        elif bound != "elsewhere" and not bound.again:
            self._record("redeemed", at, function=bound.role)
            about = f"{bound.before or 'medewerker'}>{bound.role}"
            self._record("role_given", at, function=bound.role, about=about)
        return bound

    async def has_pin(self) -> bool:
        return await self._unit.call(lambda connection: pin_repository.has_pin(connection, self._person))

    async def may_choose_pin(self, at: datetime) -> bool:
        return await self._unit.call(lambda connection: may_choose_pin(connection, self._person, at))

    async def propose_pin(self, pin: str, at: datetime) -> None:
        await self._unit.call(
            lambda connection: pin_repository.propose_pin(connection, self._person, pin, at)
        )

    async def confirm_pin(self, pin: str, at: datetime) -> bool:
        confirmed = await self._unit.call(
            lambda connection: pin_repository.confirm_pin(connection, self._person, self._chat, pin, at)
        )
        self._record("pin_chosen", at, "done" if confirmed else "wrong")
        return confirmed

    async def unlock(self, pin: str, at: datetime) -> Unlocking:
        tried = await self._unit.call(
            lambda connection: pin_repository.unlock(connection, self._person, self._chat, pin, at)
        )
        if tried.outcome == "open":
            self._record("pin_given", at)
        else:
            self._record("pin_wrong", at, tried.outcome)
        return tried

    async def is_locked(self, at: datetime) -> bool:
        return await self._unit.call(
            lambda connection: pin_repository.is_locked(connection, self._person, "pin", at)
        )

    async def is_open(self, at: datetime, looking: bool = True) -> bool:
        return await self._unit.call(
            lambda connection: pin_repository.is_open(connection, self._person, self._chat, at, looking)
        )

    async def of_board(self) -> Sequence[str]:
        return [person for person, role, _ in await self._everybody() if role == "bestuur"]

    async def of_school(self, school: str) -> Sequence[str]:
        return [
            person
            for person, role, schools in await self._everybody()
            if role == "directie" and school in schools
        ]

    async def snooze(self, case: str, until: datetime) -> None:
        await self._unit.call(
            lambda connection: reminder_repository.snooze(connection, self._person, case, until)
        )

    async def schools(self, open_only: bool = False) -> Sequence[tuple[str, str]]:
        find = school_repository.open_schools if open_only else school_repository.all_schools
        return await self._unit.call(find)

    def _record(
        self, act: Act, at: datetime, outcome: Outcome = "done", function: Role | None = None, about: str = ""
    ) -> None:
        person = self._unit.turn.person
        self._unit.record(
            AuditEntry(
                act,
                person.id,
                function or person.role,
                at,
                person.schools,
                about=about,
                outcome=outcome,
            )
        )

    async def _everybody(self) -> list[tuple[str, Role, tuple[str, ...]]]:
        """Person, role and schools, as they count here."""
        return await self._unit.call(
            lambda connection: [
                (one.person, *self._roles(connection, one.person)) for one in everybody(connection)
            ]
        )


def role_of(connection: Connection, person: str) -> tuple[Role, tuple[str, ...]]:
    """A person's role and the ids of its schools, as they are now."""
    row = _ROLE.first(connection, of_person=person)
    return (row[0], tuple(json.loads(row[1]))) if row else ("medewerker", ())


def everybody(connection: Connection) -> list[Listed]:
    """Everybody with a role, by their id."""
    rows = connection.execute(select(people).order_by(people.c.person))
    return [
        Listed(row.person, row.role, tuple(json.loads(row.schools)), row.since, row.note or "")
        for row in rows
    ]


def annotate(connection: Connection, person: str, note: str) -> bool:
    """Write down who a person is; False if they have no role."""
    values = {"note": " ".join(note.split()) or None}
    role_history.name_role(connection, person, values["note"])
    return bool(connection.execute(update(people).where(people.c.person == person).values(**values)).rowcount)


def invite(
    connection: Connection,
    role: Role,
    school_names: Sequence[str],
    channel: str | None,
    at: datetime,
    note: str = "",
) -> str:
    """Make an invitation; returns its code, which is kept nowhere. Raises `PeopleError`."""
    if (role == "directie") != bool(school_names):
        raise PeopleError(
            "A directie needs --school, once or more."
            if role == "directie"
            else f"The role {role} holds for all schools; leave --school out."
        )
    ids = [school_repository.school_id(connection, name) for name in school_names]
    closed = school_repository.closed_schools(connection)
    shut = [name for name, identity in zip(school_names, ids, strict=True) if identity in closed]
    if shut:
        raise PeopleError(f'"{shut[0]}" is closed. Open it again first: bot schools --reopen "{shut[0]}"')
    return _new_invitation(connection, role, ids, at, channel=channel, note=note)


def invite_again(connection: Connection, person: str, at: datetime) -> str:
    """An invitation for somebody who forgot the PIN: for this person alone, with the role they have; using it
    takes the PIN away. Returns its code. Raises `PeopleError`.
    """
    role, schools = role_of(connection, person)
    if role == "medewerker":
        raise PeopleError(f'"{person}" has no role; see: bot people')
    return _new_invitation(connection, role, schools, at, person=person)


def open_invitations(connection: Connection, at: datetime) -> list[OpenInvitation]:
    """All that can still be used, the first to expire first."""
    rows = connection.execute(
        select(invitations)
        .where(invitations.c.used.is_(None), invitations.c.expires > at)
        .order_by(invitations.c.expires, invitations.c.hash)
    )
    return [
        OpenInvitation(
            row.hash[:8],
            row.role,
            tuple(json.loads(row.schools)),
            row.channel,
            row.expires,
            row.person,
            row.note or "",
        )
        for row in rows
    ]


def withdraw(connection: Connection, identity: str, at: datetime) -> bool:
    """Make an open invitation useless; False if none is open by that id."""
    if not any(one.id == identity for one in open_invitations(connection, at)):
        return False
    named = (invitations.c.hash.startswith(identity, autoescape=True), invitations.c.used.is_(None))
    return bool(connection.execute(delete(invitations).where(*named)).rowcount)


def redeem(connection: Connection, code: str, person: str, at: datetime) -> Bound | None:
    """Bind a person by a code, once; see `People.redeem`."""
    if pin_repository.is_locked(connection, person, "code", at):
        return None
    row = connection.execute(select(invitations).where(invitations.c.hash == _hash(code))).first()
    before, schools_before = role_of(connection, person)
    if row is None:
        pin_repository.count_wrong(connection, person, "code", at)
        return None
    taken = (
        update(invitations)
        .where(invitations.c.hash == _hash(code), invitations.c.used.is_(None), invitations.c.expires > at)
        .where(invitations.c.channel.is_(None) | (invitations.c.channel == person.partition(":")[0]))
        .where(invitations.c.person.is_(None) | (invitations.c.person == person))
    )
    if not connection.execute(taken.values(used=at, person=person)).rowcount:
        if row.used and row.person == person and row.role == before:
            return Bound(before, _names(connection, schools_before), again=True)
        pin_repository.count_wrong(connection, person, "code", at)
        return None
    anew = before == "medewerker" or row.person == person
    if anew:
        pin_repository.forget_pin(connection, person)
        pin_repository.forget_tries(connection, person)
    given = tuple(json.loads(row.schools))
    schools = tuple(dict.fromkeys((*schools_before, *given))) if row.role == before else given
    values = {"person": person, "role": row.role, "schools": json.dumps(schools), "since": at}
    connection.execute(_BIND[connection.dialect.name], values)
    note = connection.execute(select(people.c.note).where(people.c.person == person)).scalar()
    role_history.begin_role(connection, person, row.role, schools, at, note)
    if row.note:
        annotate(connection, person, row.note)
    return Bound(
        row.role,
        _names(connection, schools),
        before=None if before == "medewerker" else before,
        added=_names(connection, [school for school in given if school not in schools_before])
        if row.role == before
        else (),
    )


def may_choose_pin(connection: Connection, person: str, at: datetime) -> bool:
    """See `People.may_choose_pin`."""
    since = connection.execute(select(people.c.since).where(people.c.person == person)).scalar()
    return (
        since is not None
        and at - since <= INVITATION_LASTS
        and not pin_repository.has_pin(connection, person)
    )


def revoke(connection: Connection, person: str, at: datetime | None = None) -> bool:
    """Take a person's role, PIN and open chats away, from `at` (now) on; False where they had no role."""
    pin_repository.forget_pin(connection, person)
    role_history.end_role(connection, person, at or utc_now())
    return bool(connection.execute(delete(people).where(people.c.person == person)).rowcount)


def _new_invitation(
    connection: Connection,
    role: Role,
    schools: Sequence[str],
    at: datetime,
    *,
    channel: str | None = None,
    person: str | None = None,
    note: str = "",
) -> str:
    code = _new_code()
    values = {
        "hash": _hash(code),
        "role": role,
        "schools": json.dumps(list(schools)),
        "channel": channel,
        "expires": at + INVITATION_LASTS,
        "person": person,
        "note": " ".join(note.split()) or None,
    }
    connection.execute(insert(invitations), values)
    return code


def _new_code() -> str:
    """24 letters, digits and signs that no word looks like (`handlers.roles.secret_forms`): 144 random bits,
    less than one of them for that. No dash at its ends, where a double click leaves it out, nor two in a row,
    which a telephone makes one of.
    """
    while True:
        code = secrets.token_urlsafe(18)
        digits = sum(letter.isdigit() for letter in code)
        ends = code[0].isalnum() and code[-1].isalnum()
        if find_code(code) == Code(code) and digits >= 2 and ends and "--" not in code:
            return code


def _names(connection: Connection, ids: Sequence[str]) -> tuple[str, ...]:
    names = dict(school_repository.all_schools(connection))
    return tuple(names[school] for school in ids if school in names)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def _bind(insert_: Insert) -> Insert:
    new = insert_(people)
    return new.on_conflict_do_update(
        index_elements=["person"], set_={name: new.excluded[name] for name in ("role", "schools", "since")}
    )


_BIND = PerDialect(_bind)
