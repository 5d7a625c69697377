"""What was said in a chat of the web page, so that it stands there again after a reload, in a second tab, and
after a restart.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from handlers.reply import Message
from handlers.turn import Media
from knowledge.language.words import Language


@dataclass(frozen=True, slots=True)
class Own:
    """What the person said."""

    text: str
    media: Media | None = None
    """What they chose to show; the file itself stayed with them."""
    by: Literal["person"] = "person"


@dataclass(frozen=True, slots=True)
class Heard:
    """What the assistant said."""

    message: Message
    language: Language
    buttons: tuple[str, ...] = ()
    """The opaque ids of the message's buttons, in their order."""
    chosen: str = ""
    """The button that was pressed last."""
    by: Literal["assistant"] = "assistant"


Entry = Own | Heard


@dataclass(frozen=True, slots=True)
class Line:
    """One message of a chat as it stands now."""

    id: int
    """Its place in the chat."""
    changed: int
    """The chat's count of changes when this one was made: a reader who has seen all up to n asks for what
    comes after n.
    """
    entry: Entry | None
    """None where it was taken away."""
    delivery: str = ""
    """What brought it, unique in the chat, where anything is known of that."""
    at: datetime | None = None
    """When it was put there."""


class History(Protocol):
    """Keeps the lines of chats. In one chat the changes count up without gaps, also with several writers."""

    async def add(self, chat: str, entry: Entry, delivery: str, at: datetime) -> int:
        """Put it at the end; returns its id. The same delivery again changes nothing and returns the same
        id.
        """

    async def put(self, chat: str, line: int, entry: Entry | None) -> bool:
        """Let the line hold this instead, or None to take it away. False where it is not there (any more)."""

    async def line(self, chat: str, line: int) -> Line | None: ...

    async def since(self, chat: str, seen: int) -> Sequence[Line]:
        """The lines that changed after change number `seen`, in the order of the changes; for 0 without those
        that were taken away.
        """

    async def counts(self, chats: Collection[str]) -> Mapping[str, int]:
        """Per chat the number of its last change."""
