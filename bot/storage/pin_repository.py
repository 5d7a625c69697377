"""PINs in the database: chosen, tried, and the chats that they opened. Functions of an open transaction."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Index, LargeBinary, String, Table, delete, func, insert, select
from sqlalchemy import update as update_

from bot.storage.compiled_statement import Insert, PerDialect
from bot.storage.schema import Id, Instant, metadata
from handlers.people import OPEN_AT_MOST, OPEN_FOR, TRIES, TRIES_COUNT_FOR, Unlocking

TRIES_REMEMBERED_FOR = timedelta(days=90)
"""How long a wrong PIN is remembered, to be told with the next right one."""

tries = Table(
    "tries",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("person", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "person", "kind", "at"),
)
"""Wrong codes and wrong PINs. Those of the last hour count; older ones are only told."""

pins = Table(
    "pins",
    metadata,
    Column("person", String, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
)

pin_proposals = Table(
    "pin_proposals",
    metadata,
    Column("person", String, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("hash", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False),
)
"""PINs that were typed once and have to be typed again before they count."""

unlocked = Table(
    "unlocked",
    metadata,
    Column("person", String, primary_key=True),
    Column("chat", String, primary_key=True),
    Column("since", Instant, nullable=False),
    Column("seen", Instant, nullable=False),
)
"""Chats in which the PIN was given lately."""


def has_pin(connection: Connection, person: str) -> bool:
    return connection.execute(select(pins.c.person).where(pins.c.person == person)).first() is not None


def set_pin(connection: Connection, person: str, chat: str, pin: str, at: datetime) -> None:
    """Store (a hash of) the PIN in place of the earlier one, and open this chat alone. Wrong tries go on
    counting: whoever was guessing must not start anew.
    """
    salt = secrets.token_bytes(16)
    connection.execute(
        _SET_PIN[connection.dialect.name], {"person": person, "salt": salt, "hash": _slow_hash(pin, salt)}
    )
    _close_chats(connection, person)
    _open_chat(connection, person, chat, at)


def propose_pin(connection: Connection, person: str, pin: str, at: datetime) -> None:
    """See `People.propose_pin`."""
    salt = secrets.token_bytes(16)
    values = {"person": person, "salt": salt, "hash": _slow_hash(pin, salt), "at": at}
    connection.execute(_PROPOSE[connection.dialect.name], values)


def confirm_pin(connection: Connection, person: str, chat: str, pin: str, at: datetime) -> bool:
    """See `People.confirm_pin`."""
    proposed = connection.execute(select(pin_proposals).where(pin_proposals.c.person == person)).first()
    connection.execute(delete(pin_proposals).where(pin_proposals.c.person == person))
    if (
        proposed is None
        or at - proposed.at > OPEN_FOR
        or not hmac.compare_digest(proposed.hash, _slow_hash(pin, proposed.salt))
    ):
        return False
    set_pin(connection, person, chat, pin, at)
    return True


def forget_pin(connection: Connection, person: str) -> None:
    """Take the PIN and what belongs to it away, and close every chat of the person."""
    _close_chats(connection, person)
    for table in (pins, pin_proposals):
        connection.execute(delete(table).where(table.c.person == person))


def unlock(connection: Connection, person: str, chat: str, pin: str, at: datetime) -> Unlocking:
    """See `People.unlock`."""
    # the row is locked first: tries side by side in several chats count one by one
    row = connection.execute(
        select(pins.c.salt, pins.c.hash).where(pins.c.person == person).with_for_update()
    ).first()
    if is_locked(connection, person, "pin", at):
        return Unlocking("locked")
    if row is None or not hmac.compare_digest(row.hash, _slow_hash(pin, row.salt)):
        count_wrong(connection, person, "pin", at)
        left = TRIES - _wrong_lately(connection, person, "pin", at)
        return Unlocking("wrong", left=left) if left > 0 else Unlocking("locked", just_locked=True)
    wrong = (tries.c.person == person, tries.c.kind == "pin")
    earlier, last = connection.execute(select(func.count(), func.max(tries.c.at)).where(*wrong)).one()
    connection.execute(delete(tries).where(*wrong))
    _open_chat(connection, person, chat, at)
    return Unlocking("open", earlier=earlier, earlier_at=last)


def is_open(connection: Connection, person: str, chat: str, at: datetime, looking: bool = True) -> bool:
    """See `People.is_open`; `looking` keeps it open."""
    here = (unlocked.c.person == person, unlocked.c.chat == chat)
    row = connection.execute(select(unlocked.c.since, unlocked.c.seen).where(*here)).first()
    if row is None or at - row.seen > OPEN_FOR or at - row.since > OPEN_AT_MOST:
        return False
    if looking:
        connection.execute(update_(unlocked).where(*here).values(seen=at))
    return True


def _close_chats(connection: Connection, person: str) -> None:
    connection.execute(delete(unlocked).where(unlocked.c.person == person))


def is_locked(connection: Connection, person: str, kind: str, at: datetime) -> bool:
    """Whether too many wrong tries were made in the last hour."""
    return _wrong_lately(connection, person, kind, at) >= TRIES


def count_wrong(connection: Connection, person: str, kind: str, at: datetime) -> None:
    connection.execute(delete(tries).where(tries.c.person == person, tries.c.at <= at - TRIES_REMEMBERED_FOR))
    connection.execute(insert(tries), {"person": person, "kind": kind, "at": at})


def forget_tries(connection: Connection, person: str) -> None:
    connection.execute(delete(tries).where(tries.c.person == person))


def _wrong_lately(connection: Connection, person: str, kind: str, at: datetime) -> int:
    since = at - TRIES_COUNT_FOR
    counted = select(func.count()).where(tries.c.person == person, tries.c.kind == kind, tries.c.at > since)
    return connection.execute(counted).scalar_one()


def _open_chat(connection: Connection, person: str, chat: str, at: datetime) -> None:
    values = {"person": person, "chat": chat, "since": at, "seen": at}
    connection.execute(_OPEN[connection.dialect.name], values)


def _slow_hash(pin: str, salt: bytes) -> bytes:
    """scrypt with 32 MB: about 0.1 s. A PIN has at most 8 digits, so the five tries protect it, and this only
    a stolen database a little.
    """
    return hashlib.scrypt(pin.encode("utf-8", "replace"), salt=salt, n=2**15, r=8, p=1, maxmem=2**26)


def _replace_pin(insert_: Insert) -> Insert:
    new = insert_(pins)
    return new.on_conflict_do_update(
        index_elements=["person"], set_={name: new.excluded[name] for name in ("salt", "hash")}
    )


def _replace_proposal(insert_: Insert) -> Insert:
    new = insert_(pin_proposals)
    return new.on_conflict_do_update(
        index_elements=["person"], set_={name: new.excluded[name] for name in ("salt", "hash", "at")}
    )


def _replace_open(insert_: Insert) -> Insert:
    new = insert_(unlocked)
    return new.on_conflict_do_update(
        index_elements=["person", "chat"], set_={name: new.excluded[name] for name in ("since", "seen")}
    )


_SET_PIN, _PROPOSE, _OPEN = PerDialect(_replace_pin), PerDialect(_replace_proposal), PerDialect(_replace_open)
