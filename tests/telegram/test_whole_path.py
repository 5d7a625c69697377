"""From what a person does in Telegram to what they see, by polling and by webhook, with the real store and
sender.
"""

from __future__ import annotations

import pytest

from bot.channels.telegram import receiver
from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.fakes.telegram import FakeTelegram
from tests.telegram.stage import Stage, stage

PHOTO = "mag ik de foto's van het schoolreisje op facebook zetten"
RULE = "profilering-4"


async def test_a_question_gets_the_rule_word_for_word_as_a_quotation(
    running: Stage, matcher: Matcher
) -> None:
    anna = running.telegram.person("Anna")
    anna.say(PHOTO)
    (answer,) = await anna.hears()
    assert answer.marked("blockquote") == [matcher.pack.protocol.rule(RULE).text]
    assert f"Richtlijnen › Profilering, punt 4 · {RULE}" in answer.marked("italic")
    assert answer.text.startswith("Alleen als de ouders toestemming geven")
    await running.settled()


async def test_a_button_is_pressed_answered_and_does_what_it_says(running: Stage) -> None:
    anna = running.telegram.person("Anna")
    anna.say(PHOTO)
    (answer,) = await anna.hears()
    pressed = anna.press(answer.buttons[0]["text"])
    assert await anna.hears()
    await running.settled()
    assert running.telegram.presses[pressed]
    assert all(
        len(button["callback_data"].encode()) <= 64
        for message in anna.sees()
        for button in message.buttons
        if "callback_data" in button
    )


async def test_somebody_elses_button_and_a_made_up_one_get_a_friendly_reply(running: Stage) -> None:
    anna, bob = running.telegram.person("Anna"), running.telegram.person("Bob")
    anna.say(PHOTO)
    (answer,) = await anna.hears()
    bob.say("hoi")
    (hello,) = await bob.hears()
    bob.press_data(answer.buttons[0]["callback_data"], hello)
    assert "ouder bericht" in (await bob.hears())[0].text
    bob.press_data("made up; DROP TABLE chats", hello)
    assert "ouder bericht" in (await bob.hears())[0].text
    await running.settled()


async def test_a_photo_is_answered_by_its_caption_and_never_fetched(running: Stage) -> None:
    anna = running.telegram.person("Anna")
    anna.send("photo", caption=PHOTO)
    (answer,) = await anna.hears()
    assert RULE in answer.text
    await running.settled()
    assert {method for method, _ in running.telegram.calls}.isdisjoint({"getFile"})


@pytest.mark.parametrize("what", ["photo", "video", "document", "sticker", "voice", "location", "contact"])
async def test_whatever_is_sent_gets_a_reply(polling: Stage, what: str) -> None:
    anna = polling.telegram.person("Anna")
    anna.send(what)
    assert await anna.hears()
    await polling.settled()


async def test_an_album_gets_one_reply_to_its_caption_wherever_that_stands(polling: Stage) -> None:
    anna = polling.telegram.person("Anna")
    for caption in ("", PHOTO, ""):
        anna.send("photo", caption=caption, media_group_id="77")
    answers = await anna.hears()
    await polling.settled()
    assert len(anna.sees()) == len(answers) == 1
    assert RULE in answers[0].text


async def test_an_edited_question_is_answered(running: Stage) -> None:
    anna = running.telegram.person("Anna")
    asked = anna.say("hoi")
    await anna.hears()
    await running.settled()
    anna.edit(asked, PHOTO)
    await running.telegram.until(lambda: any(RULE in message.text for message in anna.sees()), "the answer")
    await running.settled()


async def test_in_a_group_only_what_is_meant_for_us_is_answered(running: Stage) -> None:
    anna = running.telegram.person("Anna")
    group = running.telegram.group("Team", by=anna)
    there = anna.at(group)
    await there.hears()
    welcomed = len(there.sees())
    there.say(PHOTO)
    there.say("/help@another_bot")
    there.say(f"@another_bot {PHOTO}")
    await running.settled()
    assert len(there.sees()) == welcomed
    there.say(f"@Protocol_Bot {PHOTO}")
    (answer,) = await there.hears()
    assert RULE in answer.text
    there.say(PHOTO, reply_to=answer)
    assert RULE in (await there.hears())[0].text
    there.say("/help@protocol_bot")
    assert await there.hears()
    await running.settled()


async def test_a_reply_goes_into_the_topic_that_it_was_asked_in(polling: Stage) -> None:
    anna = polling.telegram.person("Anna")
    there = anna.at(polling.telegram.group("Team", by=anna))
    await there.hears()
    there.say(f"@protocol_bot {PHOTO}", message_thread_id=12, is_topic_message=True)
    assert [message.topic for message in await there.hears()] == [12]
    await polling.settled()


@pytest.mark.parametrize(
    "hostile",
    [
        "*vet* _x_ `c` [l](http://x.nl)",
        "<b>vet</b><a href='x'>",
        "&amp; \\. ||x||",
        "a\u202eb\x00c",
        "💥" * 3000,
    ],
)
async def test_nobodys_words_become_markup(polling: Stage, hostile: str) -> None:
    anna = polling.telegram.person("Anna")
    anna.say(f"{PHOTO} {hostile}")
    for message in await anna.hears():
        assert {entity["type"] for entity in message.entities} <= {"bold", "italic", "blockquote"}
    await polling.settled()


async def test_the_order_within_a_chat_holds_while_chats_go_side_by_side(running: Stage) -> None:
    people = [running.telegram.person(f"P{number}") for number in range(6)]
    words = [
        ("hoi", "Stel gerust"),
        ("dankjewel!", "Graag gedaan"),
        ("wie ben jij", "geen mens"),
        ("/onzin", "ken ik niet"),
    ]
    for said, _ in words:
        for person in people:
            person.say(said)
    await running.telegram.until(lambda: len(running.telegram.everything) >= 24, "24 replies")
    await running.settled()
    for person in people:
        texts = [message.text for message in person.sees()]
        assert [heard in text for text, (_, heard) in zip(texts, words, strict=True)] == [True] * 4, texts


async def test_the_same_delivery_twice_has_one_effect(running: Stage) -> None:
    anna = running.telegram.person("Anna")
    anna.say(PHOTO)
    await anna.hears()
    await running.settled()
    running.telegram.deliver_again()
    await running.settled()
    anna.press(anna.sees()[-1].buttons[0]["text"])
    await anna.hears()
    await running.settled()
    running.telegram.deliver_again(2)
    await running.settled()
    assert len(anna.sees()) == 2


@pytest.mark.parametrize("kind", ["429", "500", "drop"])
async def test_a_message_that_was_refused_for_now_is_sent_again_once(polling: Stage, kind: str) -> None:
    anna = polling.telegram.person("Anna")
    polling.telegram.fail(kind, "sendMessage")
    anna.say(PHOTO)
    await anna.hears()
    await polling.settled()
    assert len(anna.sees()) == 1


async def test_an_answer_that_got_lost_repeats_one_message_at_most(polling: Stage) -> None:
    anna = polling.telegram.person("Anna")
    polling.telegram.fail("drop_after", "sendMessage")
    anna.say(PHOTO)
    await anna.hears(2)
    await polling.settled()
    assert len({message.text for message in anna.sees()}) == 1
    assert len(anna.sees()) == 2


@pytest.mark.parametrize("kind", ["429", "500", "drop", "drop_after"])
async def test_asking_for_updates_in_vain_loses_nothing(polling: Stage, kind: str) -> None:
    anna = polling.telegram.person("Anna")
    anna.say(PHOTO)
    (answer,) = await anna.hears()
    await polling.settled()
    polling.telegram.fail(kind, "getUpdates")
    anna.press(answer.buttons[0]["text"])
    assert await anna.hears()
    anna.say("hoi")
    assert await anna.hears()
    await polling.settled()


@pytest.mark.parametrize("kind", ["429", "500", "drop", "drop_after"])
async def test_a_press_is_answered_again_where_that_failed(
    polling: Stage, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "ANSWER_AGAIN", (0.01, 0.01))
    telegram = polling.telegram
    anna = telegram.person("Anna")
    anna.say(PHOTO)
    await anna.hears()
    telegram.fail(kind, "answerCallbackQuery", times=2, retry_after=0)
    pressed = anna.press("Nuttig")
    await telegram.until(
        lambda: telegram.presses[pressed] and telegram.faults[0].times == 0, "the press to be answered"
    )
    await polling.settled()
    assert telegram.toasts[-1].startswith("Dank")
    assert len(anna.sees()) == 1
    await polling.channel.stop()
    assert bool(telegram.refused) == (kind == "drop_after")  # it was answered twice, which does no harm
    telegram.refused.clear()


async def test_a_press_that_cannot_be_answered_is_given_up(
    polling: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiver, "ANSWER_AGAIN", (0.01, 0.01))
    telegram = polling.telegram
    anna = telegram.person("Anna")
    anna.say(PHOTO)
    await anna.hears()
    telegram.fail("500", "answerCallbackQuery", times=99)
    pressed = anna.press("Nuttig")
    await telegram.until(lambda: telegram.faults[0].times == 96, "three tries")
    await polling.channel.stop()
    assert telegram.faults[0].times == 96
    telegram.presses[pressed] = True


async def test_who_blocked_us_is_given_up_and_others_go_on(polling: Stage) -> None:
    anna, bob = polling.telegram.person("Anna"), polling.telegram.person("Bob")
    anna.block()
    anna.say(PHOTO)
    bob.say(PHOTO)
    assert await bob.hears()
    await polling.settled()
    assert anna.sees() == []


async def test_it_starts_while_telegram_cannot_be_reached(
    telegram: FakeTelegram, conversation: Conversation, database: str
) -> None:
    anna = telegram.person("Anna")
    await telegram.close()
    async with stage(telegram, conversation, database, wait=False) as made:
        await telegram.open()
        anna.say(PHOTO)
        assert await anna.hears()
        await made.settled()


async def test_a_restart_answers_what_came_meanwhile_and_repeats_nothing(
    telegram: FakeTelegram, conversation: Conversation, database: str
) -> None:
    anna = telegram.person("Anna")
    async with stage(telegram, conversation, database) as made:
        anna.say(PHOTO)
        await anna.hears()
        await made.settled()
    anna.say("hoi")
    anna.press(anna.sees()[0].buttons[0]["text"])
    async with stage(telegram, conversation, database) as made:
        await telegram.until(lambda: len(anna.sees()) == 3, "both replies")
        await made.settled()
    assert len(anna.sees()) == 3
