"""What a turn is made of, and what is nothing for us."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

import pytest
from telegram import Update, User

from bot.channels.telegram.updates import Reader, in_order
from handlers.turn import Chat, Edited, Opened, Person, Pressed, Said, Sent, Turn
from tests.fakes.telegram import ME
from tests.fakes.telegram_people import THINGS
from tests.fakes.telegram_rules import entities_of

AT = datetime(2026, 11, 26, 12, tzinfo=UTC)
ANNA = {"id": 42, "is_bot": False, "first_name": "Anna", "language_code": "nl-BE"}
HERE = {"id": 42, "type": "private", "first_name": "Anna"}
GROUP = {"id": -100, "type": "supergroup", "title": "Team"}


@pytest.fixture
def reader() -> Reader:
    return Reader(User(ME["id"], "Protocol", True, username="Protocol_Bot"))  # type: ignore[arg-type]


def message(chat: dict[str, Any] = HERE, sender: dict[str, Any] = ANNA, **content: Any) -> dict[str, Any]:
    text = content.get("text", "")
    return {
        "message_id": 7,
        "date": 1,
        "chat": chat,
        "from": sender,
        "entities": entities_of(text),
        **content,
    }


def read(reader: Reader, kind: str = "message", number: int = 9, **body: Any) -> Turn | None:
    return reader.turn(Update.de_json({"update_id": number, kind: body}, None), AT)


def test_a_text(reader: Reader) -> None:
    assert read(reader, **message(text="mag dit?")) == Turn(
        "telegram:9", Person("telegram:42", "nl"), Chat("telegram:42"), Said("mag dit?", "7"), AT
    )


@pytest.mark.parametrize(
    ("code", "language"),
    [("nl", "nl"), ("nl-NL", "nl"), ("en-GB", "en"), ("EN", "en"), ("de", None), (None, None)],
)
def test_the_language_of_the_persons_settings(reader: Reader, code: str | None, language: str | None) -> None:
    turn = read(reader, **message(sender={**ANNA, "language_code": code}, text="hoi"))
    assert turn
    assert turn.person.language == language


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("/start", "/start"),
        ("/start code-123", "/start code-123"),
        ("/help@protocol_bot", "/help"),
        ("/taal@Protocol_Bot en", "/taal en"),
        ("/help@other_bot", None),
        ("@protocol_bot mag dit?", "mag dit?"),
        ("mag dit, @PROTOCOL_BOT?", "mag dit ?"),
        ("@protocol_bots mag dit", "@protocol_bots mag dit"),
        ("💥 @protocol_bot 💥 mag @jan dit", "💥 💥 mag @jan dit"),
        ("vraag: a@protocol_bot", "vraag: a@protocol_bot"),
    ],
)
def test_only_our_own_name_is_taken_out(reader: Reader, typed: str, heard: str | None) -> None:
    turn = read(reader, **message(text=typed))
    assert (turn.act if turn else None) == (None if heard is None else Said(heard, "7"))


def test_nul_and_half_characters_do_not_come_in(reader: Reader) -> None:
    assert read(reader, **message(text="a\x00b\ud83dc")) == read(reader, **message(text="ab�c"))


@pytest.mark.parametrize("what", THINGS)
def test_things(reader: Reader, what: str) -> None:
    caption: dict[str, Any] = (
        {"caption": "mag dit?"} if what in ("photo", "video", "document", "voice") else {}
    )
    turn = read(reader, **message(**{"dice" if what == "other" else what: THINGS[what]}, **caption))
    assert turn
    assert turn.act == Sent(what, caption.get("caption", ""), "7")  # type: ignore[arg-type]


def test_a_moving_picture_is_a_video_although_it_is_a_document_too(reader: Reader) -> None:
    turn = read(reader, **message(document=THINGS["document"], animation=THINGS["video"]))
    assert turn
    assert turn.act == Sent("video", "", "7")


def test_a_forwarded_text(reader: Reader) -> None:
    turn = read(
        reader,
        **message(text="hoi", forward_origin={"type": "hidden_user", "date": 1, "sender_user_name": "X"}),
    )
    assert turn
    assert turn.act == Said("hoi", "7", forwarded=True)


def test_an_edit_and_an_edited_caption(reader: Reader) -> None:
    for content in ({"text": "en dit?"}, {"photo": THINGS["photo"], "caption": "en dit?"}):
        turn = read(reader, "edited_message", **message(**content))
        assert turn
        assert turn.act == Edited("en dit?", "7")


def test_a_moving_location_is_no_edit(reader: Reader) -> None:
    assert read(reader, "edited_message", **message(location=THINGS["location"])) is None


def press(**more: Any) -> dict[str, Any]:
    return {
        "id": "1",
        "from": ANNA,
        "chat_instance": "c",
        "data": "abc.1",
        "message": message(GROUP, ME, text="x"),
        **more,
    }


def test_a_press_carries_the_buttons_id_and_its_message(reader: Reader) -> None:
    turn = read(reader, "callback_query", **press())
    assert turn
    assert turn.act == Pressed("abc.1", "7")
    assert (turn.chat.id, turn.chat.private) == ("telegram:-100", False)


def test_a_press_on_a_message_that_is_too_old_to_be_told(reader: Reader) -> None:
    turn = read(reader, "callback_query", **press(message={"message_id": 7, "date": 0, "chat": HERE}))
    assert turn
    assert turn.act == Pressed("abc.1", "7")


def test_a_press_without_a_message_or_data_is_nothing(reader: Reader) -> None:
    assert read(reader, "callback_query", **press(message=None)) is None
    assert read(reader, "callback_query", **press(data=None)) is None


@pytest.mark.parametrize(
    ("content", "meant"),
    [
        ({"text": "mag dit?"}, False),
        ({"text": "@protocol_bot mag dit?"}, True),
        ({"text": "/help"}, True),
        ({"text": "/help@other_bot"}, False),
        ({"text": "@other_bot mag dit?"}, False),
        ({"text": "mag dit?", "reply_to_message": message(GROUP, ME, text="x")}, True),
        ({"text": "mag dit?", "reply_to_message": message(GROUP, ANNA, text="x")}, False),
        (
            {
                "text": "mag dit?",
                "reply_to_message": message(GROUP, ME, forum_topic_created={"name": "T", "icon_color": 1}),
            },
            False,
        ),
        (
            {
                "text": "bot mag dit?",
                "entities": [{"type": "text_mention", "offset": 0, "length": 3, "user": ME}],
            },
            True,
        ),
        (
            {
                "text": "bot mag dit?",
                "entities": [{"type": "text_mention", "offset": 0, "length": 3, "user": ANNA}],
            },
            False,
        ),
        (
            {
                "photo": THINGS["photo"],
                "caption": "@protocol_bot mag dit?",
                "caption_entities": entities_of("@protocol_bot"),
            },
            True,
        ),
        ({"photo": THINGS["photo"]}, False),
        ({"text": "@protocol_bot x", "is_automatic_forward": True}, False),
        ({"text": "@protocol_bot x", "from": {"id": 5, "is_bot": True, "first_name": "B"}}, False),
        (
            {"text": "@protocol_bot x", "from": {"id": 1087968824, "is_bot": True, "first_name": "Group"}},
            True,
        ),
    ],
)
def test_in_a_group_only_what_is_said_to_us_counts(
    reader: Reader, content: dict[str, Any], meant: bool
) -> None:
    assert (read(reader, **message(GROUP, **content)) is not None) is meant


def test_a_member_who_writes_as_a_channel_is_a_person_of_its_own(reader: Reader) -> None:
    sender = {"id": 136817688, "is_bot": True, "first_name": "Channel"}
    as_channel = {"id": -1009, "type": "channel", "title": "Team van Anna"}
    turn = read(reader, **message(GROUP, sender, text="@protocol_bot mag dit?", sender_chat=as_channel))
    assert turn
    assert turn.person == Person("telegram:-1009")
    linked = message(GROUP, sender, text="@protocol_bot x", sender_chat=as_channel, is_automatic_forward=True)
    assert read(reader, **linked) is None


def test_our_name_alone_below_a_colleagues_question_asks_that_question(reader: Reader) -> None:
    asked = message(GROUP, {**ANNA, "id": 43}, text="mag ik dit op insta zetten?")
    turn = read(reader, **message(GROUP, text="@protocol_bot", reply_to_message=asked))
    assert turn
    assert turn.act == Said("mag ik dit op insta zetten?", "7")
    own = read(
        reader, **message(GROUP, text="@protocol_bot", reply_to_message=message(GROUP, ME, text="hoi"))
    )
    assert own
    assert own.act == Said("", "7")


def test_an_unseen_character_before_a_command_is_no_matter(reader: Reader) -> None:
    turn = read(reader, **message(GROUP, text="\u200b/help"))
    assert turn
    assert turn.act == Said("/help", "7")


def test_a_group_has_a_link_to_a_private_chat_and_keeps_its_topic(reader: Reader) -> None:
    turn = read(reader, **message(GROUP, text="/help", message_thread_id=5, is_topic_message=True))
    assert turn
    assert turn.chat == Chat("telegram:-100", False, "5", "https://t.me/Protocol_Bot?start=prive")


def member(chat: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    before, after = ({"user": ME, "status": status, "until_date": 0} for status in (old, new))
    return {"chat": chat, "from": ANNA, "date": 1, "old_chat_member": before, "new_chat_member": after}


def test_being_added_to_a_group_opens_it_and_being_blocked_is_nothing(reader: Reader) -> None:
    turn = read(reader, "my_chat_member", **member(GROUP, "left", "member"))
    assert turn
    assert turn.act == Opened()
    assert read(reader, "my_chat_member", **member(GROUP, "member", "left")) is None
    assert read(reader, "my_chat_member", **member(HERE, "member", "kicked")) is None
    assert read(reader, "my_chat_member", **member(HERE, "kicked", "member")) is None


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("channel_post", message({"id": -5, "type": "channel", "title": "K"}, text="/help")),
        ("message", message({"id": -5, "type": "channel", "title": "K"}, text="/help")),
        ("message", message(pinned_message=message(text="x"))),
        ("message", message(new_chat_title="x")),
        ("message", message(text="regel", via_bot=ME)),
        ("message", {"message_id": 7, "date": 1, "chat": GROUP, "text": "/help"}),
    ],
)
def test_what_is_nothing_for_us(reader: Reader, kind: str, body: dict[str, Any]) -> None:
    assert read(reader, kind, **body) is None


def test_an_album_is_one_delivery_but_a_later_caption_counts(reader: Reader) -> None:
    def delivery(number: int, caption: str, album: str = "77") -> str:
        turn = read(
            reader,
            number=number,
            **message(photo=THINGS["photo"], media_group_id=album, caption=caption or None),
        )
        assert turn
        return turn.delivery

    assert [delivery(1, "mag dit?"), delivery(2, ""), delivery(3, "en dit?")] == ["telegram:album:42:77"] * 3
    assert [delivery(4, "", "78"), delivery(5, "mag dit?", "78"), delivery(6, "", "78")] == [
        "telegram:album:42:78",
        "telegram:album:42:78:5",
        "telegram:album:42:78",
    ]


def test_of_an_album_that_comes_at_once_the_caption_goes_first_and_all_else_keeps_its_order() -> None:
    def update(number: int, **content: Any) -> dict[str, Any]:
        return {"update_id": number, "message": {"chat": {"id": content.pop("chat", 1)}, **content}}

    updates = [
        update(1, text="a"),
        update(2, media_group_id="7"),
        update(3, media_group_id="7", caption="c"),
        update(4, text="b"),
        update(5, chat=2),
    ]
    assert [[found["update_id"] for found in chat] for chat in in_order(updates)] == [[1, 3, 2, 4], [5]]


def test_reading_an_update_leaves_it_as_it_was(reader: Reader) -> None:
    """It is read again when the store failed."""
    for raw in (
        {
            "update_id": 1,
            "message": message(
                text="/help", reply_to_message=message(GROUP, ME, text="x"), photo=THINGS["photo"]
            ),
        },
        {"update_id": 2, "callback_query": press()},
        {"update_id": 3, "my_chat_member": member(GROUP, "left", "member")},
    ):
        before = deepcopy(raw)
        Update.de_json(dict(raw), None)
        assert raw == before


def test_a_topic_of_a_private_chat_is_answered_there(reader: Reader) -> None:
    turn = read(reader, **message(text="mag dit?", message_thread_id=12, is_topic_message=True))
    assert turn
    assert turn.chat == Chat("telegram:42", address="12")


@pytest.mark.parametrize(
    ("body", "act"),
    [
        (message(poll="?"), Sent("other", message="7")),
        (message(poll="?", message_thread_id=3, is_topic_message=True), Sent("other", message="7")),
        (message(poll="?", sender={**ANNA, "is_bot": True}), None),
        (message(chat=GROUP, poll="?"), None),
        ({"message_id": 7, "chat": HERE}, None),
        ({"message_id": "7", "chat": HERE, "from": ANNA}, None),
        ({"message_id": 7, "chat": 42, "from": ANNA}, None),
    ],
)
def test_what_the_library_cannot_read_is_answered_where_it_is_plain_who_sent_it(
    reader: Reader, body: dict[str, Any], act: Sent | None
) -> None:
    turn = reader.unreadable({"update_id": 9, "message": body}, AT)
    assert (turn.act if turn else None) == act
    if turn:
        assert (turn.delivery, turn.person.id, turn.chat.id) == ("telegram:9", "telegram:42", "telegram:42")
