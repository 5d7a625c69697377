"""A PIN or code is kept nowhere, whatever the assistant was doing when it came."""

from __future__ import annotations

import logging
import shutil
from collections.abc import AsyncIterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.storage.case_tables import cases
from bot.storage.schema import feedback, sessions, unanswered
from bot.storage.serialization import SESSION
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.turn import Act, Edited, Said, Sent
from knowledge.matching.matcher import Matcher
from tests.database import make_store
from tests.incident.desk import Office

PIN, CODE = "739152", "k3Jx-9QbT_w2Lm7RsZ0aVd4y"
TYPED = (
    PIN,
    "73 91 52",
    f"/zaak 2026-0001 {PIN}",
    f"zaak 2026-0001 {PIN}",
    f"mijn pincode is {PIN}",
    f"/melden {PIN}",
    f"/nonsens {PIN}",
    CODE,
    f"/start {CODE}.",
    f"Start {CODE}",
    CODE[:-1],
    f"wat moet ik met {CODE}?",
)
STATES: dict[str, tuple[str, ...]] = {
    "a closed chat": (),
    "an open case": ("/zaak 2026-0001",),
    "a note": ("/zaak 2026-0001", "!Meer", "!Notitie toevoegen"),
    "a reason": ("/zaak 2026-0001", "!Gesprek met de leerling", "!Niet van toepassing"),
    "a report": ("/melden", "!Begin", "!Nee"),
    "a new PIN": ("/pin",),
}


@pytest.fixture
async def office(sqlite_template: Path, tmp_path: Path, matcher: Matcher) -> AsyncIterator[Office]:
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    store = make_store(f"sqlite:///{tmp_path / 'bot.db'}")
    yield await Office(store, Conversation(matcher, texts.load())).open()
    await store.close()


async def kept(office: Office) -> str:
    """All that stands in the store in words."""

    def read(connection: Connection) -> list[object]:
        talks = [
            SESSION.read(office.store.cipher, row.data, row.chat, row.person)
            for row in connection.execute(select(sessions))
        ]
        kept = connection.execute(select(cases.c.id).where(cases.c.key.is_not(None))).scalars().all()
        told = [office.store.casefile.load(connection, case) for case in kept]
        rows = [tuple(row) for table in (unanswered, feedback) for row in connection.execute(select(table))]
        return [*map(asdict, talks), *map(asdict, told), *rows]

    return str(await office.store.call(read))


@pytest.mark.parametrize("state", STATES)
async def test_a_secret_is_kept_nowhere(office: Office, state: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk = await office.somebody("test:anna", "directie", "De Vlieger")
    await office.reported()
    acts: list[Act] = [Said(typed, "m1") for typed in TYPED]
    acts += [act for typed in (PIN, CODE) for act in (Edited(typed, "m1"), Sent("photo", typed, "m1"))]
    for act in acts:
        office.at += timedelta(hours=1)
        await desk.say("/stop")
        for step in STATES[state]:
            heard = await (desk.press(step[1:]) if step[0] == "!" else desk.say(step))
            if "Stuur eerst je pincode" in heard:
                await desk.say("2580")
        heard = await desk.do(act)
        assert desk.deleted == ["m1"], (act, heard)
        assert "Hoi!" not in heard
    found = f"{await kept(office)}\n{caplog.text}"
    for secret in (PIN, "73 91 52", CODE, CODE[:-1]):
        assert secret not in found
