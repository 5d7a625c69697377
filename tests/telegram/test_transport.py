"""The way out: parts, replacing, taking away, documents, and what may be tried again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import pytest
from telegram.error import InvalidToken

from bot.channels.telegram.client import Client, connect
from bot.channels.telegram.transport import TelegramTransport
from bot.ports.outbox import GiveUpError, Outgoing, TryLaterError
from handlers.actions import ShowRule
from handlers.reply import Attachment, Button, Message, Paragraph, ProtocolDocument
from handlers.turn import Chat
from tests.fakes.telegram import FakeTelegram
from tests.fakes.telegram_people import Person
from tests.telegram.stage import GONE, make_file

BUTTONS = (Button("Ja", ShowRule("1")), Button("Nee", ShowRule("2")))
LONG = "woord " * 1500
_numbers = count(1)


@pytest.fixture
async def client(telegram: FakeTelegram) -> AsyncIterator[Client]:
    made = connect(telegram.token, telegram.base_url)
    await made.initialize()
    yield made
    await made.shutdown()


@pytest.fixture
def transport(client: Client) -> TelegramTransport:
    return TelegramTransport(client, make_file)


@pytest.fixture
def anna(telegram: FakeTelegram) -> Person:
    return telegram.person("Anna")


def outgoing(
    person: Person,
    text: str = "hoi",
    replaces: tuple[str, ...] = (),
    deletes: tuple[str, ...] = (),
    **message: object,
) -> Outgoing:
    said = Message((Paragraph(text),) if text else (), BUTTONS, **message) if text or message else None  # type: ignore[arg-type]
    return Outgoing(
        next(_numbers),
        Chat(f"telegram:{person.chat['id']}"),
        "nl",
        said,
        ("b.0", "b.1") if said else (),
        replaces,
        deletes,
    )


def texts(person: Person) -> list[str]:
    return [message.text for message in person.sees()]


async def test_what_waits_at_a_start_is_sent_before_the_assistant_knows_who_it_is(
    telegram: FakeTelegram, anna: Person
) -> None:
    client = connect(telegram.token, telegram.base_url)
    await TelegramTransport(client, make_file).send(outgoing(anna))
    assert texts(anna) == ["hoi"]
    await client.shutdown()


async def test_a_long_message_comes_in_parts_with_the_buttons_on_the_last(
    transport: TelegramTransport, anna: Person
) -> None:
    sent = await transport.send(outgoing(anna, LONG))
    assert [str(message.id) for message in anna.sees()] == list(sent)
    assert " ".join(texts(anna)) == LONG.strip()
    assert [len(message.buttons) for message in anna.sees()] == [0, 0, 2]


async def test_trying_again_goes_on_where_it_stopped(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram
) -> None:
    thing = outgoing(anna, LONG)
    telegram.fail("500", "sendMessage", skip=1)
    with pytest.raises(TryLaterError):
        await transport.send(thing)
    assert len(anna.sees()) == 1
    sent = await transport.send(thing)
    assert [str(message.id) for message in anna.sees()] == list(sent)
    assert " ".join(texts(anna)) == LONG.strip()


async def test_a_replacement_is_an_edit_and_the_same_again_is_no_error(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram
) -> None:
    sent = await transport.send(outgoing(anna, "eerst"))
    assert await transport.send(outgoing(anna, "daarna", sent)) == sent
    assert await transport.send(outgoing(anna, "daarna", sent)) == sent
    assert (texts(anna), anna.sees()[0].edits) == (["daarna"], 1)
    assert [refused.split(":")[0] for refused in telegram.refused] == ["editMessageText"]
    telegram.refused.clear()


async def test_a_shorter_replacement_takes_the_rest_away_and_a_longer_one_adds(
    transport: TelegramTransport, anna: Person
) -> None:
    sent = await transport.send(outgoing(anna, LONG))
    shorter = await transport.send(outgoing(anna, "kort", sent))
    assert (texts(anna), shorter) == (["kort"], sent[:1])
    longer = await transport.send(outgoing(anna, LONG, shorter))
    assert longer[:1] == shorter
    assert " ".join(texts(anna)) == LONG.strip()
    assert [len(message.buttons) for message in anna.sees()] == [0, 0, 2]


async def test_what_was_to_be_replaced_and_is_gone_is_sent_anew(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram
) -> None:
    sent = await transport.send(outgoing(anna, "eerst"))
    await transport.send(outgoing(anna, "", deletes=sent))
    assert texts(anna) == []
    assert await transport.send(outgoing(anna, "daarna", sent)) != sent
    assert texts(anna) == ["daarna"]
    assert [refused.split(":")[0] for refused in telegram.refused] == ["editMessageText", "deleteMessage"]
    telegram.refused.clear()


async def test_taking_away_a_persons_own_words_and_again_is_no_error(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram
) -> None:
    said = [str(anna.say(words)) for words in ("geheim", "ook geheim")]
    await transport.send(outgoing(anna, "", deletes=tuple(said)))
    assert telegram.messages[anna.chat["id"]] == {}
    await transport.send(outgoing(anna, "", deletes=(said[0], "no number")))
    telegram.refused.clear()


async def test_a_document_carries_its_words_and_buttons(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram
) -> None:
    await transport.send(
        outgoing(anna, "Het protocol", attachment=Attachment("protocol.pdf", ProtocolDocument("nl")))
    )
    (message,) = anna.sees()
    assert (message.text, message.document, len(message.buttons)) == (
        "Het protocol",
        ("protocol.pdf", b"%PDF-1.7 content"),
        2,
    )
    assert telegram.actions == ["upload_document"]
    await transport.send(
        outgoing(anna, "x" * 1025, attachment=Attachment("protocol.pdf", ProtocolDocument("nl")))
    )
    assert [(len(m.text), bool(m.document), len(m.buttons)) for m in anna.sees()[1:]] == [
        (1025, False, 0),
        (0, True, 2),
    ]


async def test_a_document_that_cannot_be_made_any_more_is_given_up(
    transport: TelegramTransport, anna: Person
) -> None:
    with pytest.raises(GiveUpError):
        await transport.send(outgoing(anna, attachment=Attachment("x.pdf", GONE)))


@pytest.mark.parametrize("kind", ["429", "500", "drop", "drop_after"])
async def test_what_may_pass_later(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram, kind: str
) -> None:
    telegram.fail(kind, "sendMessage", retry_after=7)
    with pytest.raises(TryLaterError) as error:
        await transport.send(outgoing(anna))
    assert error.value.after == (7 if kind == "429" else None)
    assert telegram.token not in str(error.value)


async def test_what_will_never_pass(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram
) -> None:
    anna.block()
    with pytest.raises(GiveUpError, match="blocked"):
        await transport.send(outgoing(anna))
    with pytest.raises(GiveUpError, match="not found"):
        await transport.send(Outgoing(1, Chat("telegram:5"), "nl", Message((Paragraph("x"),))))
    telegram.refused.clear()


@pytest.mark.parametrize("times", [1, 2])
async def test_a_message_that_is_refused_for_an_unknown_reason_is_sent_plainer(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram, times: int
) -> None:
    telegram.fail("400", "sendMessage", times)
    await transport.send(outgoing(anna))
    (seen,) = anna.sees()
    assert (seen.text, len(seen.buttons), seen.entities) == ("hoi", 2 if times == 1 else 0, [])
    telegram.refused.clear()


async def test_a_message_that_is_refused_in_its_plainest_form_is_given_up(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram
) -> None:
    telegram.fail("400", "sendMessage", 3)
    with pytest.raises(GiveUpError, match="unknown"):
        await transport.send(outgoing(anna))
    telegram.refused.clear()


async def test_an_edit_that_is_refused_for_an_unknown_reason_is_said_anew(
    transport: TelegramTransport, anna: Person, telegram: FakeTelegram
) -> None:
    (old,) = await transport.send(outgoing(anna))
    telegram.fail("400", "editMessageText")
    (new,) = await transport.send(outgoing(anna, "anders", replaces=(old,)))
    assert [message.text for message in anna.sees()] == ["anders"]
    assert new != old
    telegram.refused.clear()


async def test_a_token_that_is_refused_drops_no_message(telegram: FakeTelegram, anna: Person) -> None:
    client = connect("1:wrong", telegram.base_url)
    with pytest.raises(InvalidToken):
        await client.initialize()
    with pytest.raises(TryLaterError):
        await TelegramTransport(client, make_file).send(outgoing(anna))
    await client.shutdown()
