"""The Teams channel on the real SDK, with the fake connector, a real conversation and a store in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.teams.channel import TeamsChannel
from bot.ports.outbox import Outgoing
from bot.ports.teams_state import KeepInMemory
from bot.service import Handled, Service
from bot.storage.in_memory import InMemory
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.reply import Button, DocumentOrder, ProtocolDocument
from handlers.turn import Turn
from knowledge.matching.matcher import Matcher
from tests.fakes.connector import Connector, Member
from tests.fakes.serving import serving

CONTENT = b"%PDF-1.7 made"


async def make(order: DocumentOrder) -> bytes:
    if order != ProtocolDocument("nl"):
        raise KeyError(order)
    return CONTENT


@dataclass
class Direct(Service):
    """Sends what a turn comes to at once, in the place of outbox and sender."""

    conversation: Conversation
    store: InMemory
    channel: TeamsChannel | None = None
    turns: list[Turn] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(self.conversation, self.store)

    async def handle(self, turn: Turn) -> Handled:
        self.turns.append(turn)
        handled = await super().handle(turn)
        if handled.reply and self.channel:
            for number, message in enumerate(handled.reply.messages):
                ids = tuple("" if button.url else self._id(turn, button) for button in message.buttons)
                replaces = (
                    (message.replaces,) if message.replaces and not message.replaces.startswith("@") else ()
                )
                await self.channel.transport.send(
                    Outgoing(number, turn.chat, handled.reply.language, message, ids, replaces)
                )
        return handled

    def _id(self, turn: Turn, button: Button) -> str:
        return self.store.button_id(turn, button)


@dataclass
class Stage:
    connector: Connector
    service: Direct
    channel: TeamsChannel
    keep: KeepInMemory
    client: httpx.AsyncClient

    def member(self, name: str = "anna", scope: str = "personal", conversation: str = "") -> Member:
        return Member(self.connector, self.client, name, scope, conversation)


@pytest.fixture
async def stage(matcher: Matcher) -> AsyncIterator[Stage]:
    connector, keep = Connector(), KeepInMemory()
    service = Direct(Conversation(matcher, texts.load()), InMemory())
    channel = TeamsChannel(
        service, None, keep, make, texts.load(), "https://bot.school.example", now=lambda: datetime.now(UTC)
    )
    service.channel = channel
    await channel.start()
    async with (
        serving(connector.app()) as connector.address,
        serving(Starlette(routes=channel.routes)) as address,
        httpx.AsyncClient(base_url=address) as client,
    ):
        yield Stage(connector, service, channel, keep, client)
    await channel.stop()
    await channel.close()
    assert connector.problems == []
