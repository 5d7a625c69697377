"""Polling while something is wrong: with Telegram, with the network, with the store. Nothing is lost, nothing
comes twice, all is said once.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import pytest

from bot import logs
from bot.channels.telegram import polling as loop
from bot.storage.sql_store import SqlUnit
from handlers.conversation.router import Conversation
from handlers.turn import Turn
from tests.fakes.telegram import FakeTelegram
from tests.telegram.stage import Stage, stage

WORDS = "hoi kanariezin"
LOGGER = "bot.channels.telegram"
AGAIN = ("info", loop.AGAIN)
KEPT_AGAIN = ("info", "What people send is kept again")
NOT_KEPT = ("error", "What people send cannot be kept, so it stays with Telegram; trying again: OSError")

Told = Callable[[], list[tuple[str, str]]]


@pytest.fixture
def told(telegram: FakeTelegram) -> Iterator[Told]:
    """(level, words) of what the channel logged, as the program logs it; in the end nothing of a message and
    no token may stand there.
    """
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in logs.TALKATIVE}
    stream = io.StringIO()
    logs.configure("INFO", True, stream=stream)

    def lines() -> list[tuple[str, str]]:
        found = [json.loads(line) for line in stream.getvalue().splitlines()]
        return [
            (line["level"], line["event"])
            for line in found
            if line["logger"].startswith(LOGGER) and "knows us" not in line["event"]
        ]

    yield lines
    for canary in ("kanarie", telegram.token, telegram.token.partition(":")[2]):
        assert canary not in stream.getvalue()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, was in levels.items():
        logging.getLogger(name).setLevel(was)
    logging.captureWarnings(False)


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of all pauses, which pass at once."""
    made: list[float] = []

    async def pause(seconds: float, stopping: asyncio.Event) -> None:
        made.append(seconds)
        await asyncio.sleep(0)

    monkeypatch.setattr(loop, "pause", pause)
    return made


def gone(kind: str) -> str:
    return f"Telegram cannot be reached; trying again: {kind}"


def unreadable(kind: str) -> str:
    return f"What Telegram answers cannot be read; trying again: {kind}"


TROUBLES = {
    "409": (loop.CONFLICT, [0.5, 1, 2]),
    "401": (loop.REFUSED, [0.5, 1, 2]),
    "404": (loop.REFUSED, [0.5, 1, 2]),
    "429": ("Telegram asks to wait before the next call; that is done", [7, 7, 7]),
    "500": (gone("NetworkError"), [0.5, 1, 2]),
    "drop": (gone("NetworkError (ClientPayloadError)"), [0.5, 1, 2]),
    "<html>Wifi: log in first</html>": (gone("TelegramError"), [0.5, 1, 2]),
    '{"ok": true, "result": [{"message": {"text": "kanarie': (gone("TelegramError"), [0.5, 1, 2]),
    "[]": (unreadable("TypeError"), [0.5, 1, 2]),
    '{"ok": true}': (unreadable("KeyError"), [0.5, 1, 2]),
    '{"ok": true, "result": 5}': (unreadable("ValueError"), [0.5, 1, 2]),
    '{"ok": true, "result": [5]}': (unreadable("ValueError"), [0.5, 1, 2]),
    '{"ok": true, "result": [{"update_id": "x"}]}': (unreadable("ValueError"), [0.5, 1, 2]),
}
"""What goes wrong → what is said about it, and the seconds between the tries."""


async def test_trouble_with_telegram_is_said_once_and_loses_nothing(
    told: Told, pauses: list[float], polling: Stage
) -> None:
    telegram = polling.telegram
    anna = telegram.person("Anna")
    for kind, (words, waits) in TROUBLES.items():
        told_before, sees_before = len(told()), len(anna.sees())
        pauses.clear()
        telegram.fail(kind, "getUpdates", 3, retry_after=7)
        for _ in range(2):  # the first still comes with the call that is under way
            anna.say(WORDS)
            await anna.hears()
            await telegram.until(lambda: telegram.faults[-1].times == 0, "the calls that fail")
        await polling.settled()
        assert (told()[told_before:], pauses) == ([("error", words), AGAIN], waits), kind
        assert len(anna.sees()) == sees_before + 2, kind


async def test_the_network_is_gone_and_comes_back(
    told: Told, monkeypatch: pytest.MonkeyPatch, polling: Stage
) -> None:
    monkeypatch.setattr(loop, "BACKOFF", (0.01,))
    anna = polling.telegram.person("Anna")
    await polling.telegram.close()
    async with asyncio.timeout(60):
        while gone("NetworkError (ClientConnectorError)") not in [words for _, words in told()]:
            await asyncio.sleep(0.01)
    anna.say(WORDS)
    await polling.telegram.open()
    await anna.hears()
    await polling.settled()
    assert told()[-1] == AGAIN
    assert len(told()) == len(set(told()))
    assert len(anna.sees()) == 1


async def test_an_update_that_makes_no_sense_is_passed_over(polling: Stage) -> None:
    anna = polling.telegram.person("Anna")
    bodies: tuple[Any, ...] = (
        [],
        5,
        {"chat": []},
        {"chat": {"id": []}},
        {"chat": {"id": 1}, "media_group_id": {}},
        {"message": "x"},
    )
    for kind in (
        "message",
        "edited_message",
        "callback_query",
        "my_chat_member",
        "inline_query",
        "something_new",
    ):
        for body in bodies:
            polling.telegram.update(kind, body)
    anna.say(WORDS)
    await anna.hears()
    await polling.settled()
    assert len(anna.sees()) == 1


class Broken:
    """The store, as it fails for some chats."""

    def __init__(self, made: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
        self.chats: set[str] = set()
        self.failed = 0
        self._unit = made.store.unit
        monkeypatch.setattr(made.store, "unit", self.unit)

    def unit(self, turn: Turn) -> AbstractAsyncContextManager[SqlUnit | None]:
        @asynccontextmanager
        async def within() -> AsyncIterator[SqlUnit | None]:
            async with self._unit(turn) as unit:
                yield unit
                if turn.chat.id in self.chats:  # after all was done, so there is something to undo
                    self.failed += 1
                    raise OSError(f"disk full at {turn}")

        return within()

    async def until_failed(self, times: int) -> None:
        async with asyncio.timeout(60):
            while self.failed < times:
                await asyncio.sleep(0.01)


@pytest.fixture
def broken(polling: Stage, monkeypatch: pytest.MonkeyPatch) -> Broken:
    monkeypatch.setattr(loop, "BACKOFF", (0.01,))
    return Broken(polling, monkeypatch)


async def test_where_the_store_fails_for_one_chat_others_go_on_and_nothing_is_lost(
    told: Told, polling: Stage, broken: Broken
) -> None:
    anna, bob = (polling.telegram.person(name) for name in ("Anna", "Bob"))
    broken.chats.add(f"telegram:{anna.chat['id']}")
    anna.say("mag ik de foto's van het schoolreisje op facebook zetten")
    bob.say(WORDS)
    await bob.hears()
    anna.say("dankjewel!")
    for _ in range(3):
        await broken.until_failed(broken.failed + 4)
        bob.say(WORDS)
        await bob.hears()
    assert anna.sees() == []
    assert told() == [NOT_KEPT]
    broken.chats.clear()
    await polling.settled()
    bob.say(WORDS)
    await bob.hears()
    await polling.settled()
    assert ["profilering-4" in message.text or "Graag gedaan" in message.text for message in anna.sees()] == [
        True,
        True,
    ]
    assert "Graag gedaan" in anna.sees()[1].text
    assert len(bob.sees()) == 5
    assert told() == [NOT_KEPT, KEPT_AGAIN]


async def test_where_the_store_fails_for_all_it_is_said_once_and_all_are_answered_later(
    told: Told, polling: Stage, broken: Broken
) -> None:
    people = [polling.telegram.person(f"P{number}") for number in range(3)]
    broken.chats.update(f"telegram:{person.chat['id']}" for person in people)
    for person in people:
        person.say(WORDS)
    await broken.until_failed(20)
    assert told() == [NOT_KEPT]
    broken.chats.clear()
    await polling.settled()
    assert [len(person.sees()) for person in people] == [1, 1, 1]
    assert told() == [NOT_KEPT, KEPT_AGAIN]


async def test_the_picture_of_an_album_that_the_store_failed_on_is_answered_later(
    polling: Stage, broken: Broken
) -> None:
    anna, bob = (polling.telegram.person(name) for name in ("Anna", "Bob"))
    anna.send("photo", media_group_id="7")
    await anna.hears()
    await polling.settled()
    broken.chats.add(f"telegram:{anna.chat['id']}")
    anna.send("photo", caption="mag ik de foto's van het schoolreisje op facebook zetten", media_group_id="7")
    await broken.until_failed(4)
    broken.chats.clear()
    bob.say(WORDS)
    await bob.hears()
    await polling.settled()
    assert "profilering-4" in anna.sees()[-1].text


async def test_a_restart_while_the_store_fails_loses_nothing(
    telegram: FakeTelegram, conversation: Conversation, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loop, "BACKOFF", (0.01,))
    anna, bob = (telegram.person(name) for name in ("Anna", "Bob"))
    async with stage(telegram, conversation, database) as made:
        broken = Broken(made, monkeypatch)
        broken.chats.add(f"telegram:{anna.chat['id']}")
        anna.say(WORDS)
        await broken.until_failed(2)
        bob.say(WORDS)
        await bob.hears()
    assert telegram.waiting == 2
    async with stage(telegram, conversation, database) as made:
        await anna.hears()
        await made.settled()
    assert [len(person.sees()) for person in (anna, bob)] == [1, 1]


async def test_cards_that_cannot_be_made_hold_nothing_up(
    polling: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = polling.telegram.person("Anna")
    monkeypatch.setattr("bot.channels.telegram.inline.card", lambda *_: 1 / 0)
    polling.telegram.update("inline_query", {"id": "1", "from": anna.user, "query": "foto", "offset": ""})
    anna.say(WORDS)
    await anna.hears()
    await polling.settled()


@pytest.mark.parametrize(
    "moment", ["connecting", "refused", "asked to wait", "failing", "nothing comes", "the store fails"]
)
async def test_it_stops_at_once_whatever_is_wrong(
    telegram: FakeTelegram,
    conversation: Conversation,
    database: str,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    for name, seconds in (("BACKOFF", (3600.0,)), ("AT_MOST", 3600.0), ("LAST_WORD", 0.01)):
        monkeypatch.setattr(loop, name, seconds)
    anna = telegram.person("Anna")
    kinds = {
        "connecting": ("getMe", "drop"),
        "refused": ("getUpdates", "401"),
        "asked to wait": ("getUpdates", "429"),
        "failing": ("getUpdates", "500"),
    }
    if method := kinds.get(moment):
        telegram.fail(method[1], method[0], 99, retry_after=3600)
    async with stage(telegram, conversation, database, wait=False) as made:
        if method:
            await telegram.until(lambda: telegram.faults[0].times < 99, "the call that fails")
            await asyncio.sleep(0.05)
        else:
            await made.ready()
        if moment == "the store fails":
            broken = Broken(made, monkeypatch)
            broken.chats.add(f"telegram:{anna.chat['id']}")
            anna.say(WORDS)
            await broken.until_failed(2)
        if moment == "nothing comes":
            telegram.held.add("getUpdates")
        await asyncio.wait_for(made.channel.stop(), 30)
        telegram.held.clear()
        telegram.wake()
