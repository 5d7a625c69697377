"""What lies ready to be sent, and what a channel must be able to do to send it. `bot/storage/` keeps the
outbox, `bot/delivery/sender.py` empties it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handlers.reply import DocumentOrder, Message
from handlers.turn import Chat
from knowledge.language.words import Language


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One thing to do in one chat: send or replace a message, or take messages away."""

    id: int
    """Its place in line: within a chat, the lower goes first."""
    chat: Chat
    language: Language
    message: Message | None = None
    """None where there is only something to delete."""
    buttons: tuple[str, ...] = ()
    """The opaque ids of the message's buttons, in their order; "" for one that opens a page. At most 40
    characters of A-Z a-z 0-9 _ - . each.
    """
    replaces: tuple[str, ...] = ()
    """The platform's ids of the message that this one takes the place of; empty sends it anew."""
    deletes: tuple[str, ...] = ()
    """The platform's ids of messages to take away; one that is gone already is no error."""
    attempts: int = 0
    """How often it was tried before."""
    answers: str = ""
    """The platform's id of the message that this one answers, in a group where several may ask at once; it
    may be gone by now.
    """
    weight: int = 1
    """How many messages it was counted as in the chat's rate limit when it was claimed."""
    claimed_by: str = ""


@dataclass(frozen=True, slots=True)
class Claimed:
    outgoing: Sequence[Outgoing] = ()
    wait: float | None = None
    """Seconds until a rate limit lets through more of what is due; None if it holds nothing back."""


class TryLaterError(Exception):
    """Not sent, certainly or in all likelihood; the same thing may go through later."""

    def __init__(self, reason: str, after: float | None = None) -> None:
        super().__init__(reason)
        self.after = after
        """Seconds that the platform asks to wait; None leaves it to the sender."""


class GiveUpError(Exception):
    """It will never be sent: the person blocked the assistant, the message is refused."""


class MayHaveArrivedError(GiveUpError):
    """Sent, or not: the platform's answer does not tell, and the same thing sent again may stand there twice.
    The person is told and can ask for it again.
    """


class Transport(Protocol):
    """A channel's way out."""

    channel: str
    """The part of a chat's id before its colon: "telegram"."""

    async def send(self, outgoing: Outgoing) -> tuple[str, ...]:
        """Do it; returns the platform's ids of the messages that now stand there. Raises `TryLaterError` or
        `GiveUpError`.
        """


class Outbox(Protocol):
    """The messages that are committed and not yet sent. Any number of senders, in any number of processes,
    may empty it side by side.
    """

    async def claim(self, channel: str, limit: int, now: datetime) -> Claimed:
        """Up to `limit` due things that the channel's rate limits let through now, at most one chat's
        first each. They are this process's until it settles them (`sent`, `later`, `drop`) or dies.
        """

    def holds(self, outgoing: Outgoing) -> bool | None:
        """Whether it is still ours to send: False if this process was taken for dead since it claimed it,
        None while that cannot be known.
        """

    async def sent(self, outgoing: Outgoing, messages: tuple[str, ...]) -> None:
        """It is done: forget it, and remember the platform's ids under the message's `ref`."""

    async def later(self, outgoing: Outgoing, at: datetime) -> None:
        """Try it again at this time; what comes after it in the chat waits too."""

    async def instead(self, outgoing: Outgoing, message: Message) -> None:
        """In its place in line, but at the end, another message; only if it is still ours."""

    async def drop(self, outgoing: Outgoing) -> None:
        """Forget it unsent."""

    async def wait(self, channel: str, seconds: float) -> None:
        """Return when something was put in for this channel or a chat with more to send became free, at the
        latest after `seconds`.
        """


MakeAttachment = Callable[[DocumentOrder], Awaitable[bytes]]
"""From an `Attachment.document` to the file's bytes. Raises `KeyError` for what cannot be made (any more)."""
