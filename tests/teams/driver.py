"""Scripts on Teams: the real channel, store and sender against the fake connector; a person sees what stands
in the conversation.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette

from bot.channels.teams.channel import DONE, TeamsChannel
from bot.delivery.sender import Sender, SystemClock
from bot.service import Service
from bot.storage.schema import outbox
from bot.storage.sql_store import SqlStore
from bot.storage.teams_state import SqlKeep
from handlers.conversation.router import Conversation
from handlers.turn import Media, Role
from knowledge.language.words import Language
from tests.conversations.driver import Heard, Place, Shown, Which
from tests.conversations.people import seat
from tests.database import CIPHER
from tests.fakes.connector import CONSENT, Connector, Json, Member, buttons_of, words_of
from tests.fakes.serving import serving
from tests.teams.conftest import make

STEP = timedelta(seconds=10)
GROUP = "19:group"
CONTENT_TYPES = {
    "photo": "image/png",
    "video": "video/mp4",
    "voice": "audio/ogg",
    "document": "application/pdf",
}


class Clock(SystemClock):
    """The script's time for what is kept; real time for waiting."""

    def __init__(self) -> None:
        self.at = datetime(2026, 11, 26, 12, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class TeamsDriver:
    channel = "teams"
    takes_away = False

    def __init__(self, conversation: Conversation, template: Path) -> None:
        """`template`: an SQLite database that has its tables."""
        self.conversation = conversation
        self.template = template

    async def begin(self, roles: Mapping[str, Role], language: Language | None) -> None:
        self.clock, self.connector, self.numbers = Clock(), Connector(), count(1)
        self.language, self.person, self.place = language, "anna", "private"
        self.read: dict[str, list[tuple[str, Json]]] = {}
        self.written: dict[tuple[str, str], str] = {}
        self.pressed: tuple[str, Json] | None = None
        self.gone: list[tuple[str, str, Json]] = []
        self.stack = AsyncExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        shutil.copy(self.template, folder / "bot.db")
        self.store = SqlStore(_connect(folder / "bot.db"), CIPHER, now=self.clock.now)
        self.stack.push_async_callback(self.store.close)
        service = Service(self.conversation, self.store)
        keep = SqlKeep(self.store.database, CIPHER, self.clock.now)
        self.teams = TeamsChannel(
            service,
            None,
            keep,
            make,
            self.conversation.texts,
            "https://bot.school.example",
            now=self.clock.now,
        )
        self.connector.address = await self.stack.enter_async_context(serving(self.connector.app()))
        address = await self.stack.enter_async_context(serving(Starlette(routes=self.teams.routes)))
        self.client = await self.stack.enter_async_context(httpx.AsyncClient(base_url=address))
        await self.teams.start()
        for name, role in roles.items():
            await self.store.call(
                partial(seat, person=f"teams:{name}", chat=f"teams:a:{name}", role=role, at=self.clock.at)
            )
        self.sender = Sender(self.store, self.teams.transport, self.clock)
        self.sending = asyncio.create_task(self.sender.run())
        for name in roles:
            self.person = name
            await self.open()  # who has a role redeemed a code in a chat of their own
        self.person = "anna"

    async def end(self) -> None:
        await self.teams.stop()
        await self.sender.stop()
        await self.sending
        await self.teams.close()
        await self.stack.aclose()
        assert self.connector.problems == []

    async def become(self, person: str) -> Heard:
        self.person, self.place = person, "private"
        return await self._heard()

    async def go(self, place: Place) -> None:
        self.place = place

    async def open(self) -> Heard:
        return await self._do(
            type="conversationUpdate", membersAdded=[{"id": f"29:{self.person}"}, {"id": "28:bot"}]
        )

    async def say(self, text: str, forwarded: bool = False) -> Heard:
        if forwarded:
            pytest.skip("Teams does not say what was passed on")
        return await self._do(**self._text(text), id=self._write())

    async def press(self, label: str, which: Which = "standing") -> Heard:
        if which == "same":
            if self.pressed is None:
                raise LookupError("nothing was pressed yet")
            activity, action = self.pressed
        elif which == "gone":
            found = [
                (activity, action)
                for conversation, activity, action in self.gone
                if conversation == self.conv and action["title"] == label
            ]
            if not found:
                raise LookupError(f'no button "{label}" was taken away')
            activity, action = found[-1]
        else:
            activity, action = self._member().find(label)
        self.pressed = activity, action
        if "url" in action:
            raise LookupError(f'"{label}" opens a page')
        value = {
            "action": {"type": action["type"], "verb": action["verb"], "data": action["data"]},
            "trigger": "manual",
        }
        return await self._do(type="invoke", name="adaptiveCard/action", value=value, replyToId=activity)

    async def send(self, media: Media, caption: str = "", count: int = 1) -> Heard:
        if media in ("sticker", "location", "contact"):
            pytest.skip("Teams has none of these: they come as pictures or as text")
        attachments = [
            {
                "contentType": CONTENT_TYPES.get(media, "application/octet-stream"),
                "contentUrl": "https://x",
                "name": "x",
            }
        ] * count
        return await self._do(**self._text(caption), id=self._write(), attachments=attachments)

    async def edit(self, text: str) -> Heard:
        written = self.written.get((self.conv, self.person), "none")
        return await self._do(
            **{**self._text(text), "type": "messageUpdate"},
            id=written,
            channelData={"eventType": "editMessage"},
        )

    async def wait(self, span: timedelta) -> None:
        self.clock.at += span

    @property
    def conv(self) -> str:
        return f"a:{self.person}" if self.place == "private" else GROUP

    def _member(self) -> Member:
        return Member(
            self.connector,
            self.client,
            self.person,
            "personal" if self.place == "private" else "groupChat",
            self.conv,
        )

    def _text(self, text: str) -> Json:
        if self.place == "private":
            return {"type": "message", "text": text}
        mention = {
            "type": "mention",
            "text": "<at>Protocol</at>",
            "mentioned": {"id": "28:bot", "name": "Protocol"},
        }
        return {"type": "message", "text": f"<at>Protocol</at> {text}", "entities": [mention]}

    def _write(self) -> str:
        self.written[self.conv, self.person] = f"theirs-{next(self.numbers)}"
        return self.written[self.conv, self.person]

    async def _do(self, **activity: Any) -> Heard:
        self.clock.at += STEP
        locale = {"nl": "nl-NL", "en": "en-GB", None: "de-DE"}[self.language]
        stamp = {"timestamp": self.clock.at.isoformat()}
        deleted = sum(what == "delete" for what, _, _ in self.connector.log)
        answer = await self._member().post(locale=locale, **stamp, **activity)
        assert answer.status_code == 200, answer.text
        await self._settled()
        body = answer.json() if answer.content else {}
        value = body.get("value")
        toast = value if isinstance(value, str) and value != DONE else ""
        heard = await self._heard()
        return Heard(
            heard.messages, toast, sum(what == "delete" for what, _, _ in self.connector.log) - deleted
        )

    async def _settled(self) -> None:
        """Until nothing is left to send and no card is being marked."""
        while self.teams._under_way or await self._left():
            await asyncio.sleep(0.005)

    async def _left(self) -> int:
        """Messages that wait in the outbox."""
        return await self.store.call(
            lambda connection: connection.execute(select(func.count()).select_from(outbox)).scalar_one()
        )

    async def _heard(self) -> Heard:
        """What is new in this person's conversation, and what was changed there since they last looked."""
        now = list(self.connector.messages.get(self.conv, {}).items())
        before = dict(self.read.get(self.conv, []))
        self.read[self.conv] = [(made, activity) for made, activity in now]
        for made, activity in before.items():
            standing = self.connector.messages[self.conv].get(made)
            if standing is not activity:
                self.gone += [
                    (self.conv, made, action)
                    for action in _actions(activity)
                    if standing is None or action not in _actions(standing)
                ]
        changed = [(made, activity) for made, activity in now if before.get(made) is not activity]
        order = [made for what, conversation, made in self.connector.log if conversation == self.conv]
        changed.sort(key=lambda item: len(order) - 1 - order[::-1].index(item[0]))
        said = [
            (made, activity) for made, activity in changed if made not in before or "summary" in activity
        ]  # a card that is only marked has none
        return Heard(tuple(_shown(activity, made in before) for made, activity in said))


def _shown(activity: Json, edited: bool) -> Shown:
    quotations = []
    for attachment in activity.get("attachments", ()):
        for element in attachment.get("content", {}).get("body", ()):
            if element["type"] == "Container":
                quotations.append(
                    "\n".join(run["text"] for item in element["items"][:-1] for run in item["inlines"])
                )
    file = next((a["name"] for a in activity.get("attachments", ()) if a["contentType"] == CONSENT), "")
    return Shown(words_of(activity), tuple(quotations), tuple(buttons_of(activity)), edited, file)


def _actions(activity: Json) -> list[Json]:
    body = [
        element
        for attachment in activity.get("attachments", ())
        for element in attachment.get("content", {}).get("body", ())
    ]
    return [action for element in body if element["type"] == "ActionSet" for action in element["actions"]]


def _connect(file: Path) -> Any:
    from bot.storage.database import connect

    return connect(f"sqlite:///{file}")
