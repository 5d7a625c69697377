"""The web page as a channel of the say/hear scripts, at the level of HTTP, as `bot run` serves it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.storage.database import connect
from handlers.turn import Media, Role
from knowledge.language.words import Language
from knowledge.matching.matcher import Matcher
from tests.conversations.driver import Heard, Place, Shown, Which
from tests.conversations.people import seat
from tests.web.site import WAIT, Site, Visitor, words

STEP = timedelta(seconds=10)
"""Between two things that a person does."""


BEGIN = datetime(2026, 11, 26, 12, tzinfo=UTC)
"""The day of every script, whatever today is: scripts name dates."""


@dataclass
class Button:
    label: str
    id: str
    message: int


@dataclass
class Window:
    """The page of one person."""

    visitor: Visitor
    shown: dict[int, str] = field(default_factory=dict)
    """Message → what it says, buttons included."""
    buttons: list[Button] = field(default_factory=list)
    gone: list[Button] = field(default_factory=list)
    pressed: Button | None = None
    language: Language | None = None


class WebDriver:
    """Scripts in which somebody has a role get a site of their own; the others share one, each person with a
    browser of their own.
    """

    channel = "web"
    takes_away = True

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._shared: Site | None = None

    async def begin(self, roles: Mapping[str, Role], language: Language | None) -> None:
        self.roles, self.language = roles, language
        if roles:
            self.site = self._start()
        else:
            self._shared = self._shared or self._start()
            self.site = self._shared
        self.windows: dict[str, Window] = {}
        for self.person in roles:
            self._do("opened")  # who has a role redeemed a code in a chat of their own
        self.person = "anna"

    async def end(self) -> None:
        if self.site is not self._shared:
            self._end(self.site)

    def close(self) -> None:
        if self._shared:
            self._end(self._shared)

    async def become(self, person: str) -> Heard:
        self.person = person
        return self._look()

    async def go(self, place: Place) -> None:
        if place == "group":
            pytest.skip("the web page has no groups")

    async def open(self) -> Heard:
        return self._do("opened")

    async def say(self, text: str, forwarded: bool = False) -> Heard:
        if forwarded:
            pytest.skip("nothing can be forwarded to the web page")
        return self._do("said", text=text)

    async def press(self, label: str, which: Which = "standing") -> Heard:
        window = self.window
        if which == "same":
            found = [window.pressed] if window.pressed else []
        else:
            found = [
                button
                for button in (window.buttons if which == "standing" else window.gone)
                if button.label == label
            ]
        if not found:
            raise LookupError(f'no button "{label}" among {[button.label for button in window.buttons]}')
        window.pressed = button = found[-1]
        return self._do("pressed", button=button.id, message=button.message)

    async def send(self, media: Media, caption: str = "", count: int = 1) -> Heard:
        if count > 1:
            pytest.skip("the web page takes one photo at a time")
        return self._do("sent", media=media, text=caption)

    async def edit(self, text: str) -> Heard:
        return pytest.skip("what was said on the web page cannot be changed there")

    async def wait(self, span: timedelta) -> None:
        self.site.ahead += span

    @property
    def window(self) -> Window:
        if self.person not in self.windows:
            self.windows[self.person] = Window(self.site.visitor())
            if self.person in self.roles:
                self._bind(self.windows[self.person].visitor, self.roles[self.person])
        return self.windows[self.person]

    def _start(self) -> Site:
        site = Site(self._matcher, Path(tempfile.mkdtemp(prefix="web-")))
        site.ahead = BEGIN - datetime.now(UTC)
        site.start()
        return site

    def _end(self, site: Site) -> None:
        site.close()
        shutil.rmtree(site.folder)

    def _bind(self, visitor: Visitor, role: Role) -> None:
        """Give the role as an invitation does."""
        database = connect(f"sqlite:///{self.site.folder / 'bot.db'}")

        now = datetime.now(UTC) + self.site.ahead
        database.transact(lambda connection: seat(connection, visitor.id, visitor.id, role, now))
        database.close()

    def _do(self, kind: str, **what: object) -> Heard:
        self.site.ahead += STEP
        answer = self.window.visitor.post(kind, language=self.language, **what)
        assert answer.status_code == 200, answer.status_code
        heard = self._look()
        return Heard(
            heard.messages,
            answer.json()["toast"],
            heard.deleted,
            self.window.language if heard.messages else None,
        )

    def _look(self) -> Heard:
        """What changed on the page, once all that was to be sent has been."""
        ends = time.monotonic() + WAIT
        with closing(sqlite3.connect(f"file:{self.site.folder / 'bot.db'}?mode=ro", uri=True)) as database:
            while database.execute("SELECT count(*) FROM outbox WHERE channel = 'web'").fetchone()[0]:
                assert time.monotonic() < ends, "not all was sent"
                time.sleep(0.005)
        messages: list[Shown] = []
        deleted = 0
        for line in self.window.visitor.missed():
            if line.get("gone"):
                deleted += 1
                self._withdraw(int(str(line["id"])))
            elif line["by"] == "assistant" and (shown := self._show(line)):
                messages.append(shown)
        return Heard(tuple(messages), "", deleted)

    def _show(self, line: dict[str, Any]) -> Shown | None:
        """None where only a button was marked as pressed."""
        window, number = self.window, line["id"]
        labels = tuple(button["label"] for button in line["buttons"])
        says = repr((words(line), labels, [button.get("id") for button in line["buttons"]]))
        edited = number in window.shown
        if window.shown.get(number) == says:
            return None
        self._withdraw(number)
        window.shown[number] = says
        window.language = line["lang"]
        window.buttons += [
            Button(button["label"], button["id"], number) for button in line["buttons"] if "id" in button
        ]
        blocks = line["blocks"]
        texts = [
            f"{block['text']}\n{block['source']}"
            if block["kind"] == "quotation"
            else words({"blocks": [block]})
            for block in blocks
        ]
        quotations = tuple(block["text"] for block in blocks if block["kind"] == "quotation")
        return Shown("\n".join(texts), quotations, labels, edited, line["file"])

    def _withdraw(self, number: int) -> None:
        window = self.window
        window.gone += [button for button in window.buttons if button.message == number]
        window.buttons = [button for button in window.buttons if button.message != number]
