"""What the service asks of a store: one transaction a turn. `bot/storage/sql_store.py` keeps it in a
database, `bot/storage/in_memory.py` only in this process.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Literal, Protocol

from handlers.context import TurnStores
from handlers.reply import Reply
from handlers.session import Session
from handlers.turn import Turn

Failure = Literal["away", "full", "read_only", "damaged", "io", "busy"]
"""Why a store fails: it cannot be reached; no space; may not be written; its file is damaged; the disk
reports an error; others hold what is needed.
"""
FAILURES: Mapping[Failure, str] = {
    "away": "the database cannot be reached",
    "full": "no space is left for the database: the disk is full",
    "read_only": "the database cannot be written: it or its disk is read-only",
    "damaged": "the database is damaged",
    "io": "the disk of the database reports errors",
    "busy": "the database is held by others for too long",
}
"""For the log and `/readyz`."""
LASTING: frozenset[Failure] = frozenset({"full", "read_only", "damaged", "io"})
"""Failures that do not pass within seconds: the person is told at once."""


class StoreUnavailableError(Exception):
    """The store fails, through no fault of the program. Nothing of the transaction is kept; the channel
    leaves the delivery unacknowledged, so that it is redelivered.
    """

    def __init__(self, failure: Failure) -> None:
        super().__init__(FAILURES[failure])
        self.failure: Failure = failure


class StoreConflictError(StoreUnavailableError):
    """Two transactions got in each other's way (deadlock, serialization, lock time-out): the same work may
    succeed when it is done again at once.
    """

    def __init__(self) -> None:
        super().__init__("busy")


class Unit(TurnStores, Protocol):
    """One turn's transaction, with the chat's lock held. It commits at the end of its `async with`, and
    undoes everything on an exception.
    """

    @property
    def turn(self) -> Turn:
        """The turn, with the person's role and the pressed button's action filled in."""

    @property
    def session(self) -> Session: ...

    def save(self, session: Session, reply: Reply) -> None:
        """Keep the session and put the reply's messages into the outbox, at the commit."""


class Store(Protocol):
    def unit(self, turn: Turn) -> AbstractAsyncContextManager[Unit | None]:
        """Begin a turn: lock its chat, claim its delivery, load the session. None for a duplicate delivery.
        Raises `StoreUnavailableError`, as does every method of the unit.
        """

    async def move_chat(self, old: str, new: str) -> bool:
        """A chat goes on under another id: its sessions, buttons and waiting messages move along. Whether
        there was anything to move. Raises `StoreUnavailableError`.
        """
