""" "typing" for whatever takes over half a second: when it is shown, where, how often, and that nothing hangs
on it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import User
from telegram.error import Forbidden, NetworkError, RetryAfter

from bot.channels.telegram.receiver import AT_ONCE, Receiver
from bot.channels.telegram.updates import Reader
from bot.service import Handled
from bot.storage.sql_store import SqlUnit
from handlers.reply import Reply
from handlers.turn import Turn
from tests.fakes.telegram import ME
from tests.telegram.stage import Stage

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
ANNA = {"id": 42, "is_bot": False, "first_name": "Anna"}
HERE = {"id": 42, "type": "private", "first_name": "Anna"}
GROUP = {"id": -100, "type": "supergroup", "title": "Team"}
SAID = {"message_id": 7, "date": 1, "chat": HERE, "from": ANNA, "text": "hoi"}
HELLO = "@protocol_bot hoi"


class Clock:
    """The loop's clock, standing still but for `pass_by`."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = 1000.0
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self._now)

    async def pass_by(self, seconds: float) -> None:
        self._now += seconds
        for _ in range(10):
            await asyncio.sleep(0)


class Slow:
    """A service that answers when it is let."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.done = 0

    async def handle(self, turn: Turn) -> Handled:
        await self.let.wait()
        self.done += 1
        return Handled(Reply("nl"))


class Client:
    """Notes where "typing" was shown: (chat, action, topic)."""

    def __init__(self, fail: Callable[[], object] = lambda: None) -> None:
        self.shown: list[tuple[int, str, int | None]] = []
        self.answered: list[str] = []
        self._fail = fail

    async def send_chat_action(self, chat: int, action: str, message_thread_id: int | None = None) -> None:
        self.shown.append((chat, str(action), message_thread_id))
        if asyncio.iscoroutine(result := self._fail()):
            await result

    async def answer_callback_query(self, query: str, text: str | None) -> None:
        self.answered.append(query)


@pytest.fixture
async def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.fixture
async def slow() -> Slow:
    return Slow()


def receiver(client: Client, slow: Slow) -> Receiver:
    me = User(123456789, "Protocol", True, username="protocol_bot")
    return Receiver(client, slow, Reader(me), None, lambda: NOW)  # type: ignore[arg-type]


async def begin(clock: Clock, taker: Receiver, raw: dict[str, Any]) -> asyncio.Task[None]:
    """The update being handled, at the moment that it came."""
    taking = asyncio.create_task(taker.take(raw))
    await clock.pass_by(0)
    return taking


def update(kind: str = "message", **body: Any) -> dict[str, Any]:
    return {"update_id": 9, kind: body or SAID}


async def test_it_is_shown_after_half_a_second_again_before_it_fades_and_no_more_once_the_answer_is_there(
    clock: Clock, slow: Slow
) -> None:
    client = Client()
    taking = await begin(clock, receiver(client, slow), update())
    await clock.pass_by(0.49)
    assert client.shown == []
    await clock.pass_by(0.02)
    assert client.shown == [(42, "typing", None)]
    await clock.pass_by(4.4)
    assert len(client.shown) == 1
    await clock.pass_by(0.2)
    assert len(client.shown) == 2
    await clock.pass_by(4.6)
    assert len(client.shown) == 3
    slow.let.set()
    await taking
    for _ in range(3):
        await clock.pass_by(5)
    assert len(client.shown) == 3


async def test_a_quick_answer_shows_none(clock: Clock, slow: Slow) -> None:
    client = Client()
    taking = await begin(clock, receiver(client, slow), update())
    await clock.pass_by(0.49)
    slow.let.set()
    await taking
    for _ in range(3):
        await clock.pass_by(5)
    assert client.shown == []


async def test_it_is_shown_too_while_others_have_to_be_answered_first(clock: Clock, slow: Slow) -> None:
    client = Client()
    taker = receiver(client, slow)
    said: list[dict[str, Any]] = [
        {**SAID, "chat": {**HERE, "id": number}} for number in range(1, AT_ONCE + 2)
    ]
    taking = [await begin(clock, taker, update(**message)) for message in said]
    await clock.pass_by(0.51)
    assert sorted(chat for chat, _, _ in client.shown) == list(range(1, AT_ONCE + 2))
    slow.let.set()
    await asyncio.gather(*taking)
    assert slow.done == AT_ONCE + 1


@pytest.mark.parametrize(
    ("topic", "shown"),
    [
        ({"message_thread_id": 12, "is_topic_message": True}, 12),
        ({"message_thread_id": 12}, None),
        ({}, None),
    ],
)
async def test_in_a_group_it_is_shown_in_the_topic_of_the_question(
    clock: Clock, slow: Slow, topic: dict[str, Any], shown: int | None
) -> None:
    client = Client()
    taking = await begin(
        clock, receiver(client, slow), update(**{**SAID, "chat": GROUP, "text": "/help", **topic})
    )
    await clock.pass_by(0.51)
    assert client.shown == [(-100, "typing", shown)]
    slow.let.set()
    await taking


async def test_also_after_a_press(clock: Clock, slow: Slow) -> None:
    client = Client()
    theirs = {**SAID, "chat": GROUP, "from": ME, "message_thread_id": 12, "is_topic_message": True}
    raw = update("callback_query", id="1", chat_instance="c", data="x.1", message=theirs, **{"from": ANNA})
    taking = await begin(clock, receiver(client, slow), raw)
    await clock.pass_by(0.51)
    assert client.shown == [(-100, "typing", 12)]
    slow.let.set()
    await taking
    await clock.pass_by(0)
    assert client.answered == ["1"]


@pytest.mark.parametrize(
    "error", [NetworkError("x"), Forbidden("x"), RetryAfter(60), ValueError("no JSON"), KeyError("result")]
)
async def test_where_it_fails_the_answer_comes_and_it_is_tried_again(
    clock: Clock, slow: Slow, error: Exception
) -> None:
    def fail() -> None:
        raise error

    client = Client(fail)
    taking = await begin(clock, receiver(client, slow), update())
    await clock.pass_by(0.51)
    await clock.pass_by(4.6)
    assert len(client.shown) == 2
    slow.let.set()
    await taking
    assert slow.done == 1


async def test_where_it_hangs_the_answer_does_not(clock: Clock, slow: Slow) -> None:
    client = Client(lambda: asyncio.Event().wait())
    taking = await begin(clock, receiver(client, slow), update())
    await clock.pass_by(0.51)
    slow.let.set()
    await taking
    assert (slow.done, len(client.shown)) == (1, 1)


@pytest.mark.parametrize("fault", ["", "429", "500", "drop"])
async def test_while_the_store_is_slow_the_group_s_topic_shows_it(
    polling: Stage, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    telegram = polling.telegram
    anna = telegram.person("Anna")
    there = anna.at(telegram.group("Team", by=anna), topic=12)
    await there.hears()
    unit = polling.store.unit

    def asked() -> list[tuple[int, int]]:
        return [
            (int(given["chat_id"]), int(given["message_thread_id"]))
            for method, given in telegram.calls
            if method == "sendChatAction"
        ]

    def slow(turn: Turn) -> AbstractAsyncContextManager[SqlUnit | None]:
        @asynccontextmanager
        async def within() -> AsyncIterator[SqlUnit | None]:
            async with unit(turn) as made:
                await telegram.until(
                    lambda: telegram.faults[0].times == 0 if fault else bool(asked()), "typing"
                )
                yield made

        return within()

    monkeypatch.setattr(polling.store, "unit", slow)
    if fault:
        telegram.fail(fault, "sendChatAction")
    there.say(HELLO)
    assert [message.topic for message in await there.hears()] == [12]
    await polling.settled()
    assert asked() == ([] if fault else [(there.chat["id"], 12)])
