"""Encrypting everything anew under the current key, a batch a transaction, beside the answering. Killed at
any moment it goes on where it was: each value names its key.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select, tuple_, update

from bot.storage.audit.log import KEY_CONTEXT
from bot.storage.audit.tables import audit_heads
from bot.storage.case_tables import cases
from bot.storage.database import Database
from bot.storage.encryption import FORMAT, Cipher, DecryptionError
from bot.storage.schema import board_keys, keyboards, outbox, sessions, teams_cards, web_messages

BATCH = 200
"""Values in one transaction."""
PASSES = 20
"""Rounds at most until nothing is left that a running assistant wrote meanwhile under an older key."""
PAUSE = 0.5
"""Seconds between two rounds: a running assistant takes up a new key within one second."""


@dataclass(frozen=True)
class KeyedColumn:
    """A column that is encrypted with the board's key, and what its values are bound to."""

    table: Table
    column: str
    context: Callable[[Any], tuple[str, ...]]

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column}"

    def under(self, key: str) -> ColumnElement[bool]:
        """Whether a value is encrypted with this key, by what it begins with."""
        begins = bytes((FORMAT, len(key))) + key.encode()
        return func.substr(self.table.c[self.column], 1, len(begins)) == begins


def _of(table: Table, column: str, *bound: str, wrapped: bool = False) -> KeyedColumn:
    before = ("key",) if wrapped else ()

    def context(row: Any) -> tuple[str, ...]:
        values = (getattr(row, name) for name in bound)
        return (*before, table.name, column, *("" if one is None else str(one) for one in values))

    return KeyedColumn(table, column, context)


COLUMNS: Sequence[KeyedColumn] = (
    _of(audit_heads, KEY_CONTEXT[1], "board", wrapped=True),
    _of(cases, "key", "board", "id", wrapped=True),
    _of(cases, "involved", "board", "id"),
    _of(sessions, "data", "chat", "person"),
    _of(keyboards, "actions", "id", "chat", "person"),
    _of(outbox, "payload", "token", "chat"),
    _of(web_messages, "data", "chat", "id"),
    _of(teams_cards, "card", "chat", "message"),
)
"""Every column under the board's key. A case's content is under the case's own, and that one is in here."""


@dataclass(frozen=True, slots=True)
class Rotated:
    changed: int
    left: int
    """Values that are still under an older key."""
    damaged: tuple[str, ...]
    """Columns with values that no key opens: they stay as they are."""


def enter_key(connection: Connection, cipher: Cipher) -> None:
    """The current key is one of this database's from now on: no start without it."""
    known = connection.execute(select(board_keys.c.id)).scalars().all()
    if cipher.current not in known:
        proof = cipher.encrypt(b"", "board_keys", "proof", cipher.current)
        connection.execute(insert(board_keys), {"id": cipher.current, "proof": proof})


def rotate(
    database: Database, cipher: Cipher, progress: Callable[[int], None] = lambda done: None
) -> Rotated:
    """Encrypt anew all that is not under the current key."""
    changed = 0
    damaged: set[str] = set()
    for _ in range(PASSES):
        before = changed
        for column in COLUMNS:
            for count, lost in _each_batch(database, cipher, column):
                changed += count
                if lost:
                    damaged.add(column.name)
                progress(changed)
        left = database.transact(lambda connection: count_others(connection, cipher.current))
        if not left or (changed == before and damaged):
            break
        time.sleep(PAUSE)
    return Rotated(changed, left, tuple(sorted(damaged)))


def count_under(connection: Connection, key: str) -> dict[str, int]:
    """Column → how many of its values are under this key; without those of none."""
    counts = {column.name: _count(connection, column, column.under(key)) for column in COLUMNS}
    return {name: count for name, count in counts.items() if count}


def count_others(connection: Connection, key: str) -> int:
    """How many values are under another key."""
    return sum(_count(connection, column, ~column.under(key)) for column in COLUMNS)


def unreadable(connection: Connection, cipher: Cipher) -> dict[str, int]:
    """Column → how many of its values no key opens; without those of none."""
    found: dict[str, int] = {}
    for column in COLUMNS:
        there = column.table.c[column.column].is_not(None)
        for row in connection.execute(select(column.table).where(there)):
            try:
                cipher.decrypt(getattr(row, column.column), *column.context(row))
            except DecryptionError:
                found[column.name] = found.get(column.name, 0) + 1
    return found


def retire(connection: Connection, key: str) -> int:
    """Forget a key that nothing is under; returns how many values still are, and then it stays."""
    left = sum(count_under(connection, key).values())
    if not left:
        connection.execute(delete(board_keys).where(board_keys.c.id == key))
    return left


def _count(connection: Connection, column: KeyedColumn, which: ColumnElement[bool]) -> int:
    there = column.table.c[column.column].is_not(None)
    return connection.execute(select(func.count()).select_from(column.table).where(there, which)).scalar_one()


def _each_batch(database: Database, cipher: Cipher, column: KeyedColumn) -> Iterator[tuple[int, int]]:
    """(Values encrypted anew, values that cannot be opened) of each transaction."""
    after: tuple[Any, ...] | None = None
    while True:
        after, changed, lost = database.transact(
            lambda connection, start=after: _batch(connection, cipher, column, start)  # type: ignore[misc]
        )
        yield changed, lost
        if after is None:
            return


def _batch(
    connection: Connection, cipher: Cipher, column: KeyedColumn, after: tuple[Any, ...] | None
) -> tuple[tuple[Any, ...] | None, int, int]:
    """The key of the last row that was looked at (None at the end), and how many were changed and lost. A row
    that a turn has locked stays until the next round.
    """
    table, value = column.table, column.table.c[column.column]
    keys = list(table.primary_key.columns)
    query = select(table).where(value.is_not(None), ~column.under(cipher.current))
    if after is not None:
        query = query.where(tuple_(*keys) > tuple_(*after))
    rows = connection.execute(query.order_by(*keys).limit(BATCH).with_for_update(skip_locked=True)).all()
    changed = lost = 0
    for row in rows:
        context = column.context(row)
        try:
            plain = cipher.decrypt(getattr(row, column.column), *context)
        except DecryptionError:
            lost += 1
            continue
        here = [one == getattr(row, one.name) for one in keys]
        connection.execute(
            update(table).where(*here).values({column.column: cipher.encrypt(plain, *context)})
        )
        changed += 1
    last = tuple(getattr(rows[-1], one.name) for one in keys) if len(rows) == BATCH else None
    return last, changed, lost
