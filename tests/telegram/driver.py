"""Telegram as a channel of the say/hear scripts: people in the fake server, the assistant polling it, a clock
that the script moves.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from handlers.conversation.router import Conversation
from handlers.turn import Media, Role
from knowledge.language.words import Language
from tests.conversations.driver import Heard, Place, Shown, Which
from tests.conversations.people import seat
from tests.fakes.telegram import FakeTelegram, Posted
from tests.fakes.telegram_people import Person
from tests.telegram.stage import Stage, stage

STEP = timedelta(seconds=10)
"""Between two things that a person does."""
NAME = "@protocol_bot"


@dataclass(frozen=True)
class Seen:
    """A button that somebody saw."""

    label: str
    data: str
    message: Posted = field(compare=False)


@dataclass
class Screen:
    """What one person knows of one chat."""

    person: Person
    known: dict[int, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    """Message → what it said when it was last looked at."""
    theirs: int = 0
    written: int = 0
    buttons: list[Seen] = field(default_factory=list)
    pressed: Seen | None = None


class TelegramDriver:
    channel = "telegram"
    takes_away = True

    def __init__(self, conversation: Conversation, database: str) -> None:
        self._conversation = conversation
        self._database = database

    async def begin(self, roles: Mapping[str, Role], language: Language | None) -> None:
        self.roles, self.language = roles, language
        self.at = datetime(2026, 11, 26, 12, tzinfo=UTC)
        self._stack = AsyncExitStack()
        self.telegram = await self._stack.enter_async_context(FakeTelegram())
        made = stage(self.telegram, self._conversation, self._database, now=lambda: self.at)
        self.stage: Stage = await self._stack.enter_async_context(made)
        self.people: dict[str, Person] = {}
        self.screens: dict[str, Screen] = {}
        self.group: dict[str, Any] | None = None
        self._albums = itertools.count(1)
        for name, role in roles.items():
            await self.become(name)
            await self.say("/start")
            await self._bind(self.people[name], role)
        await self.become("anna")

    async def end(self) -> None:
        refused = self.telegram.refused
        await self._stack.aclose()
        assert refused == []

    async def become(self, person: str) -> Heard:
        self.name, self.place = person, "private"
        if person not in self.people:
            self.people[person] = self.telegram.person(person.title(), self.language)
        return await self._look(self.screen)

    async def go(self, place: Place) -> None:
        self.place = place
        if place == "group" and self.group is None:
            self.group = {}

    async def open(self) -> Heard:
        if self.place == "private":
            return await self.say("/start")
        self.group = self.telegram.group("Team", by=self.people[self.name])
        return await self._done(self.screen)

    async def say(self, text: str, forwarded: bool = False) -> Heard:
        screen = await self._there()
        screen.written = (
            screen.person.forward(self._to_us(text)) if forwarded else screen.person.say(self._to_us(text))
        )
        return await self._done(screen)

    async def press(self, label: str, which: Which = "standing") -> Heard:
        screen = await self._there()
        now = {button for message in screen.person.sees() for button in _buttons(message)}
        if which == "same":
            found = [screen.pressed] if screen.pressed else []
        else:
            found = [
                button
                for button in screen.buttons
                if _fits(button.label, label) and (button in now) == (which == "standing")
            ]
        if not found:
            raise LookupError(f'no button "{label}" among {[button.label for button in now]}')
        screen.pressed = found[-1]
        screen.person.press_data(found[-1].data, found[-1].message)
        return await self._done(screen)

    async def send(self, media: Media, caption: str = "", count: int = 1) -> Heard:
        screen = await self._there()
        words = self._to_us(caption)
        album = {"media_group_id": str(next(self._albums))} if count > 1 else {}
        for number in range(count):
            screen.written = screen.person.send(media, words if number == 0 else "", **album)
        return await self._done(screen)

    async def edit(self, text: str) -> Heard:
        screen = await self._there()
        screen.person.edit(screen.written, self._to_us(text))
        return await self._done(screen)

    async def wait(self, span: timedelta) -> None:
        self.at += span

    @property
    def screen(self) -> Screen:
        where = f"{self.name}@{self.place}"
        if where not in self.screens:
            person = self.people[self.name]
            self.screens[where] = Screen(person if self.place == "private" else person.at(self.group or {}))
        return self.screens[where]

    async def _there(self) -> Screen:
        """The chat, the assistant being in it."""
        if self.place == "group" and not self.group:
            self.group = self.telegram.group("Team", by=self.people[self.name])
            self.screens.pop(f"{self.name}@group", None)
            await self._done(self.screen)
        return self.screen

    def _to_us(self, text: str) -> str:
        return f"{NAME} {text}".strip() if self.place == "group" and not text.startswith("/") else text

    async def _bind(self, person: Person, role: Role) -> None:
        """Give the role as an invitation does, and the PIN."""
        number = f"telegram:{person.user['id']}"
        await self.stage.store.call(lambda connection: seat(connection, number, number, role, self.at))

    async def _done(self, screen: Screen) -> Heard:
        before = len(self.telegram.toasts)
        self.at += STEP
        await self.stage.settled()
        await self.telegram.until(lambda: all(self.telegram.presses.values()), "the press to be answered")
        heard = await self._look(screen)
        return Heard(heard.messages, " ".join(self.telegram.toasts[before:]).strip(), heard.deleted)

    async def _look(self, screen: Screen) -> Heard:
        """What is new, changed or gone in the chat since it was last looked at."""
        standing = {message.id: message for message in screen.person.sees()}
        new = [message for message in standing.values() if screen.known.get(message.id) != _says(message)]
        shown = tuple(
            _shown(message, message.id in screen.known)
            for message in sorted(new, key=lambda message: message.at)
        )
        gone = [number for number in screen.known if number not in standing]
        theirs = sum(
            not message.by_bot for message in self.telegram.messages[screen.person.chat["id"]].values()
        )
        written = self.telegram.written[screen.person.chat["id"]]
        deleted = len(gone) + written - theirs - screen.theirs
        screen.theirs = written - theirs
        screen.known = {number: _says(message) for number, message in standing.items()}
        for message in new:
            screen.buttons = [
                button for button in screen.buttons if button not in _buttons(message)
            ] + _buttons(message)
        return Heard(shown, "", deleted)


def _shown(message: Posted, edited: bool) -> Shown:
    labels = tuple(button["text"] for button in message.buttons)
    return Shown(
        message.text,
        tuple(message.marked("blockquote")),
        labels,
        edited,
        message.document[0] if message.document else "",
    )


def _says(message: Posted) -> tuple[str, tuple[str, ...]]:
    return message.text, tuple(button["text"] for button in message.buttons)


def _buttons(message: Posted) -> list[Seen]:
    return [
        Seen(button["text"], button["callback_data"], message)
        for button in message.buttons
        if "callback_data" in button
    ]


def _fits(shown: str, label: str) -> bool:
    """Long labels are cut."""
    return shown == label or (shown.endswith("…") and label.startswith(shown[:-1]))
