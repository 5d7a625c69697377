"""A report from invitation to number over the real store, a new process after every turn."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.service import Service
from bot.storage import SqlStore
from bot.storage.case_tables import cases
from bot.storage.database import connect
from bot.storage.encryption import Cipher
from bot.storage.people_repository import invite, role_of
from bot.storage.school_repository import add_school
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.flow_interpreter import Chosen, Written
from handlers.reply import Reply, text_of
from handlers.turn import Said
from knowledge.matching.matcher import Matcher
from tests.database import CIPHER
from tests.storage.talk import NOON, turn

TOLD = "Leerling A schreef kanariegeel over leerling B."
SAYS = (
    "2580", "2580", "/melden", "1", "nee", "1", "klaar met kiezen", "leerling", "nee", "nee", "gisteren rond 14:00", "instagram", "openbaar",  # noqa: E501
    TOLD, "gezien", "ja", "de kast", "nee", "niets", "weet ik niet", "nog niemand", "gesprek", "morgen", "insturen",  # noqa: E501
)  # fmt: skip


def opened(url: str, cipher: Cipher = CIPHER) -> SqlStore:
    return SqlStore(connect(url, 4), cipher, role_of)


async def test_a_report_survives_a_new_process_after_every_turn(database_url: str, matcher: Matcher) -> None:
    store = opened(database_url)
    school = await store.call(lambda connection: add_school(connection, "De Vlieger"))
    code = await store.call(lambda connection: invite(connection, "directie", ["De Vlieger"], None, NOON))
    await store.close()
    conversation = Conversation(matcher, texts.load())
    for number, text in enumerate((f"/start {code}", *SAYS)):
        store = opened(database_url)
        act = Said(text, f"m{number}")
        reply = (
            await Service(conversation, store).handle(turn(act=act, at=NOON + timedelta(seconds=10 * number)))
        ).reply
        await store.close()
        assert reply, text
        last = heard(reply)
    assert "Melding 2026-0001" in last
    store = opened(database_url)
    rows = (
        await store.call(
            lambda connection: connection.execute(select(cases.c.id, cases.c.state, cases.c.school)).all()
        ),
    )[0]
    assert [(row.state, row.school) for row in rows] == [("ingediend", school)]
    case = await store.call(lambda connection: store.casefile.load(connection, rows[0].id))
    await store.close()
    assert (case.answers["who"], case.answers["what"]) == (Chosen(("leerling",)), Written(TOLD))


def heard(reply: Reply) -> str:
    return "\n".join(text_of(block) for block in reply.blocks)
