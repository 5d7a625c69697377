"""What a person did, free of any channel: each channel's adapter makes turns out of its own messages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.actions import Action
from knowledge.language.words import Language

Role = Literal["medewerker", "directie", "bestuur", "beheerder"]
"""medewerker asks; directie reports and keeps the cases of own schools; bestuur sees all; beheerder runs the
bot, sees no case.
"""
Media = Literal["photo", "video", "document", "sticker", "voice", "location", "contact", "other"]


@dataclass(frozen=True, slots=True)
class Person:
    id: str
    """Channel and the platform's own number for the person: "telegram:42". Taken from the platform's
    envelope, never from what was typed.
    """
    language: Language | None = None
    """Of the person's settings on the platform, where they are one of ours."""
    role: Role = "medewerker"
    """Filled in from the store before a handler sees it; a channel leaves it alone."""
    schools: tuple[str, ...] = ()
    """Ids of the schools that the role holds for; filled in with it."""


@dataclass(frozen=True, slots=True)
class Chat:
    id: str
    """Channel and the platform's own number for the chat: "telegram:-100123"."""
    private: bool = True
    """Whether the person and the assistant are alone there."""
    address: str = ""
    """What the channel needs to write there again later; opaque to all others."""
    private_link: str = ""
    """Where a group's member reaches the assistant alone, if the channel has such a link."""
    history: bool = False
    """Whether we ourselves store what the person writes there, so that it can be deleted."""


@dataclass(frozen=True, slots=True)
class Said:
    """Wrote a text, a command included."""

    text: str
    message: str = ""
    """The platform's id of the message, where it has one."""
    forwarded: bool = False
    """Whether it is somebody else's message, passed on."""


@dataclass(frozen=True, slots=True)
class Pressed:
    """Pressed a button."""

    button: str
    """The short opaque id that the button was sent with."""
    message: str = ""
    """The platform's id of the message that carries the button."""
    action: Action | None = None
    """What the button stands for; filled in from the store. None: it was not sent to this person in this
    chat, or is forgotten by now.
    """


@dataclass(frozen=True, slots=True)
class Sent:
    """Sent something other than text; the file itself is never fetched."""

    media: Media
    caption: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Edited:
    """Changed an earlier message of theirs."""

    text: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """Came in: opened the page, installed the app, added the assistant to a group."""


Act = Said | Pressed | Sent | Edited | Opened


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing that one person did in one place."""

    delivery: str
    """The platform's id of this delivery: the same delivery twice has one effect."""
    person: Person
    chat: Chat
    act: Act
    at: datetime
    """When it reached us, aware, UTC."""
