"""Turns and replies for the tests of the store."""

from __future__ import annotations

from contextlib import AsyncExitStack
from datetime import UTC, datetime
from itertools import count

from bot.ports.outbox import Outgoing
from bot.storage import SqlStore
from handlers.actions import ShowRule
from handlers.reply import Button, Message, Paragraph, Reply
from handlers.session import Session
from handlers.turn import Act, Chat, Person, Pressed, Said, Turn

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
_deliveries = count()


def turn(
    chat: str = "test:anna",
    person: str = "",
    act: Act | None = None,
    delivery: str = "",
    at: datetime = NOON,
    private: bool = True,
) -> Turn:
    delivery = delivery or f"test:{next(_deliveries)}"
    return Turn(delivery, Person(person or chat), Chat(chat, private), act or Said("hoi"), at)


def text(words: str, *actions: str, ref: str = "", replaces: str = "") -> Message:
    return Message(
        (Paragraph(words),),
        tuple(Button(action, ShowRule(action.removeprefix("rule:"))) for action in actions),
        ref=ref,
        replaces=replaces,
    )


def reply(*messages: Message | str) -> Reply:
    return Reply("nl", tuple(text(message) if isinstance(message, str) else message for message in messages))


async def say(store: SqlStore, done: Turn, answer: Reply, session: Session | None = None) -> bool:
    """Whether it was handled now."""
    async with store.unit(done) as unit:
        if unit is None:
            return False
        unit.save(session or unit.session, answer)
    return True


async def press(store: SqlStore, done: Turn) -> str | None:
    """What the pressed button stands for."""
    async with AsyncExitStack() as stack:
        unit = await stack.enter_async_context(store.unit(done))
        assert unit
        assert isinstance(unit.turn.act, Pressed)
        action = unit.turn.act.action
        return f"rule:{action.rule}" if isinstance(action, ShowRule) else None


async def session_of(store: SqlStore, done: Turn) -> Session:
    async with store.unit(done) as unit:
        assert unit
        return unit.session


async def drain(store: SqlStore, at: datetime = NOON, channel: str = "test") -> list[Outgoing]:
    """Send all there is, in the order of claiming."""
    out: list[Outgoing] = []
    while claimed := (await store.claim(channel, 10, at)).outgoing:
        for outgoing in claimed:
            await store.sent(outgoing, (f"m{outgoing.id}",))
        out += claimed
    return out


def words(outgoing: Outgoing) -> str:
    assert outgoing.message
    block = outgoing.message.blocks[0]
    assert isinstance(block, Paragraph)
    return block.text
