"""Roles, invitations and PINs in the database. Functions of an open transaction; `SqlPeople` is the port that
handlers see.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Index,
    LargeBinary,
    String,
    Table,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)

from bot.storage import reminder_repository
from bot.storage.compiled_statement import Insert, PerDialect, Statement
from bot.storage.schema import Id, Instant, metadata
from handlers.people import INVITATION_LASTS, OPEN_AT_MOST, OPEN_FOR, TRIES, TRIES_COUNT_FOR, Bound, Unlocking
from handlers.turn import Role, Turn

schools = Table(
    "schools",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
)

people = Table(
    "people",
    metadata,
    Column("person", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("schools", String, nullable=False),
    Column("since", Instant, nullable=False),
)
"""`schools` is a JSON list of ids. Who is not here is a `medewerker`; to revoke a role is to delete its
row.
"""

invitations = Table(
    "invitations",
    metadata,
    Column("hash", String, primary_key=True),
    Column("role", String, nullable=False),
    Column("schools", String, nullable=False),
    Column("channel", String),
    Column("expires", Instant, nullable=False),
    Column("used", Instant),
    Column("person", String),
)
"""`hash` is SHA-256: a code has 144 random bits, so nothing slower is needed."""

tries = Table(
    "tries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "person", "kind", "at"),
)
"""Wrong codes and wrong PINs of the last hour."""

pins = Table(
    "pins",
    metadata,
    Column("person", String, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

unlocked = Table(
    "unlocked",
    metadata,
    Column("person", String, primary_key=True),
    Column("chat", String, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
)
"""Chats in which the PIN was given lately."""

_ROLE = Statement(select(people.c.role, people.c.schools).where(people.c.person == bindparam("of_person")))

Result = TypeVar("Result")


class PeopleError(Exception):
    """What was asked for cannot be; the text says why and what to do."""


class InTurn(Protocol):
    """The unit of a turn."""

    @property
    def turn(self) -> Turn: ...

    async def call(self, work: Callable[[Connection], Result]) -> Result: ...


@dataclass(frozen=True, slots=True)
class Listed:
    """One person with a role."""

    person: str
    role: Role
    schools: tuple[str, ...]
    """Ids."""
    since: datetime


class SqlPeople:
    """`handlers.people.People` within one turn's transaction."""

    def __init__(
        self, unit: InTurn, roles: Callable[[Connection, str], tuple[Role, tuple[str, ...]]]
    ) -> None:
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

        return await self._unit.call(work)

    async def has_pin(self) -> bool:
        query = select(pins.c.person).where(pins.c.person == self._person)
        return await self._unit.call(lambda connection: connection.execute(query).first() is not None)

    async def set_pin(self, pin: str, at: datetime) -> None:
        await self._unit.call(lambda connection: set_pin(connection, self._person, self._chat, pin, at))

    async def unlock(self, pin: str, at: datetime) -> Unlocking:
        return await self._unit.call(lambda connection: unlock(connection, self._person, self._chat, pin, at))

    async def is_open(self, at: datetime) -> bool:
        return await self._unit.call(lambda connection: is_open(connection, self._person, self._chat, at))

    async def lock(self) -> None:
        await self._unit.call(lambda connection: _lock(connection, self._person))

    async def of_board(self) -> Sequence[str]:
        return await self._unit.call(
            lambda connection: [one.person for one in everybody(connection) if one.role == "bestuur"]
        )

    async def of_school(self, school: str) -> Sequence[str]:
        return await self._unit.call(
            lambda connection: [
                one.person
                for one in everybody(connection)
                if one.role == "directie" and school in one.schools
            ]
        )

    async def snooze(self, case: str, until: datetime) -> None:
        await self._unit.call(
            lambda connection: reminder_repository.snooze(connection, self._person, case, until)
        )

    async def schools(self) -> Sequence[tuple[str, str]]:
        return await self._unit.call(all_schools)


def role_of(connection: Connection, person: str) -> tuple[Role, tuple[str, ...]]:
    """A person's role and the ids of its schools, as they are now."""
    row = _ROLE.first(connection, of_person=person)
    return (row[0], tuple(json.loads(row[1]))) if row else ("medewerker", ())


def everybody(connection: Connection) -> list[Listed]:
    """Everybody with a role, by their id."""
    rows = connection.execute(select(people).order_by(people.c.person))
    return [Listed(row.person, row.role, tuple(json.loads(row.schools)), row.since) for row in rows]


def all_schools(connection: Connection) -> list[tuple[str, str]]:
    """(id, name), by name."""
    return [
        (row.id, row.name) for row in connection.execute(select(schools).order_by(func.lower(schools.c.name)))
    ]


def add_school(connection: Connection, name: str) -> str:
    """Enter a school; returns its id, which never changes. Raises `PeopleError` where the name is there
    already.
    """
    name = " ".join(name.split())
    if not name:
        raise PeopleError("A school needs a name.")
    known = dict(all_schools(connection))
    if name.casefold() in {other.casefold() for other in known.values()}:
        raise PeopleError(f'There is a school "{name}" already.')
    stem = "".join(letter if letter.isalnum() else "-" for letter in name.casefold()).strip("-")
    identity = next(
        made
        for number in range(1, len(known) + 2)
        if (made := stem if number == 1 else f"{stem}-{number}") not in known
    )
    connection.execute(insert(schools), {"id": identity, "name": name})
    return identity


def invite(
    connection: Connection, role: Role, school_names: Sequence[str], channel: str | None, at: datetime
) -> str:
    """Make an invitation; returns its code, which is kept nowhere. Raises `PeopleError`."""
    if (role == "directie") != bool(school_names):
        raise PeopleError(
            "A directie needs --school, once or more."
            if role == "directie"
            else f"The role {role} holds for all schools; leave --school out."
        )
    known = {name.casefold(): identity for identity, name in all_schools(connection)}
    missing = [name for name in school_names if name.casefold() not in known]
    if missing:
        raise PeopleError(
            f'There is no school "{missing[0]}". Enter it first: bot schools --add "{missing[0]}"'
        )
    code = secrets.token_urlsafe(18)
    values = {
        "role": role,
        "schools": json.dumps([known[name.casefold()] for name in school_names]),
        "channel": channel,
    }
    connection.execute(insert(invitations), {**values, "hash": _hash(code), "expires": at + INVITATION_LASTS})
    return code


def redeem(connection: Connection, code: str, person: str, at: datetime) -> Bound | None:
    """Bind a person by a code, once; see `People.redeem`."""
    if _locked(connection, person, "code", at):
        return None
    channel = person.partition(":")[0]
    taken = (
        update(invitations)
        .where(invitations.c.hash == _hash(code), invitations.c.used.is_(None), invitations.c.expires > at)
        .where(invitations.c.channel.is_(None) | (invitations.c.channel == channel))
        .values(used=at, person=person)
    )
    if not connection.execute(taken).rowcount:
        _wrong(connection, person, "code", at)
        return None
    row = connection.execute(
        select(invitations.c.role, invitations.c.schools).where(invitations.c.hash == _hash(code))
    ).one()
    connection.execute(
        _BIND[connection.dialect.name],
        {"person": person, "role": row.role, "schools": row.schools, "since": at},
    )
    connection.execute(delete(pins).where(pins.c.person == person))
    connection.execute(delete(tries).where(tries.c.person == person))
    _lock(connection, person)
    names = dict(all_schools(connection))
    return Bound(row.role, tuple(names[school] for school in json.loads(row.schools) if school in names))


def revoke(connection: Connection, person: str) -> bool:
    """Take a person's role, PIN and open chats away; False where they had no role."""
    _lock(connection, person)
    connection.execute(delete(pins).where(pins.c.person == person))
    return bool(connection.execute(delete(people).where(people.c.person == person)).rowcount)


def set_pin(connection: Connection, person: str, chat: str, pin: str, at: datetime) -> None:
    salt = secrets.token_bytes(16)
    connection.execute(
        _SET_PIN[connection.dialect.name], {"person": person, "salt": salt, "hash": _slow_hash(pin, salt)}
    )
    connection.execute(delete(tries).where(tries.c.person == person, tries.c.kind == "pin"))
    _lock(connection, person)
    connection.execute(
        _OPEN[connection.dialect.name], {"person": person, "chat": chat, "since": at, "seen": at}
    )


def unlock(connection: Connection, person: str, chat: str, pin: str, at: datetime) -> Unlocking:
    """See `People.unlock`."""
    # the row is locked first: tries side by side in several chats count one by one
    row = connection.execute(
        select(pins.c.salt, pins.c.hash).where(pins.c.person == person).with_for_update()
    ).first()
    if _locked(connection, person, "pin", at):
        return "locked"
    if row is None or not hmac.compare_digest(row.hash, _slow_hash(pin, row.salt)):
        _wrong(connection, person, "pin", at)
        return "locked" if _locked(connection, person, "pin", at) else "wrong"
    connection.execute(delete(tries).where(tries.c.person == person, tries.c.kind == "pin"))
    connection.execute(
        _OPEN[connection.dialect.name], {"person": person, "chat": chat, "since": at, "seen": at}
    )
    return "open"


def is_open(connection: Connection, person: str, chat: str, at: datetime) -> bool:
    """See `People.is_open`."""
    here = (unlocked.c.person == person, unlocked.c.chat == chat)
    row = connection.execute(select(unlocked.c.since, unlocked.c.seen).where(*here)).first()
    if row is None or at - row.seen > OPEN_FOR or at - row.since > OPEN_AT_MOST:
        return False
    connection.execute(update(unlocked).where(*here).values(seen=at))
    return True


def _lock(connection: Connection, person: str) -> None:
    connection.execute(delete(unlocked).where(unlocked.c.person == person))


def _locked(connection: Connection, person: str, kind: str, at: datetime) -> bool:
    """Whether too many wrong tries were made in the last hour."""
    since = at - TRIES_COUNT_FOR
    counted = select(func.count()).where(tries.c.person == person, tries.c.kind == kind, tries.c.at > since)
    return connection.execute(counted).scalar_one() >= TRIES


def _wrong(connection: Connection, person: str, kind: str, at: datetime) -> None:
    connection.execute(delete(tries).where(tries.c.person == person, tries.c.at <= at - TRIES_COUNT_FOR))
    connection.execute(insert(tries), {"person": person, "kind": kind, "at": at})


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()


def _slow_hash(pin: str, salt: bytes) -> bytes:
    """scrypt with 32 MB: about 0.1 s. A PIN has at most 8 digits, so the five tries protect it, and this only
    a stolen database a little.
    """
    return hashlib.scrypt(pin.encode("utf-8", "replace"), salt=salt, n=2**15, r=8, p=1, maxmem=2**26)


def _bind(insert_: Insert) -> Insert:
    new = insert_(people)
    return new.on_conflict_do_update(
        index_elements=["person"], set_={name: new.excluded[name] for name in ("role", "schools", "since")}
    )


def _keep_pin(insert_: Insert) -> Insert:
    new = insert_(pins)
    return new.on_conflict_do_update(
        index_elements=["person"], set_={name: new.excluded[name] for name in ("salt", "hash")}
    )


def _open(insert_: Insert) -> Insert:
    new = insert_(unlocked)
    return new.on_conflict_do_update(
        index_elements=["person", "chat"], set_={name: new.excluded[name] for name in ("since", "seen")}
    )


_BIND, _SET_PIN, _OPEN = PerDialect(_bind), PerDialect(_keep_pin), PerDialect(_open)
