"""What happens when the connector does not take what is sent."""

from __future__ import annotations

import pytest

from bot.ports.outbox import GiveUpError, MayHaveArrivedError, Outgoing, TryLaterError
from handlers.actions import ShowRule
from handlers.reply import Button, Message, Paragraph
from handlers.turn import Chat
from tests.fakes.connector import buttons_of, words_of
from tests.teams.conftest import Stage


def outgoing(stage: Stage, text: str = "hallo", **fields: object) -> Outgoing:
    chat = Chat(
        "teams:a:anna", address=f'{{"serviceUrl": "{stage.connector.address}", "conversation": "a:anna"}}'
    )
    return Outgoing(1, chat, "nl", Message((Paragraph(text),)), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
async def test_what_was_not_done_is_tried_later(stage: Stage, status: int) -> None:
    stage.connector.refuse = [status]
    with pytest.raises(TryLaterError) as error:
        await stage.channel.transport.send(outgoing(stage))
    assert error.value.after == 1.0
    assert await stage.channel.transport.send(outgoing(stage)) == ("r1",)


@pytest.mark.parametrize("status", [500, 501, 408])
async def test_what_may_have_arrived_is_not_sent_again(stage: Stage, status: int) -> None:
    stage.connector.refuse = [status]
    with pytest.raises(MayHaveArrivedError):
        await stage.channel.transport.send(outgoing(stage))


async def test_a_replacement_that_may_have_arrived_is_put_there_again(stage: Stage) -> None:
    await stage.channel.transport.send(outgoing(stage, "eerst"))
    stage.connector.refuse = [500]
    with pytest.raises(TryLaterError):
        await stage.channel.transport.send(outgoing(stage, "dan", replaces=("r1",)))
    assert [words_of(activity) for activity in stage.member().sees()] == ["eerst"]


@pytest.mark.parametrize("status", [400, 403, 404, 413])
async def test_what_is_refused_is_given_up(stage: Stage, status: int) -> None:
    stage.connector.refuse = [status]
    with pytest.raises(GiveUpError):
        await stage.channel.transport.send(outgoing(stage))


async def test_a_connector_that_is_away_is_tried_later(stage: Stage) -> None:
    chat = Chat("teams:a:anna", address='{"serviceUrl": "http://127.0.0.1:1", "conversation": "a:anna"}')
    with pytest.raises(TryLaterError):
        await stage.channel.transport.send(Outgoing(1, chat, "nl", Message((Paragraph("hallo"),))))


async def test_a_chat_without_an_address_is_given_up(stage: Stage) -> None:
    for address in ("", "x", "[]", '{"serviceUrl": 1}'):
        with pytest.raises(GiveUpError):
            await stage.channel.transport.send(
                Outgoing(1, Chat("teams:a", address=address), "nl", Message((Paragraph("hallo"),)))
            )


async def test_a_message_is_replaced_and_sent_anew_where_it_is_gone(stage: Stage) -> None:
    await stage.channel.transport.send(outgoing(stage, "eerst"))
    assert await stage.channel.transport.send(outgoing(stage, "dan", replaces=("r1",))) == ("r1",)
    assert [words_of(activity) for activity in stage.member().sees()] == ["dan"]
    assert await stage.channel.transport.send(outgoing(stage, "weg", replaces=("r9",))) == ("r2",)


async def test_messages_are_taken_away_and_one_that_is_gone_is_no_error(stage: Stage) -> None:
    await stage.channel.transport.send(outgoing(stage))
    chat = outgoing(stage).chat
    assert await stage.channel.transport.send(Outgoing(2, chat, "nl", deletes=("r1", "r9"))) == ()
    assert stage.member().sees() == []


async def test_many_buttons_fit_in_sets_of_six_and_long_labels_are_cut(stage: Stage) -> None:
    buttons = tuple(Button("x" * 200 if n == 0 else f"Keuze {n}", ShowRule(str(n))) for n in range(15))
    message = Message((Paragraph("Kies"),), buttons)
    await stage.channel.transport.send(
        Outgoing(1, outgoing(stage).chat, "nl", message, tuple(f"k.{n}" for n in range(15)))
    )
    assert len(buttons_of(stage.member().sees()[0])) == 15
