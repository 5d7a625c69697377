"""What the service asks of a store: one transaction a turn. `bot/storage/sql_store.py` keeps it in a
database, `bot/storage/in_memory.py` only in this process.
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from handlers.context import TurnStores
from handlers.reply import Reply
from handlers.session import Session
from handlers.turn import Turn


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
        """Begin a turn: claim its delivery, lock its chat, load the session. None where the delivery was
        handled before.
        """
