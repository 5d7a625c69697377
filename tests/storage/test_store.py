"""The contract of a store, on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, func, select, update

from bot.storage import SqlStore
from bot.storage.schema import chats, feedback, metadata, sessions, unanswered
from bot.storage.serialization import SESSION
from handlers.actions import ShowRule
from handlers.flow_interpreter import Chosen, Run, Unknown, Written
from handlers.reply import (
    Attachment,
    Bullets,
    Button,
    Heading,
    Message,
    Notice,
    Paragraph,
    ProtocolDocument,
    Quotation,
    Reply,
)
from handlers.session import Asked, Press, Session
from handlers.turn import Chat, Pressed
from tests.database import CIPHER, make_store
from tests.storage.talk import NOON, drain, press, reply, say, session_of, text, turn, words

FULL = Session(
    "en",
    "en",
    Asked("mag dit op insta? 😀 ﷽", NOON, "profilering-4", "17"),
    2,
    (Button("Zie ook", ShowRule("communicatie-2")), Button("Naar ons", None, "https://example.org/x")),
    Press("abc.1", NOON),
    Run("photo", 3, {"a": Chosen(("yes", "no")), "b": Written("tekst\x00"), "c": Unknown()}, "b", 7),
    "case-1",
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[SqlStore]:
    made = make_store(database_url)
    yield made
    await made.close()


async def rows(store: SqlStore) -> dict[str, int]:
    """Table → number of rows, where there are any."""

    def count(connection: Connection) -> dict[str, int]:
        return {
            table.name: number
            for table in metadata.sorted_tables
            if (number := connection.execute(select(func.count()).select_from(table)).scalar_one())
        }

    return await store.call(count)


async def test_a_session_comes_back_as_it_was(store: SqlStore) -> None:
    await say(store, turn(), reply("a"), FULL)
    assert await session_of(store, turn()) == FULL


async def test_a_session_belongs_to_one_person_in_one_chat(store: SqlStore) -> None:
    await say(store, turn("test:group", "test:anna", private=False), reply("a"), FULL)
    assert await session_of(store, turn("test:group", "test:bob", private=False)) == Session()
    assert await session_of(store, turn("test:anna")) == Session()


async def test_one_delivery_a_hundred_times_at_once_has_one_effect(store: SqlStore) -> None:
    same = turn(delivery="test:same")

    async def handle() -> bool:
        async with store.unit(same) as unit:
            if unit is None:
                return False
            await asyncio.sleep(0)
            unit.save(replace(unit.session, declines=unit.session.declines + 1), reply(text("a", "rule:x")))
            return True

    handled = await asyncio.gather(*(handle() for _ in range(100)))
    assert handled.count(True) == 1
    assert await rows(store) == {"chats": 1, "deliveries": 1, "keyboards": 1, "outbox": 1, "sessions": 1}
    assert (await session_of(store, turn())).declines == 1


async def test_two_stores_count_every_turn_of_one_chat(store: SqlStore, database_url: str) -> None:
    other = make_store(database_url)

    async def count(where: SqlStore, chat: str) -> None:
        async with where.unit(turn(chat)) as unit:
            assert unit
            before = unit.session.declines
            await asyncio.sleep(random.random() / 1000)
            unit.save(replace(unit.session, declines=before + 1), reply("a"))

    try:
        await asyncio.gather(*(count((store, other)[n % 2], f"test:{n % 3}") for n in range(120)))
    finally:
        await other.close()
    assert [(await session_of(store, turn(f"test:{n}"))).declines for n in range(3)] == [40, 40, 40]


async def test_an_exception_undoes_everything(store: SqlStore) -> None:
    failing = turn()

    async def fail() -> None:
        async with store.unit(failing) as unit:
            assert unit
            unit.save(FULL, reply(text("a", "rule:x")))
            await unit.unanswered("vraag", "nl", None)
            await unit.forget()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await fail()
    assert await rows(store) == {}
    assert await say(store, failing, reply("a"))


async def test_a_cancelled_turn_undoes_everything_and_holds_up_nobody(store: SqlStore) -> None:
    inside = asyncio.Event()

    async def hang() -> None:
        async with store.unit(turn(delivery="test:hangs")) as unit:
            assert unit
            unit.save(FULL, reply("a"))
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(hang())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await rows(store) == {}
    assert await say(store, turn(delivery="test:hangs"), reply("a"))


async def test_cancelling_at_any_moment_leaves_all_or_nothing(store: SqlStore) -> None:
    for steps in range(40):
        chat = f"test:{steps}"
        task = asyncio.create_task(say(store, turn(chat, delivery=f"test:cancel{steps}"), reply("a"), FULL))
        for _ in range(steps % 20):
            await asyncio.sleep(0.0005 if steps % 2 else 0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    counted = await rows(store)
    assert counted.get("deliveries", 0) == counted.get("sessions", 0) == counted.get("outbox", 0)


async def test_a_button_is_known_to_who_it_was_sent_to_and_nobody_else(store: SqlStore) -> None:
    await say(store, turn("test:anna"), reply(text("kies", "rule:a", "rule:b")))
    [outgoing] = await drain(store)
    first, second = outgoing.buttons
    assert await press(store, turn("test:anna", act=Pressed(second))) == "rule:b"
    assert await press(store, turn("test:bob", act=Pressed(second))) is None
    assert await press(store, turn("test:anna", "test:bob", act=Pressed(second))) is None
    assert await press(store, turn("test:bob", "test:anna", act=Pressed(second))) is None
    board = first.partition(".")[0]
    for wrong in (
        "",
        ".",
        board,
        f"{board}.",
        f"{board}.2",
        f"{board}.-1",
        f"{board}.999",
        f"{board}.1 ",
        f"{board}.x",
        f"{board}.\x00",
        f"{board}.²",
    ):
        assert await press(store, turn("test:anna", act=Pressed(wrong))) is None, wrong
    assert await press(store, turn("test:anna", act=Pressed(first))) == "rule:a"


async def test_in_a_group_anybody_may_press(store: SqlStore) -> None:
    await say(store, turn("test:group", "test:anna", private=False), reply(text("kies", "rule:a")))
    [outgoing] = await drain(store)
    assert (
        await press(store, turn("test:group", "test:bob", Pressed(outgoing.buttons[0]), private=False))
        == "rule:a"
    )
    assert (
        await press(store, turn("test:other", "test:bob", Pressed(outgoing.buttons[0]), private=False))
        is None
    )


async def test_changed_tokens_open_nothing(store: SqlStore) -> None:
    await say(store, turn(), reply(text("kies", "rule:a")))
    [outgoing] = await drain(store)
    token = outgoing.buttons[0]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    changed = {token[:n] + letter + token[n + 1 :] for n in range(22) for letter in letters} - {token}
    for wrong in random.Random(1).sample(sorted(changed), 60):
        assert await press(store, turn(act=Pressed(wrong))) is None


async def test_ids_fit_in_what_a_channel_carries_and_links_need_none(store: SqlStore) -> None:
    links = Message(
        (Paragraph("kies"),),
        (Button("open", None, "https://example.org"), *(Button(str(n), ShowRule(str(n))) for n in range(30))),
    )
    await say(store, turn(), reply(links))
    [outgoing] = await drain(store)
    assert outgoing.buttons[0] == ""
    assert len(set(outgoing.buttons)) == 31
    assert max(map(len, outgoing.buttons)) <= 40
    assert await press(store, turn(act=Pressed(outgoing.buttons[1].rpartition(".")[0] + ".0"))) is None


async def test_a_reply_goes_out_as_it_was_said(store: SqlStore) -> None:
    blocks = (Paragraph("a", "aside"), Quotation("b", "c", "d"), Heading("e"), Bullets(("f", "g")))
    message = Message(
        blocks, (Button("h", ShowRule("i")),), Attachment("j.pdf", ProtocolDocument("nl")), "@l"
    )
    await say(
        store,
        replace(turn(), chat=Chat("test:anna", address="address", private_link="x")),
        Reply("en", (message,), deletes=("1", "2")),
    )
    first, second = await drain(store)
    assert (first.message, first.language, first.chat, first.attempts) == (
        message,
        "en",
        Chat("test:anna", address="address"),
        0,
    )
    assert (second.message, second.deletes) == (None, ("1", "2"))


async def test_a_later_message_replaces_an_earlier_one_by_its_name(store: SqlStore) -> None:
    await say(store, turn(), reply(text("one", ref="@answer:1")))
    [first] = (await store.claim("test", 1, NOON)).outgoing
    await say(store, turn(), reply(text("two", ref="@answer:1", replaces="@answer:1")))
    await store.sent(first, ("10", "11"))
    [second] = (await store.claim("test", 1, NOON)).outgoing
    assert second.replaces == ("10", "11")
    await store.sent(second, ("12",))
    await say(
        store,
        turn(),
        reply(
            text("three", replaces="@answer:1"),
            text("four", replaces="99"),
            text("five", replaces="@unknown"),
        ),
    )
    assert [outgoing.replaces for outgoing in await drain(store)] == [("12",), ("99",), ()]
    await say(store, turn("test:bob"), reply(text("foreign", replaces="@answer:1")))
    assert [outgoing.replaces for outgoing in await drain(store)] == [()]


async def test_a_notice_goes_to_the_private_chat_of_its_person(
    store: SqlStore, caplog: pytest.LogCaptureFixture
) -> None:
    await say(store, turn("test:group", "test:boss", private=False), reply())
    notice = Reply("nl", (), notices=(Notice("test:boss", text("let op", "rule:1")),))
    with caplog.at_level(logging.WARNING):
        await say(store, turn("test:anna"), notice)
    assert await drain(store) == []
    assert "no private chat" in caplog.text
    await say(store, turn("test:bosschat", "test:boss"), reply())
    await say(store, turn("test:anna"), notice)
    [outgoing] = await drain(store)
    assert outgoing.chat.id == "test:bosschat"
    assert await press(store, turn("test:bosschat", "test:boss", Pressed(outgoing.buttons[0]))) == "rule:1"
    await store.remind(lambda connection: notice.notices, "nl")
    assert [out.chat.id for out in await drain(store)] == ["test:bosschat"]


async def test_an_id_that_comes_back_after_ten_quiet_days_is_new_though_nothing_was_deleted(
    store: SqlStore,
) -> None:
    ids = [f"test:{random.Random(1).randrange(10**9)}" for _ in range(20)]
    random.Random(2).shuffle(ids)
    for delivery in ids:
        await say(store, turn(delivery=delivery), reply("a"))
    for delivery in set(ids):
        assert not await say(
            store, turn(delivery=delivery, at=NOON + timedelta(days=2, hours=23)), reply("b")
        )
        assert await say(store, turn(delivery=delivery, at=NOON + timedelta(days=10)), reply("c"))
        assert not await say(store, turn(delivery=delivery, at=NOON + timedelta(days=10)), reply("d"))


async def test_forgetting_deletes_what_is_kept_about_one_person(store: SqlStore) -> None:
    for chat in ("test:anna", "test:bob"):
        await say(store, turn(chat), reply(text("a", "rule:x", ref="@a")), FULL)
    await say(store, turn("test:group", "test:anna", private=False), reply("in de groep"), FULL)
    await drain(store)
    async with store.unit(turn("test:anna")) as unit:
        assert unit
        assert dict((await unit.kept()).counts) == {"session": 2, "buttons": 1, "messages": 1}
        assert dict((await unit.forget()).counts) == {"session": 2, "buttons": 1, "messages": 1}
        assert dict((await unit.kept()).counts) == {"session": 0, "buttons": 0, "messages": 0}
        unit.save(Session(), reply("weg"))
    assert await session_of(store, turn("test:anna")) == Session()
    assert await session_of(store, turn("test:bob")) == FULL
    assert {
        name: number
        for name, number in (await rows(store)).items()
        if name in ("sessions", "keyboards", "sent")
    } == {
        "sessions": 1,
        "keyboards": 1,
        "sent": 1,
    }


async def test_the_journal_keeps_words_and_a_day_and_no_more(store: SqlStore) -> None:
    async with store.unit(turn()) as unit:
        assert unit
        await unit.unanswered("mag dit \x00\ud800?", "nl", "far")
        await unit.feedback("profilering-4", False, "")
    kept = await store.call(
        lambda connection: (
            connection.execute(select(unanswered)).all(),
            connection.execute(select(feedback)).all(),
        )
    )
    assert [tuple(row) for row in kept[0]] == [(1, NOON.date(), "nl", "mag dit ??", "far")]
    assert [tuple(row) for row in kept[1]] == [(1, NOON.date(), "profilering-4", False, "")]


async def test_half_a_surrogate_pair_and_other_strange_text_is_kept(store: SqlStore) -> None:
    strange = "\ud83d \x00 \u202e" + "é" * 20000
    await say(store, turn(), reply(strange), Session(asked=Asked(strange, NOON, None)))
    [outgoing] = await drain(store)
    assert words(outgoing).endswith("é" * 20000)
    asked = (await session_of(store, turn())).asked
    assert asked
    assert asked.question.endswith("é" * 20000)


@pytest.mark.parametrize("shape", [b'{"language": "fr"}', b'{"run": {"flow": 1}}', b"[]", b"\xff"])
async def test_a_session_of_a_shape_that_is_no_more_is_dropped_with_a_log_line(
    store: SqlStore, shape: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    await say(store, turn(), reply("a"), FULL)
    old = CIPHER.encrypt(shape, SESSION.table, SESSION.column, "test:anna", "test:anna")
    await store.call(lambda connection: connection.execute(update(sessions).values(data=old)))
    assert await session_of(store, turn()) == Session()
    assert "a session was dropped" in caplog.text


async def test_a_session_of_an_earlier_version_that_knew_less_is_still_read(store: SqlStore) -> None:
    await say(store, turn(), reply("a"), FULL)
    old = CIPHER.encrypt(
        b'{"language": "en", "gone": 1}', SESSION.table, SESSION.column, "test:anna", "test:anna"
    )
    await store.call(lambda connection: connection.execute(update(sessions).values(data=old)))
    assert await session_of(store, turn()) == Session("en")


async def test_an_unchanged_session_is_no_row(store: SqlStore) -> None:
    await say(store, turn(), reply("a"), FULL)
    await say(store, turn(), reply("a"), Session())
    assert "sessions" not in await rows(store)


async def test_a_chat_that_moves_keeps_its_session(store: SqlStore) -> None:
    await say(store, replace(turn(), chat=Chat("test:anna", True, "old")), reply("a"), FULL)
    assert await session_of(store, replace(turn(), chat=Chat("test:anna", True, "new"))) == FULL
    assert (
        await store.call(lambda connection: connection.execute(select(chats.c.address)).scalar_one()) == "new"
    )


async def test_a_message_takes_anothers_place_at_the_end_of_the_line(store: SqlStore) -> None:
    await say(store, turn(), reply("een", "twee"))
    (first,) = (await store.claim("test", 1, NOON)).outgoing
    await store.instead(first, text("kwam het aan?", "rule:a"))
    out = await drain(store)
    assert [words(one) for one in out] == ["twee", "kwam het aan?"]
    assert await press(store, turn(act=Pressed(out[1].buttons[0]))) == "rule:a"
    await store.instead(first, text("nog eens"))  # it is not ours any more
    assert await drain(store) == []


async def test_a_chat_goes_on_under_another_id_with_all_that_belongs_to_it(store: SqlStore) -> None:
    await say(store, turn(), reply(text("kies", "rule:a", ref="@answer:1")), FULL)
    (sent,) = await drain(store)
    await say(store, turn(), reply("wacht nog"))
    assert await store.move_chat("test:anna", "test:new")
    assert await store.move_chat("test:anna", "test:new")  # Telegram says it in both chats
    there = turn("test:new", "test:anna")
    assert await session_of(store, there) == FULL
    assert await press(store, turn("test:new", "test:anna", Pressed(sent.buttons[0]))) == "rule:a"
    assert [(one.chat.id, words(one)) for one in await drain(store)] == [("test:new", "wacht nog")]
    await say(store, turn("test:new", "test:anna"), reply(text("anders", replaces="@answer:1")))
    assert [one.replaces for one in await drain(store)] == [(f"m{sent.id}",)]
    assert not await store.move_chat("test:nobody", "test:new")
