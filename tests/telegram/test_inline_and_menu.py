"""Rules as cards in any chat, and what Telegram shows about us."""

from __future__ import annotations

import pytest

from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.fakes.telegram import FakeTelegram
from tests.telegram.stage import Stage, stage


async def test_a_card_becomes_our_sentence_with_the_rule_word_for_word_and_its_place(
    running: Stage, matcher: Matcher
) -> None:
    anna = running.telegram.person("Anna")
    cards = await anna.look_up("foto's van de klas op facebook")
    rule = matcher.pack.protocol.rule("profilering-4")
    content = cards[0]["input_message_content"]
    assert (cards[0]["title"], cards[0]["description"]) == (rule.title["nl"], rule.short["nl"])
    assert content["message_text"] == f"{rule.short['nl']}\n\n{rule.text}\n{rule.place('nl')} · profilering-4"
    assert [entity["type"] for entity in content["entities"]] == ["blockquote", "italic"]
    assert content["link_preview_options"] == {"is_disabled": True}
    await running.settled()


@pytest.mark.parametrize(
    ("typed", "least", "most"),
    [("", 10, 10), ("   ", 10, 10), ("foto", 2, 10), ("facebook", 5, 10), ("xqzt", 0, 10)],
)
async def test_so_many_cards(polling: Stage, typed: str, least: int, most: int) -> None:
    cards = await polling.telegram.person("Anna").look_up(typed)
    assert least <= len(cards) <= most


async def test_english_words_get_english_cards_with_the_dutch_text(polling: Stage, matcher: Matcher) -> None:
    cards = await polling.telegram.person("Bob", "en").look_up("photos of the school trip on facebook")
    rule = matcher.pack.protocol.rule("profilering-4")
    assert cards[0]["title"] == rule.title["en"]
    assert rule.text in cards[0]["input_message_content"]["message_text"]
    usual = await polling.telegram.person("Bob", "en").look_up("")
    assert usual[0]["id"].endswith(".en")


async def test_a_card_that_was_sent_is_not_taken_for_a_question(polling: Stage) -> None:
    anna = polling.telegram.person("Anna")
    anna.say("mag ik foto's plaatsen", via_bot=polling.telegram.do_getMe({}))
    anna.say("hoi")
    assert "Stel gerust" in (await anna.hears())[0].text
    await polling.settled()
    assert len(anna.sees()) == 1


async def test_menu_and_descriptions_are_set_once_in_both_languages(
    telegram: FakeTelegram, conversation: Conversation, database: str
) -> None:
    for _ in range(2):
        async with stage(telegram, conversation, database):
            assert {"help", "taal", "stop"} <= {command["command"] for command in telegram.commands[""]}
            assert {"help", "language", "stop"} <= {command["command"] for command in telegram.commands["en"]}
            assert {code for _, code in telegram.about} == {"", "en"}
    changes = [method for method, _ in telegram.calls if method.startswith("setMy")]
    assert len(changes) == 6


async def test_a_menu_that_cannot_be_set_stops_nothing(
    telegram: FakeTelegram, conversation: Conversation, database: str
) -> None:
    telegram.fail("429", "setMyCommands", times=9)
    async with stage(telegram, conversation, database):
        anna = telegram.person("Anna")
        anna.say("hoi")
        assert await anna.hears()
