"""The web page's history in the database (a `bot.web.history.History`)."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Annotated, TypeVar

from pydantic import Field
from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot.keys import Sealer
from bot.storage.database import Database
from bot.storage.records import LostRecordError, Sealed
from bot.storage.schema import chats
from bot.storage.schema import web_messages as table
from bot.web.history import Entry, Line

log = logging.getLogger(__name__)

Result = TypeVar("Result")
TRIES = 20
"""How often a write is tried where others write to the same chat."""

ENTRY: Sealed[Entry] = Sealed(Annotated[Entry, Field(discriminator="by")], "web_messages", "data")


class SqlHistory:
    """Lines of the web page's chats. What it writes may be undone by a power failure (no crash): the outbox's own commit, which
    follows, makes it last."""

    def __init__(self, database: Database, sealer: Sealer) -> None:
        self._database = database
        self._sealer = sealer

    async def add(self, chat: str, entry: Entry, delivery: str, at: datetime) -> int:
        def work(connection: Connection) -> int:
            known = connection.execute(select(table.c.id).where(table.c.chat == chat, table.c.delivery == delivery)).scalar()
            if known is not None:
                return int(known)
            number = _count(connection, chat) + 1
            data = ENTRY.write(self._sealer, entry, chat, str(number))
            connection.execute(insert(table), {"chat": chat, "id": number, "changed": number, "delivery": delivery, "data": data, "at": at})
            return number

        return await self._write(work)

    async def put(self, chat: str, line: int, entry: Entry | None) -> bool:
        def work(connection: Connection) -> bool:
            data = ENTRY.write(self._sealer, entry, chat, str(line)) if entry else None
            there = (table.c.chat == chat, table.c.id == line, table.c.data.is_not(None))
            return bool(connection.execute(update(table).where(*there).values(data=data, changed=_count(connection, chat) + 1)).rowcount)

        return await self._write(work)

    async def line(self, chat: str, line: int) -> Line | None:
        def work(connection: Connection) -> Row[tuple[object, ...]] | None:
            return connection.execute(select(table).where(table.c.chat == chat, table.c.id == line)).first()

        row = await self._database.transaction(work, lasting=False)
        return self._line(chat, row) if row else None

    async def since(self, chat: str, seen: int) -> Sequence[Line]:
        def work(connection: Connection) -> Sequence[Row[tuple[object, ...]]]:
            query = select(table).where(table.c.chat == chat, table.c.changed > seen).order_by(table.c.changed)
            return connection.execute(query if seen else query.where(table.c.data.is_not(None))).all()

        return [self._line(chat, row) for row in await self._database.transaction(work, lasting=False)]

    async def counts(self, chats: Collection[str]) -> Mapping[str, int]:
        def work(connection: Connection) -> Mapping[str, int]:
            query = select(table.c.chat, func.max(table.c.changed).label("last")).where(table.c.chat.in_(chats)).group_by(table.c.chat)
            return {row.chat: row.last for row in connection.execute(query)}

        return await self._database.transaction(work, lasting=False)

    async def _write(self, work: Callable[[Connection], Result]) -> Result:
        """Two that write to one chat at the same time take the same number: the one that comes second tries again."""
        for _ in range(TRIES):
            try:
                return await self._database.transaction(work, lasting=False)
            except IntegrityError:
                continue
        return await self._database.transaction(work, lasting=False)

    def _line(self, chat: str, row: Row[tuple[object, ...]]) -> Line:
        values = row._mapping
        entry: Entry | None = None
        if values["data"] is not None:
            try:
                entry = ENTRY.read(self._sealer, values["data"], chat, str(values["id"]))
            except LostRecordError as lost:
                log.warning("a line of a web chat was left out: %s", lost)
        return Line(values["id"], values["changed"], entry, values["delivery"], values["at"])


def kept(connection: Connection, person: str) -> int:
    """How many lines are kept in a person's own chats."""
    query = select(func.count()).select_from(table).where(_own(person), table.c.data.is_not(None))
    return int(connection.execute(query).scalar_one())


def forget(connection: Connection, person: str) -> None:
    """Take them all away. What stays says only that something stood there, for the pages that show it still."""
    for chat, count in connection.execute(select(table.c.chat, func.max(table.c.changed)).where(_own(person)).group_by(table.c.chat)).all():
        connection.execute(update(table).where(table.c.chat == chat, table.c.data.is_not(None)).values(data=None, changed=table.c.changed + count))


def _own(person: str) -> ColumnElement[bool]:
    return table.c.chat.in_(select(chats.c.id).where(chats.c.person == person))


def _count(connection: Connection, chat: str) -> int:
    return int(connection.execute(select(func.max(table.c.changed)).where(table.c.chat == chat)).scalar() or 0)
