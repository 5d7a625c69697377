"""What a script needs of a channel: a person does something, and sees what comes of it. Each channel has a
driver of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, Protocol

from handlers.turn import Media, Role
from knowledge.language.words import Language

Place = Literal["private", "group"]
Which = Literal["standing", "same", "gone"]
"""standing: the newest button with this label that can be seen; same: the very button that was pressed last,
once more; gone: the newest one with this label that was taken away since, as on a screen that lags behind."""


@dataclass(frozen=True)
class Shown:
    """One message as a person sees it."""

    text: str
    """All its words in their order, quotations and sources included."""
    quotations: tuple[str, ...] = ()
    """What stands in it as a quotation, character for character."""
    buttons: tuple[str, ...] = ()
    """The labels, in their order."""
    edited: bool = False
    """Whether it took the place of a message that stood there."""
    file: str = ""
    """The name of the document that came with it."""


@dataclass(frozen=True)
class Heard:
    """What came of one thing that a person did."""

    messages: tuple[Shown, ...] = ()
    toast: str = ""
    """The few words beside a pressed button."""
    deleted: int = 0
    """How many messages were taken away."""
    language: Language | None = None
    """The language of the reply, where the driver can tell."""


class Driver(Protocol):
    """One conversation on one channel, from an empty store on. In a group, `say` and the like address the
    assistant the way the channel wants it.
    """

    channel: str
    """"core", "telegram", "web", "teams": what a script names under `channels`."""
    takes_away: bool
    """Whether a person's own messages can be taken away there; where not, `deletes` is not looked at."""

    async def begin(self, roles: Mapping[str, Role], language: Language | None) -> None:
        """Start, with nothing said; "anna" is there, in private. `roles` of people other than employees;
        `language` of everybody's settings.
        """

    async def end(self) -> None: ...

    async def become(self, person: str) -> Heard:
        """Go on as somebody else, in private; hears what reached them since they last did something."""

    async def go(self, place: Place) -> None:
        """Go on in private or in the group."""

    async def open(self) -> Heard:
        """Open the conversation; in the group, add the assistant to it."""

    async def say(self, text: str, forwarded: bool = False) -> Heard: ...

    async def press(self, label: str, which: Which = "standing") -> Heard:
        """Raises `LookupError` where there is no such button."""

    async def send(self, media: Media, caption: str = "", count: int = 1) -> Heard:
        """Send a photo or the like; `count` above 1 sends an album."""

    async def edit(self, text: str) -> Heard:
        """Change the last message that this person wrote here."""

    async def wait(self, span: timedelta) -> None:
        """Let time pass."""
