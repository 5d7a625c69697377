"""Roles to try on somebody's own machine. They live in a database of their own, with a school of nobody's:
who tries the board reads no real case, and no real notice goes to it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from bot.channels.web.channel import Web
from bot.channels.web.visitor import CHANNEL
from bot.delivery.sender import Sender
from bot.ports.outbox import MakeAttachment
from bot.ports.store import StoreUnavailableError
from bot.service import Service
from bot.settings import Settings
from bot.storage import (
    SqlStore,
    StorageError,
    open_store,
    people_repository,
    pin_repository,
    school_repository,
)
from bot.storage.chat_history import SqlHistory
from bot.storage.demonstration import SCHOOL
from bot.storage.retention import retention_running
from bot.storage.single_process import only_process
from handlers.conversation.router import Conversation
from handlers.turn import Role

log = logging.getLogger(__name__)

FILE = "demo.db"
_PARTS = ("", "-wal", "-shm", "-lock")


class Demonstration:
    """The tried roles' own store, and the talk over it; opened when the first role is tried."""

    def __init__(
        self,
        settings: Settings,
        conversation: Conversation,
        make: Callable[[SqlStore], MakeAttachment],
        now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._conversation = conversation
        self._make = make
        self._now = now
        self._bound: set[str] = set()
        self._opening = asyncio.Lock()
        self._open: contextlib.AsyncExitStack | None = None
        self._store: SqlStore
        self.service: Service
        self.web: Web
        self.attachments: MakeAttachment | None = None

    async def bind(self, person: str, role: Role) -> None:
        """The person has this role at the demonstration school from now on; once more changes nothing. Raises
        `StoreUnavailableError` if the demonstration cannot be opened.
        """
        async with self._opening:
            if self._open is None:
                try:
                    self._open = await self._start()
                except StorageError as error:
                    log.warning("the demonstration cannot be opened: %s", error)
                    raise StoreUnavailableError("busy") from error
        if person not in self._bound:
            await self._store.call(lambda connection: self._bind(connection, person, role))
            self._bound.add(person)

    async def stop(self) -> None:
        """End it, if it was opened; what is there stays for the next time."""
        if self._open:
            self.web.hub.close()
            await self._open.aclose()

    async def _start(self) -> contextlib.AsyncExitStack:
        async with contextlib.AsyncExitStack() as stack:
            store = await asyncio.to_thread(_open_store, self._settings)
            stack.push_async_callback(store.close)
            stack.enter_context(only_process(store.database, self._now()))
            await stack.enter_async_context(retention_running(store.delete_expired))
            self._store, self.service = store, Service(self._conversation, store)
            self.web = Web(SqlHistory(store.database, store.cipher), self._now)
            self.attachments = self._make(store)
            sender = Sender(store, self.web)
            sending = asyncio.create_task(sender.run())

            async def stop_sending() -> None:
                await sender.stop()
                await sending

            stack.push_async_callback(stop_sending)
            return stack.pop_all()

    def _bind(self, connection: Connection, person: str, role: Role) -> None:
        now = self._now()
        if people_repository.role_of(connection, person)[0] == role and (
            people_repository.may_choose_pin(connection, person, now)
            or pin_repository.has_pin(connection, person)
        ):
            return
        if SCHOOL not in dict(school_repository.all_schools(connection)).values():
            school_repository.add_school(connection, SCHOOL)
        code = people_repository.invite(
            connection, role, [SCHOOL] if role == "directie" else [], CHANNEL, now
        )
        people_repository.redeem(connection, code, person, now)


def remove(settings: Settings) -> bool:
    """Delete the demonstration's database; whether there was one."""
    path = _path(settings)
    found = path.exists()
    for part in _PARTS:
        path.with_name(path.name + part).unlink(missing_ok=True)
    return found


def only_asks(connection: Connection, person: str) -> tuple[Role, tuple[str, ...]]:
    """Roles where the page is open to the world: whoever comes by it has none, whatever was bound to them."""
    return (
        ("medewerker", ())
        if person.startswith(f"{CHANNEL}:")
        else people_repository.role_of(connection, person)
    )


def _open_store(settings: Settings) -> SqlStore:
    """The demonstration's store. One that cannot be read any more is made anew: nothing in it is real."""
    own = settings.model_copy(update={"database_url": f"sqlite:///{_path(settings)}"})
    try:
        return open_store(own)
    except StorageError as error:
        log.warning("the demonstration begins anew: %s", error)
        remove(settings)
        return open_store(own)


def _path(settings: Settings) -> Path:
    return settings.data_dir / FILE
