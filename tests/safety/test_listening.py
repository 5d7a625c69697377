"""Danger is heard in every state of a conversation, and nothing of it is stored."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.ports.store import StoreUnavailableError
from bot.service import Service
from bot.storage.in_memory import InMemory
from handlers import texts
from handlers.actions import EnterPin, ListCases
from handlers.conversation.router import Conversation
from handlers.reply import Reply, text_of
from handlers.safety.help_block import help_message
from handlers.session import Session
from handlers.turn import Act, Chat, Edited, Person, Said, Sent, Turn
from knowledge.matching.matcher import Matcher
from knowledge.pack.loading import Reach
from knowledge.safety.reading import load_safety
from tests.web.site import Site, running, words

DANGER = "een leerling zegt dat ze dood wil"
DOUBT = "wat is grooming en hoe herken je het"
NOON = datetime(2026, 12, 1, 12, tzinfo=UTC)  # a Tuesday


@pytest.fixture
def talk(mini: Matcher) -> Talk:
    return Talk(Conversation(mini, texts.load()))


class Talk:
    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.store = InMemory()
        self.session = Session()

    def do(self, act: Act, at: datetime = NOON) -> Reply:
        return asyncio.run(self._do(Turn(repr(act), Person("test:anna"), Chat("test:anna"), act, at)))

    async def _do(self, turn: Turn) -> Reply:
        async with self.store.unit(turn) as unit:
            assert unit
            response = await self.conversation.respond(unit.turn, self.session, unit)
            unit.save(response.session, response.reply)
        self.session = response.session
        return response.reply


def hear(reply: Reply) -> str:
    return "\n".join(text_of(block) for block in reply.blocks)


@pytest.mark.parametrize(
    "act",
    [Said(DANGER, "1"), Said(DANGER, "1", forwarded=True), Sent("photo", DANGER, "1"), Edited(DANGER, "1"),
     Said(f"/vraag {DANGER}", "1")],
)  # fmt: skip
def test_nothing_of_it_is_kept(talk: Talk, act: Act) -> None:
    talk.do(Said("mag ik deze foto plaatsen", "0"))
    before = talk.session.asked
    assert "113" in hear(talk.do(act))
    assert (talk.store.unanswered, talk.store.feedback) == ([], [])
    assert talk.session.asked == before
    assert "dood" not in repr(talk.session)


def test_a_doubt_is_answered_and_not_kept_either(talk: Talk) -> None:
    heard = talk.do(Said(DOUBT, "1"))
    assert hear(heard).startswith("Zet iemand een kind onder druk")
    assert len(heard.blocks) > 1
    assert talk.store.unanswered == []
    assert "grooming" not in repr(talk.session)


def test_it_comes_before_the_pin_which_is_then_still_asked(talk: Talk) -> None:
    talk.session = Session(expects=EnterPin(ListCases()), expects_at=NOON)
    assert "113" in hear(talk.do(Said(DANGER)))
    assert talk.session.expects == EnterPin(ListCases())


def test_at_most_three_numbers_and_one_button(talk: Talk) -> None:
    reply = talk.do(Said(f"{DANGER} en er gaat een naaktfoto van haar rond, haar vader slaat haar"))
    (bullets,) = [block for block in reply.blocks if block.kind == "bullets"]
    assert len(bullets.items) == 3
    assert bullets.items[0].startswith("112")
    assert len(reply.buttons) == 1


@pytest.mark.parametrize(("at", "state"), [(NOON, "nu open"), (NOON.replace(hour=22), "nu gesloten")])
def test_a_line_with_hours_says_whether_it_is_open_now(talk: Talk, at: datetime, state: str) -> None:
    heard = hear(talk.do(Said(DANGER), at))
    assert f"10:00-16:00 uur, {state}" in heard
    assert "dag en nacht, nu" not in heard


def test_who_inside_is_said_as_the_board_filled_it_in(mini: Matcher) -> None:
    data = load_safety()
    situation = data.situation("threat")
    for reach, says in (
        ({}, "nog niet ingevuld"),
        ({"directeur": Reach("010-123 45 67", None)}, "(010-123 45 67)."),
    ):
        pack = replace(mini.pack, reach=reach)
        message = help_message((situation,), "other", data, pack, texts.load()["nl"], NOON)
        assert any(says in text_of(block) for block in message.blocks)


def test_while_nothing_can_be_stored_the_help_is_said_all_the_same(mini: Matcher) -> None:
    service = Service(Conversation(mini, texts.load()), InMemory())
    turn = Turn("1", Person("test:a"), Chat("test:a"), Said(DANGER), NOON)
    for _ in range(2):
        assert "113" in (service.cannot_store(turn, StoreUnavailableError("busy")) or "")


def test_on_the_page_it_passes_the_rate_limit_and_leaves_no_words(mini: Matcher, tmp_path: Path) -> None:
    with running(Site(mini, tmp_path)) as site:
        anna = site.visitor()
        statuses = {anna.post("said", text="hoi").status_code for _ in range(30)}
        assert 429 in statuses
        assert anna.post("said", text=DANGER).status_code == 200
        for _ in range(50):  # the words are taken away by the sender, a moment after the reply
            stands = [line for line in anna.history() if not line.get("gone")]
            if not any("dood" in str(line.get("text")) for line in stands):
                break
            time.sleep(0.2)
        assert any("113" in words(line) for line in stands if line["by"] == "assistant")
        assert not any("dood" in str(line.get("text")) for line in stands)
