"""Groups: whom an answer belongs to, a group's topics, and groups that move or throw us out."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from tests.fakes.telegram_people import Person
from tests.telegram.stage import Stage

PHOTO = "@protocol_bot mag ik de foto's van het schoolreisje op facebook zetten"
HELLO = "@protocol_bot hoi"


@pytest.fixture
async def anna(polling: Stage) -> Person:
    return polling.telegram.person("Anna")


@pytest.fixture
async def there(polling: Stage, anna: Person) -> Person:
    """Anna in a group that greeted its new member."""
    made = anna.at(polling.telegram.group("Team", by=anna))
    await made.hears()
    await polling.settled()
    return made


async def test_each_answer_stands_below_its_question(polling: Stage, there: Person) -> None:
    bob = polling.telegram.person("Bob").at(there.chat)
    polling.telegram.held.add("sendMessage")
    asked = [there.say(PHOTO), bob.say(HELLO), there.send("photo", caption=PHOTO)]
    await polling.queued(3)
    polling.telegram.held.clear()
    polling.telegram.wake()
    await polling.settled()
    assert [message.answers for message in there.sees()[1:]] == asked


async def test_what_a_press_brings_stands_below_the_message_with_the_button(
    polling: Stage, there: Person
) -> None:
    there.say(PHOTO)
    (answer,) = await there.hears()
    there.press(answer.buttons[0]["text"])
    (shown,) = await there.hears()
    assert shown.answers == answer.id
    await polling.settled()


async def test_alone_with_somebody_and_in_a_greeting_nothing_is_quoted(
    polling: Stage, anna: Person, there: Person
) -> None:
    anna.say("hoi")
    (hello,) = await anna.hears()
    assert [hello.answers, there.sees()[0].answers] == [None, None]
    await polling.settled()


async def test_an_edited_question_still_edits_its_answer(polling: Stage, there: Person) -> None:
    asked = there.say(HELLO)
    (first,) = await there.hears()
    await polling.settled()
    there.edit(asked, PHOTO)
    await polling.telegram.until(lambda: first.edits == 1, "the edit")
    await polling.settled()
    assert (first.answers, len(there.sees())) == (asked, 2)


async def test_an_edited_question_whose_answer_is_gone_is_answered_below_it(
    polling: Stage, there: Person
) -> None:
    asked = there.say(HELLO)
    (first,) = await there.hears()
    await polling.settled()
    del polling.telegram.messages[there.chat["id"]][first.id]
    there.edit(asked, PHOTO)
    assert [message.answers for message in await there.hears()] == [asked]
    await polling.settled()
    assert [refused.split(":")[0] for refused in polling.telegram.refused] == [
        "editMessageText",
        "deleteMessage",
    ]
    polling.telegram.refused.clear()


async def test_a_question_that_is_gone_is_answered_all_the_same(polling: Stage, there: Person) -> None:
    polling.telegram.held.add("sendMessage")
    asked = there.say(PHOTO)
    await polling.queued(1)
    del polling.telegram.messages[there.chat["id"]][asked]
    polling.telegram.held.clear()
    polling.telegram.wake()
    assert [message.answers for message in await there.hears()] == [None]
    await polling.settled()


async def test_topics_that_are_active_at_once_each_hear_their_own(polling: Stage, there: Person) -> None:
    rooms = [there.at(there.chat, topic) for topic in (12, 13, None)]
    polling.telegram.held.add("sendMessage")
    asked = [(room.topic, room.say(words)) for words in (PHOTO, HELLO) for room in rooms]
    await polling.queued(6)
    polling.telegram.held.clear()
    polling.telegram.wake()
    await polling.settled()
    assert [(message.topic, message.answers) for message in there.sees()[1:]] == asked


async def test_what_a_press_brings_comes_into_the_topic_of_the_button(polling: Stage, there: Person) -> None:
    room = there.at(there.chat, 12)
    room.say(PHOTO)
    (answer,) = await room.hears()
    await polling.settled()
    there.say(HELLO)
    await there.hears()
    room.press(answer.buttons[0]["text"], answer)
    assert [(message.topic, message.answers) for message in await room.hears()] == [(12, answer.id)]
    await polling.settled()


async def test_where_a_topic_is_gone_the_answer_comes_into_the_group_itself(
    polling: Stage, there: Person
) -> None:
    room = there.at(there.chat, 12)
    polling.telegram.topics_gone.add(12)
    room.say(PHOTO)
    assert [message.topic for message in await room.hears()] == [None]
    await polling.settled()
    assert [refused.split(": ")[-1] for refused in polling.telegram.refused] == ["message thread not found"]
    polling.telegram.refused.clear()


UPGRADED = "Bad Request: group chat was upgraded to a supergroup chat"


async def test_an_answer_follows_a_group_that_became_a_supergroup(polling: Stage, there: Person) -> None:
    polling.telegram.held.add("sendMessage")
    there.say(PHOTO)
    await polling.queued(1)
    moved = there.at(polling.telegram.move(there.chat))
    polling.telegram.held.clear()
    polling.telegram.wake()
    await polling.settled()
    assert [("profilering-4" in message.text, message.answers) for message in moved.sees()] == [(True, None)]
    asked = moved.say(HELLO)
    assert [message.answers for message in await moved.hears()] == [asked]
    await polling.settled()
    assert polling.telegram.refused == [f"sendMessage: {UPGRADED}"]
    polling.telegram.refused.clear()


async def test_a_group_that_became_a_supergroup_keeps_its_language_and_its_buttons(
    polling: Stage, there: Person
) -> None:
    there.say("/taal@protocol_bot en")
    await there.hears()
    there.say(PHOTO)
    (answer,) = await there.hears()
    await polling.settled()
    button = answer.buttons[0]
    moved = there.at(polling.telegram.move(there.chat))
    await polling.settled()
    moved.press_data(button["callback_data"], replace(answer, chat=moved.chat["id"]))
    (pressed,) = await moved.hears()
    assert "> " not in pressed.text
    assert "Richtlijnen" in pressed.text
    assert "The protocol is in Dutch" in pressed.text
    moved.say(HELLO)
    (hello,) = await moved.hears()
    assert "question" in hello.text
    await polling.settled()


async def test_what_was_to_be_edited_when_a_group_moved_is_said_anew(polling: Stage, there: Person) -> None:
    asked = there.say(HELLO)
    await there.hears()
    await polling.settled()
    moved = there.at(polling.telegram.move(there.chat))
    moved.edit(asked, PHOTO)
    await moved.hears()
    await polling.settled()
    assert len(moved.sees()) == 1
    assert polling.telegram.refused[0] == "editMessageText: Bad Request: message to edit not found"
    polling.telegram.refused.clear()


async def test_a_group_that_removed_us_is_given_up_and_heard_again_when_it_takes_us_back(
    polling: Stage, anna: Person, there: Person, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    polling.telegram.held.add("sendMessage")
    there.say(PHOTO)
    there.say(HELLO)
    await polling.queued(2)
    there.block()
    polling.telegram.held.clear()
    polling.telegram.wake()
    anna.say(PHOTO)
    await anna.hears()
    await polling.settled()
    assert len(there.sees()) == 1
    assert [record.getMessage().partition("given up: ")[2] for record in caplog.records] == [
        "Forbidden: bot was kicked from the supergroup chat"
    ] * 2
    there.block(False)
    asked = there.say(PHOTO)
    assert [message.answers for message in await there.hears()] == [asked]
    await polling.settled()


async def test_who_blocked_us_and_comes_back_hears_what_is_asked_then_and_nothing_of_before(
    polling: Stage, anna: Person
) -> None:
    polling.telegram.held.add("sendMessage")
    anna.say(PHOTO)
    await polling.queued(1)
    anna.block()
    polling.telegram.held.clear()
    polling.telegram.wake()
    await polling.settled()
    anna.block(False)
    anna.say("/start")
    assert "profilering-4" not in (await anna.hears())[0].text
    await polling.settled()
    assert len(anna.sees()) == 1
