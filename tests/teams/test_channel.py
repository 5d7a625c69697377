"""What people in Teams do and see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.channels.teams import channel
from bot.ports.outbox import Outgoing
from bot.ports.store import StoreUnavailableError
from handlers.reply import Attachment, CaseRecord, Message, Paragraph, ProtocolDocument
from handlers.turn import Chat, Pressed, Said, Turn
from tests.fakes.connector import BOT, buttons_of, words_of
from tests.teams.conftest import CONTENT, Stage

PHOTO = "mag ik de foto's van het schoolreisje op facebook zetten"


async def test_a_question_gets_the_rule_word_for_word(stage: Stage) -> None:
    anna = stage.member()
    assert (await anna.say(PHOTO)).status_code == 200
    (card,) = anna.sees()
    rule = stage.service.conversation.matcher.pack.protocol.rule("profilering-4")
    assert rule.text in words_of(card)
    assert "Profilering, punt 4" in words_of(card)
    assert card["summary"].startswith("Alleen als de ouders toestemming geven")


async def test_a_pressed_button_is_marked_and_cannot_be_pressed_twice(stage: Stage) -> None:
    anna = stage.member()
    await anna.say(PHOTO)
    label = buttons_of(anna.sees()[0])[0]
    _, action = anna.find(label)
    await anna.press(label)
    assert len(anna.sees()) == 2
    await asyncio.sleep(0)
    assert label not in buttons_of(anna.sees()[0])
    assert f"✓ {label}" in words_of(anna.sees()[0])
    again = await anna.post(
        type="invoke",
        name="adaptiveCard/action",
        value={"action": {"verb": "press", "data": action["data"]}},
        replyToId="r1",
    )
    assert again.json()["value"] == "Dat heb ik al voor je gedaan."
    assert len(anna.sees()) == 2


async def test_the_same_press_under_a_new_id_has_one_effect(stage: Stage) -> None:
    anna = stage.member()
    await anna.say(PHOTO)
    _, action = anna.find(buttons_of(anna.sees()[0])[0])
    value = {"action": {"verb": "press", "data": action["data"]}}
    for number in range(3):
        await anna.post(
            id=f"new-{number}", type="invoke", name="adaptiveCard/action", value=value, replyToId="r1"
        )
    assert len(anna.sees()) == 2


async def test_the_same_delivery_twice_has_one_effect(stage: Stage) -> None:
    anna = stage.member()
    for _ in range(2):
        await anna.say(PHOTO, id="same")
    assert len(anna.sees()) == 1


async def test_a_button_of_somebody_elses_chat_is_unknown(stage: Stage) -> None:
    anna, bob = stage.member(), stage.member("bob")
    await anna.say(PHOTO)
    _, action = anna.find(buttons_of(anna.sees()[0])[0])
    await bob.post(
        type="invoke", name="adaptiveCard/action", value={"action": {"verb": "press", "data": action["data"]}}
    )
    assert "ouder bericht" in words_of(bob.sees()[0])


async def test_what_a_client_adds_to_a_press_is_not_read(stage: Stage) -> None:
    anna = stage.member()
    await anna.say(PHOTO)
    _, action = anna.find(buttons_of(anna.sees()[0])[0])
    extra = {"action": "rule:bepalingen-5", "role": "bestuur", "person": "teams:bob", "chat": "teams:a:bob"}
    await anna.post(
        type="invoke",
        name="adaptiveCard/action",
        value={"action": {"verb": "press", "data": {**extra, **action["data"]}}},
    )
    turn = stage.service.turns[-1]
    assert (turn.person.id, turn.person.role, turn.chat.id) == ("teams:anna", "medewerker", "teams:a:anna")
    assert turn.act == Pressed(action["data"]["b"], "")


async def test_in_a_group_only_a_mention_by_our_own_id_is_answered(stage: Stage) -> None:
    anna = stage.member(scope="groupChat", conversation="19:group")
    await anna.say(PHOTO)
    other = [
        {
            "type": "mention",
            "text": "<at>Protocol</at>",
            "mentioned": {"id": "29:somebody", "name": "Protocol"},
        }
    ]
    await anna.say(f"<at>Protocol</at> {PHOTO}", entities=other)
    assert anna.sees() == []
    await anna.say(PHOTO, mention=True)
    assert len(anna.sees()) == 1
    assert stage.service.turns[-1].act == Said(PHOTO, stage.service.turns[-1].act.message)  # type: ignore[union-attr]
    assert not stage.service.turns[-1].chat.private


async def test_a_mention_of_somebody_else_stays_a_name(stage: Stage) -> None:
    anna = stage.member()
    await anna.say(
        "mag <at>Bob</at> dit plaatsen",
        entities=[{"type": "mention", "text": "<at>Bob</at>", "mentioned": {"id": "29:bob", "name": "Bob"}}],
    )
    act = stage.service.turns[-1].act
    assert isinstance(act, Said)
    assert act.text == "mag Bob dit plaatsen"


async def test_the_bot_being_added_is_welcomed_and_others_are_not(stage: Stage) -> None:
    anna = stage.member()
    await anna.post(type="conversationUpdate", membersAdded=[{"id": "29:anna"}])
    assert anna.sees() == []
    await anna.post(type="conversationUpdate", membersAdded=[{"id": "29:anna"}, {"id": BOT}])
    assert "Stel me een vraag" in words_of(anna.sees()[0])


async def test_a_file_goes_out_by_consent_and_only_once(stage: Stage) -> None:
    anna = stage.member()
    chat = Chat(
        "teams:a:anna", address=f'{{"serviceUrl": "{stage.connector.address}", "conversation": "a:anna"}}'
    )
    message = Message(
        (Paragraph("Hier is het protocol."),), attachment=Attachment("protocol.pdf", ProtocolDocument("nl"))
    )
    await stage.channel.transport.send(Outgoing(1, chat, "nl", message))
    consent = anna.sees()[1]["attachments"][0]["content"]
    assert consent["sizeInBytes"] == len(CONTENT)
    pressed = {"action": "accept", "context": consent["acceptContext"], "uploadInfo": {}}
    await stage.member("bob").post(type="invoke", name="fileConsent/invoke", value=pressed)
    assert stage.connector.uploads == {}
    await anna.take()  # what another pressed is still hers
    await settled(stage)
    assert stage.connector.uploads == {"protocol.pdf": CONTENT}
    assert "file.info" in anna.sees()[-1]["attachments"][0]["contentType"]
    seen = len(anna.sees())
    await anna.post(type="invoke", name="fileConsent/invoke", value=pressed)
    await settled(stage)
    assert len(anna.sees()) == seen  # a repeat is no second file, and nothing is said of it


async def settled(stage: Stage) -> None:
    """Until what runs beside the answers has ended."""
    while under_way := set(stage.channel._under_way):
        await asyncio.wait(under_way, timeout=5)


async def test_a_slow_file_does_not_hold_up_the_answer_and_a_failed_one_stays_on_offer(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = stage.member()
    chat = Chat(
        "teams:a:anna", address=f'{{"serviceUrl": "{stage.connector.address}", "conversation": "a:anna"}}'
    )
    message = Message((Paragraph("Kijk."),), attachment=Attachment("protocol.pdf", ProtocolDocument("nl")))
    await stage.channel.transport.send(Outgoing(1, chat, "nl", message))
    slow = asyncio.Event()

    async def make(order: object) -> bytes:
        await slow.wait()
        return CONTENT

    monkeypatch.setattr(stage.channel, "_make", make)
    may_upload = stage.channel._may_upload
    monkeypatch.setattr(stage.channel, "_may_upload", lambda url: True)
    consent = anna.sees()[1]["attachments"][0]["content"]["acceptContext"]
    nowhere = {"uploadUrl": "http://127.0.0.1:1/x"}
    pressed = {"action": "accept", "context": consent, "uploadInfo": nowhere}
    for _ in range(2):  # answered at once, and silent on the repeat
        answer = await asyncio.wait_for(anna.post(type="invoke", name="fileConsent/invoke", value=pressed), 2)
        assert answer.status_code == 200
    slow.set()
    await settled(stage)
    assert words_of(anna.sees()[-1]).startswith("Het bestand kon nu niet in Teams worden gezet.")
    assert sum("kon nu niet" in words_of(seen) for seen in anna.sees()) == 1
    monkeypatch.setattr(stage.channel, "_may_upload", may_upload)
    await anna.take()
    await settled(stage)
    assert stage.connector.uploads == {"protocol.pdf": CONTENT}


async def test_a_record_on_offer_is_gone_once_the_chat_closed(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = stage.member()
    chat = Chat(
        "teams:a:anna", address=f'{{"serviceUrl": "{stage.connector.address}", "conversation": "a:anna"}}'
    )
    order = CaseRecord("1", "lovs", "pdf", "nl", "teams:anna", "teams:a:anna")
    message = Message((Paragraph("Hier is het verslag."),), attachment=Attachment("lovs.pdf", order))

    async def open_still(order: object) -> bytes:
        return CONTENT

    async def closed(order: object) -> bytes:
        raise KeyError

    monkeypatch.setattr(stage.channel.transport, "_make", open_still)
    await stage.channel.transport.send(Outgoing(1, chat, "nl", message))
    monkeypatch.setattr(stage.channel, "_make", closed)
    await anna.take()
    await settled(stage)
    assert stage.connector.uploads == {}
    assert words_of(anna.sees()[-1]) == "Dit bestand is niet meer te krijgen. Vraag het opnieuw aan."


async def test_an_upload_goes_to_microsoft_only(stage: Stage) -> None:
    assert stage.channel._may_upload("http://127.0.0.1:1/x")
    stage.channel._credentials = object()  # type: ignore[assignment]
    assert stage.channel._may_upload("https://allure-my.sharepoint.com/personal/x")
    for url in (
        "http://127.0.0.1:1/x",
        "http://allure.sharepoint.com/x",
        "https://evil.example/x",
        "https://sharepoint.com.evil.example/x",
        "",
    ):
        assert not stage.channel._may_upload(url)


async def test_in_a_group_a_file_is_a_link_that_works_once(stage: Stage) -> None:
    chat = Chat(
        "teams:19:g",
        private=False,
        address=f'{{"serviceUrl": "{stage.connector.address}", "conversation": "19:g"}}',
    )
    message = Message((Paragraph("Hier."),), attachment=Attachment("protocol.pdf", ProtocolDocument("nl")))
    await stage.channel.transport.send(Outgoing(1, chat, "nl", message))
    group = stage.member(scope="groupChat", conversation="19:g")
    _, action = group.find("protocol.pdf")
    path = action["url"].removeprefix("https://bot.school.example")
    first, second = await stage.client.get(path), await stage.client.get(path)
    assert (first.status_code, first.content) == (200, CONTENT)
    assert second.status_code == 404


async def test_what_is_no_activity_is_refused_with_400(stage: Stage) -> None:
    for body in (b"x", b"[]", b"1", b"null", b"[" * 5000):
        assert (await stage.client.post("/api/messages", content=body)).status_code == 400
    assert (await stage.client.post("/api/messages", content=b" " * 300_000)).status_code == 413


async def test_strange_activities_are_never_a_500(stage: Stage) -> None:
    anna = stage.member()
    for over in (
        {"type": "message", "text": None},
        {"type": "message", "text": 5},
        {"type": "message", "value": {"b": 5}},
        {"type": "invoke", "name": "adaptiveCard/action", "value": "x"},
        {"type": "invoke", "name": "fileConsent/invoke", "value": {"context": []}},
        {"type": "unheardOf"},
        {"type": "messageReaction"},
        {"type": "conversationUpdate", "membersAdded": "x"},
    ):
        answer = await anna.post(**over)
        assert answer.status_code in (200, 400), (over, answer.status_code, answer.text)


async def test_user_text_is_never_markup(stage: Stage) -> None:
    nasty = "**vet** [klik](http://evil.example) <at>Anna</at> # kop `code` \x00\u202e"
    chat = Chat(
        "teams:a:anna", address=f'{{"serviceUrl": "{stage.connector.address}", "conversation": "a:anna"}}'
    )
    await stage.channel.transport.send(Outgoing(1, chat, "nl", Message((Paragraph(nasty),))))
    shown = words_of(stage.member().sees()[0])
    assert "**vet** [klik](http://evil.example) <at>Anna</at> # kop `code`" in shown


async def test_a_long_message_is_sent_in_parts_that_teams_takes(stage: Stage) -> None:
    chat = Chat(
        "teams:a:anna", address=f'{{"serviceUrl": "{stage.connector.address}", "conversation": "a:anna"}}'
    )
    words = " ".join(f"woord{i}" for i in range(9000))
    await stage.channel.transport.send(Outgoing(1, chat, "nl", Message((Paragraph(words),))))
    parts = stage.member().sees()
    assert len(parts) > 3
    assert " ".join(words_of(part).replace("\n", " ") for part in parts) == words


def failing_store(stage: Stage, monkeypatch: pytest.MonkeyPatch, times: int, takes: float = 0) -> None:
    """The next turns find the disk full."""
    unit = stage.service.store.unit
    left = iter(range(times))

    @asynccontextmanager
    async def fails(turn: Turn) -> AsyncIterator[Any]:
        if next(left, None) is not None:
            await asyncio.sleep(takes)
            raise StoreUnavailableError("full")
        async with unit(turn) as made:
            yield made

    monkeypatch.setattr(stage.service.store, "unit", fails)


async def test_a_message_that_cannot_be_stored_is_said_so_and_delivered_again(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    anna = stage.member()
    failing_store(stage, monkeypatch, 2)
    for status in (503, 503, 200):
        assert (await anna.say(PHOTO, id="same")).status_code == status
    told, answer = anna.sees()
    assert words_of(told).startswith("Ik kan je bericht nu niet bewaren")
    assert "Er ging iets mis" not in words_of(answer)


async def test_a_message_that_teams_takes_to_be_handled_is_done_again_here(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "ANSWER_WITHIN", 0.02)
    monkeypatch.setattr(channel, "TYPING_AFTER", 0.01)
    monkeypatch.setattr(channel, "AGAIN_AFTER", (0.01,) * 5)
    anna = stage.member()
    failing_store(stage, monkeypatch, 3, takes=0.05)
    assert (await anna.say(PHOTO)).status_code == 200
    await stage.channel.stop()
    while stage.channel._under_way:
        await asyncio.sleep(0.01)
    assert [words_of(message).startswith("Ik kan") for message in anna.sees()] == [True, False]
