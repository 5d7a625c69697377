"""The web page's history in the database (a `bot.ports.chat_history.History`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, bindparam, func, select, update
from sqlalchemy.exc import IntegrityError

from bot.ports.chat_history import Entry, Line
from bot.storage.compiled_statement import Row, Statement
from bot.storage.database import Database
from bot.storage.encryption import Cipher
from bot.storage.schema import EPOCH, MICROSECOND, chats
from bot.storage.schema import web_messages as table
from bot.storage.serialization import Encrypted, LostRecordError

log = logging.getLogger(__name__)

Result = TypeVar("Result")
TRIES = 20
"""How often a write is tried where others write to the same chat."""

_KNOWN = Statement(
    select(table.c.id).where(table.c.chat == bindparam("in_chat"), table.c.delivery == bindparam("brought"))
)
_COUNT = Statement(select(func.max(table.c.changed)).where(table.c.chat == bindparam("in_chat")))
_ADD = Statement(lambda insert: insert(table), "chat", "id", "changed", "delivery", "data", "at")
_LINE = select(table.c.id, table.c.changed, table.c.delivery, table.c.data, table.c.at).where(
    table.c.chat == bindparam("in_chat")
)
_ONE = Statement(_LINE.where(table.c.id == bindparam("line")))
_SINCE = Statement(_LINE.where(table.c.changed > bindparam("seen")).order_by(table.c.changed))
_STANDING = Statement(_LINE.where(table.c.data.is_not(None)).order_by(table.c.changed))

ENTRY: Encrypted[Entry] = Encrypted(Annotated[Entry, Field(discriminator="by")], "web_messages", "data")


class SqlHistory:
    """Lines of the web page's chats. What it writes may be undone by a power failure (no crash): the outbox's
    own commit, which follows, makes it last."""

    def __init__(self, database: Database, cipher: Cipher) -> None:
        self._database = database
        self._cipher = cipher
        self._clashes = (IntegrityError, database.engine.dialect.loaded_dbapi.IntegrityError)

    async def add(self, chat: str, entry: Entry, delivery: str, at: datetime) -> int:
        def work(connection: Connection) -> int:
            known = _KNOWN.first(connection, in_chat=chat, brought=delivery)
            if known is not None:
                return int(known[0])
            number = _count(connection, chat) + 1
            data = ENTRY.write(self._cipher, entry, chat, str(number))
            _ADD.run(connection, chat=chat, id=number, changed=number, delivery=delivery, data=data, at=at)
            return number

        return await self._write(work)

    async def put(self, chat: str, line: int, entry: Entry | None) -> bool:
        def work(connection: Connection) -> bool:
            data = ENTRY.write(self._cipher, entry, chat, str(line)) if entry else None
            there = (table.c.chat == chat, table.c.id == line, table.c.data.is_not(None))
            return bool(
                connection.execute(
                    update(table).where(*there).values(data=data, changed=_count(connection, chat) + 1)
                ).rowcount
            )

        return await self._write(work)

    async def line(self, chat: str, line: int) -> Line | None:
        row = await self._database.transaction(
            lambda connection: _ONE.first(connection, in_chat=chat, line=line)
        )
        return self._line(chat, row) if row else None

    async def since(self, chat: str, seen: int) -> Sequence[Line]:
        def work(connection: Connection) -> list[Row]:
            return (
                _SINCE.all(connection, in_chat=chat, seen=seen)
                if seen
                else _STANDING.all(connection, in_chat=chat)
            )

        return [self._line(chat, row) for row in await self._database.transaction(work)]

    async def counts(self, chats: Collection[str]) -> Mapping[str, int]:
        def work(connection: Connection) -> Mapping[str, int]:
            query = (
                select(table.c.chat, func.max(table.c.changed).label("last"))
                .where(table.c.chat.in_(chats))
                .group_by(table.c.chat)
            )
            return {row.chat: row.last for row in connection.execute(query)}

        return await self._database.transaction(work)

    async def _write(self, work: Callable[[Connection], Result]) -> Result:
        """Two that write to one chat at the same time take the same number: the one that comes second tries
        again.
        """
        for _ in range(TRIES):
            try:
                return await self._database.transaction(work, durable=False)
            except self._clashes:
                continue
        return await self._database.transaction(work, durable=False)

    def _line(self, chat: str, row: Row) -> Line:
        number, changed, delivery, data, at = row
        entry: Entry | None = None
        if data is not None:
            try:
                entry = ENTRY.read(self._cipher, bytes(data), chat, str(number))
            except LostRecordError as lost:
                log.warning("a line of a web chat was left out: %s", lost)
        return Line(number, changed, entry, delivery, EPOCH + at * MICROSECOND)


def kept(connection: Connection, person: str) -> int:
    """How many lines are kept in a person's own chats."""
    query = select(func.count()).select_from(table).where(_own(person), table.c.data.is_not(None))
    return int(connection.execute(query).scalar_one())


def forget(connection: Connection, person: str) -> None:
    """Take them all away. What stays says only that something stood there, for the pages that show it
    still.
    """
    for chat, count in connection.execute(
        select(table.c.chat, func.max(table.c.changed)).where(_own(person)).group_by(table.c.chat)
    ).all():
        connection.execute(
            update(table)
            .where(table.c.chat == chat, table.c.data.is_not(None))
            .values(data=None, changed=table.c.changed + count)
        )


def _own(person: str) -> ColumnElement[bool]:
    return table.c.chat.in_(select(chats.c.id).where(chats.c.person == person))


def _count(connection: Connection, chat: str) -> int:
    row = _COUNT.first(connection, in_chat=chat)
    return int(row[0] or 0) if row else 0
