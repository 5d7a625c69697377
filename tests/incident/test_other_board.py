"""A board with another step plan (the director always reports to the police, the anti-bullying coordinator
records in ParnasSys) runs a whole report to its own record, by its pack alone.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from handlers import texts
from handlers.casework import case_view
from handlers.conversation.router import Conversation
from handlers.documents.records import edition
from handlers.flow_interpreter import Chosen, Written
from knowledge.check import examine
from knowledge.matching.index import build
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading
from knowledge.pack.loading import Pack
from tests.conftest import ROOT
from tests.database import make_store
from tests.incident.desk import Office
from tests.incident.test_editions import text

WEIDEVELD = ROOT / "tests" / "packs" / "weideveld"
TOLD = "Leerling A plaatste een filmpje van leerling B."
SAYS = (
    "/melden", "1", "nee", "1", "klaar met kiezen", "leerling", "gisteren rond 14:00", TOLD, "insturen",
)  # fmt: skip


@pytest.fixture(scope="module")
def weideveld() -> Pack:
    return loading.load(WEIDEVELD)


@pytest.fixture
async def office(sqlite_template: Path, tmp_path: Path, weideveld: Pack) -> AsyncIterator[Office]:
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    store = make_store(f"sqlite:///{tmp_path / 'bot.db'}")
    yield await Office(store, Conversation(Matcher(weideveld, build(weideveld)), texts.load())).open()
    await store.close()


def test_its_pack_has_no_problems() -> None:
    assert examine(WEIDEVELD)[1] == []


async def test_a_report_runs_to_its_own_record_by_its_own_step_plan(office: Office, weideveld: Pack) -> None:
    director = await office.somebody("test:anna", "directie", "De Vlieger")
    for words in SAYS:
        heard = await director.say(words)
    assert "Melding 2026-0001" in heard
    assert "Doe aangifte\nWie: de directeur" in heard
    assert "De directeur doet altijd aangifte bij de politie, ook wanneer ouders" in heard
    assert "Leg vast in ParnasSys\nWie: de anti-pestcoördinator" in heard
    assert not [word for word in ("LOVS", "esluit", "personeelsdossier") if word in heard]

    await director.say("/zaak 2026-0001")
    for step in (
        "Breng in veiligheid",
        "Licht ouders en bestuur in",
        "Doe aangifte",
        "Bespreek het na zes weken",
    ):
        await director.press(step)
        await director.press("Gedaan")
        await director.press("Vandaag")
        await director.press("Geen notitie")
    await director.press("Leg vast in ParnasSys")
    await director.press("Gedaan")
    assert "zonder iets over een medewerker" in await director.press("Vandaag")
    assert "Alle stappen" in await director.say("Bij leerling B vastgelegd.")
    await director.press("Meer")
    heard = await director.press("Verslag maken")
    assert "Voor ParnasSys (PDF)" in heard
    assert "LOVS" not in heard
    await director.press("Terug naar de zaak")
    assert "afgerond" in await director.press("Zaak afronden")

    head = await office.store.call(lambda connection: office.store.casefile.find(connection, "2026-0001"))
    assert head
    case = await office.store.call(lambda connection: office.store.casefile.load(connection, head.id))
    assert [filing.edition for filing in case.filed] == ["parnassys"]
    shown = case_view.show(case, weideveld, [("de-vlieger", "De Vlieger")], texts.load()["nl"])
    record = text(edition(shown, "parnassys", office.at))
    for part in (
        "Verslag van een voorval, voor ParnasSys",
        TOLD,
        "Bij leerling B vastgelegd.",
        "iedere betrokken",
    ):
        assert part in record


async def test_where_staff_is_part_of_it_its_record_leaves_the_free_text_out(
    office: Office, weideveld: Pack
) -> None:
    case = await office.reported(
        answers={
            "start": Chosen(()),
            "danger": Chosen(("nee",)),
            "who": Chosen(("leerling", "medewerker")),
            "hurt": Chosen(("leerling",)),
            "school": Chosen(("de-vlieger",)),
            "when": Written("gisteren"),
            "what": Written(TOLD),
        }
    )
    shown = case_view.show(case, weideveld, [("de-vlieger", "De Vlieger")], texts.load()["nl"])
    record = text(edition(shown, "parnassys", office.at))
    assert TOLD not in record
    assert "Medewerker" not in record
    assert "Er is ook een medewerker bij betrokken." in record
