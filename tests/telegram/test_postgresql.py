"""Telegram over PostgreSQL: the whole path as over SQLite, and what only PostgreSQL has: several processes
side by side.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from bot.channels.telegram.webhook import HEADER
from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.conversations.runner import play
from tests.conversations.scripts import Script, scripts
from tests.fakes.telegram import FakeTelegram
from tests.telegram.driver import TelegramDriver
from tests.telegram.stage import SECRET, stage
from tests.telegram.test_groups import test_topics_that_are_active_at_once_each_hear_their_own, there
from tests.telegram.test_whole_path import (
    test_a_restart_answers_what_came_meanwhile_and_repeats_nothing,
    test_the_order_within_a_chat_holds_while_chats_go_side_by_side,
    test_the_same_delivery_twice_has_one_effect,
)

__all__ = [
    "test_a_restart_answers_what_came_meanwhile_and_repeats_nothing",
    "test_the_order_within_a_chat_holds_while_chats_go_side_by_side",
    "test_the_same_delivery_twice_has_one_effect",
    "test_topics_that_are_active_at_once_each_hear_their_own",
    "there",
]

PLAYED = (
    "helpful is thanked for once",
    "a director who is involved loses the report at once, and the board gets it",
    "the photo check from an answer to its outcome",
    "an answer in a group has no judgements and begins no check",
    "a double press sends in once, and a later press hears the number",
    "forgetting shows what is kept, asks, and says what it was",
    "an edited question changes its answer",
)
"""Scripts that between them write and read every kind of row."""


@pytest.fixture
def database(postgresql: str) -> str:
    return postgresql


@pytest.fixture
def anna(telegram: FakeTelegram) -> Any:
    return telegram.person("Anna")


@pytest.mark.parametrize(
    "script", [script for script in scripts("telegram") if script.name in PLAYED], ids=str
)
async def test_script(script: Script, conversation: Conversation, database: str, matcher: Matcher) -> None:
    await play(script, TelegramDriver(conversation, database), matcher.pack.protocol)


def test_the_scripts_are_there() -> None:
    assert {script.name for script in scripts("telegram")} >= set(PLAYED)


async def test_two_processes_that_get_the_same_deliveries_answer_each_once_and_in_order(
    telegram: FakeTelegram, conversation: Conversation, database: str
) -> None:
    people = [telegram.person(f"P{number}") for number in range(4)]
    words = (("hoi", "Stel gerust"), ("dankjewel!", "Graag gedaan"), ("wie ben jij", "geen mens"))
    async with (
        stage(telegram, conversation, database, webhook=True) as one,
        stage(telegram, conversation, database, webhook=True) as other,
    ):
        await telegram.until(
            lambda: [method for method, _ in telegram.calls].count("setWebhook") == 2, "both"
        )
        async with httpx.AsyncClient(timeout=30, verify=False) as client:  # noqa: S501 (only http)

            async def deliver(address: str, update: dict[str, Any]) -> None:
                answer = await client.post(address, json=update, headers={HEADER: SECRET})
                assert answer.status_code == 200

            for number, (said, _) in enumerate(words):
                updates = [
                    {
                        "update_id": 10 * number + place,
                        "message": {
                            "message_id": 10 * number + place,
                            "date": 1,
                            "chat": person.chat,
                            "from": person.user,
                            "text": said,
                        },
                    }
                    for place, person in enumerate(people)
                ]
                await asyncio.gather(
                    *(deliver(made.channel.url, update) for update in updates for made in (one, other))
                )
        await one.settled()
    for person in people:
        texts = [message.text for message in person.sees()]
        assert [heard in text for text, (_, heard) in zip(texts, words, strict=True)] == [True] * 3, texts
