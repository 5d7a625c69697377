"""Working on cases, from the list to closing, and who gets nowhere."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import get_args

import pytest
from sqlalchemy import Connection

from bot.storage import people_repository
from bot.storage.case_repository import CaseFile
from handlers import texts
from handlers.actions import (
    Action,
    AddNote,
    AgreeDay,
    AskInvolved,
    CaseAction,
    CaseMenu,
    ChooseExport,
    CloseCase,
    Decide,
    ExportRecord,
    HandOver,
    HandTo,
    OpenCase,
    OpenStep,
    ReadReport,
    ReopenCase,
    ReopenStep,
    SaveAgreedDay,
    SaveDecision,
    SaveNotApplicable,
    SaveNote,
    SaveReopened,
    SaveStepDone,
    SetInvolved,
    ShowCaseLog,
    SnoozeCase,
    StepDone,
    StepDoneOn,
    StepNotApplicable,
)
from handlers.cases.case import BOARD, Actor, Case, involve
from handlers.context import Context
from handlers.conversation.router import Conversation
from handlers.turn import Person, Said, Turn
from knowledge.matching.matcher import Matcher
from tests.database import make_store
from tests.incident.desk import PIN, Desk, Office, story

NOWHERE = "Die zaak is er niet, of je mag die niet zien."
ASKED = texts.load()["nl"]("pin_ask")
NOT_FOR_YOU = "Dat kan ik hier niet voor je doen."


@pytest.fixture
async def office(sqlite_template: Path, tmp_path: Path, matcher: Matcher) -> AsyncIterator[Office]:
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    store = make_store(f"sqlite:///{tmp_path / 'bot.db'}")
    yield await Office(store, Conversation(matcher, texts.load())).open()
    await store.close()


async def anna(office: Office) -> Desk:
    return await office.somebody("test:anna", "directie", "De Vlieger")


async def board(office: Office) -> Desk:
    return await office.somebody("test:board", "bestuur")


async def settle(desk: Desk, title: str, note: str = "") -> str:
    await desk.press(title)
    await desk.press("Gedaan")
    await desk.press("Vandaag")
    return await (desk.say(note) if note else desk.press("Geen notitie"))


async def test_an_invitation_makes_a_director_who_chooses_a_pin(office: Office) -> None:
    desk = Desk(office, "test:anna")
    heard = await desk.say(f"/start {await office.invite('directie', 'De Vlieger')}")
    assert "Je rol is nu: directie (De Vlieger)." in heard
    assert desk.deleted
    assert "makkelijk te raden" in await desk.say("1234")
    assert "4 tot 8 cijfers" in await desk.say("mag deze foto op insta?")
    assert "nog een keer" in await desk.say(PIN)
    assert desk.deleted
    assert "niet dezelfde" in await desk.say("9999999")
    assert "nog een keer" in await desk.say(PIN)
    assert "ingesteld" in await desk.say(PIN)
    assert "geen zaken" in await desk.say("/zaken")


@pytest.mark.parametrize("why", ["wrong", "used", "expired"])
async def test_a_code_that_does_not_work_gets_one_and_the_same_answer(office: Office, why: str) -> None:
    code = await office.invite("directie", "De Vlieger")
    if why == "used":
        await Desk(office, "test:bram").say(f"/start {code}")
    if why == "expired":
        office.at += timedelta(hours=73)
    heard = await Desk(office, "test:anna").say(f"/start {'x' * 24 if why == 'wrong' else code}")
    assert heard == texts.load()["nl"]("invitation_refused")


async def test_a_code_sent_in_a_group_is_not_redeemed(office: Office) -> None:
    code = await office.invite("directie", "De Vlieger")
    assert "alleen in een privégesprek" in await Desk(office, "test:anna", "test:group", private=False).say(
        f"/start {code}"
    )
    assert "Gelukt" in await Desk(office, "test:anna").say(f"/start {code}")


async def test_a_director_sees_the_cases_of_own_schools_only(office: Office) -> None:
    desk = await anna(office)
    case, other = await office.reported(), await office.reported("test:cor", "de-ark")
    heard = await desk.say("/zaken")
    assert "2026-0001, De Vlieger, ingediend" in heard
    assert "0002" not in heard
    assert "Zaak 2026-0001" in await desk.say(f"/zaak {case.number}")
    assert await desk.say(f"/zaak {other.number}") == await desk.say("/zaak 2026-0999") == NOWHERE
    both = await (await board(office)).say("/zaken")
    assert "0001" in both
    assert "0002" in both


async def test_reading_a_case_asks_for_the_pin_and_goes_on_with_what_was_asked(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    office.at += timedelta(minutes=16)
    heard = await desk.say(f"/zaak {case.number}")
    assert heard == ASKED
    assert "klopt niet" in await desk.say("1111")
    heard = await desk.say(PIN)
    assert "Zaak 2026-0001" in heard
    assert "Gesprek met de leerling" in heard
    assert desk.deleted
    assert "Leerling A schreef iets naars" in await desk.press("Lees de melding")


async def test_five_wrong_pins_lock_the_cases_for_an_hour(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    office.at += timedelta(minutes=16)
    await desk.say(f"/zaak {case.number}")
    heard = [await desk.say("1111") for _ in range(5)]
    assert "Te vaak" in heard[-1]
    assert "Te vaak" in await desk.say(f"/zaak {case.number}")
    office.at += timedelta(hours=1)
    await desk.say(f"/zaak {case.number}")
    assert "Zaak 2026-0001" in await desk.say(PIN)


async def test_a_case_is_worked_on_until_it_can_be_closed(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await desk.press("Meer")
    heard = await desk.press("Zaak afronden")
    assert (
        "nog open: Gesprek met de leerling, Is een sanctie nodig? (leerling), Leg vast in het LOVS" in heard
    )
    heard = await desk.press("Terug naar de zaak")
    heard = await desk.press("Gesprek met de leerling")
    assert "Een leerling of ouder die zich niet houdt aan de richtlijnen" in heard
    await desk.press("Gedaan")
    assert "begrijp ik niet" in await desk.say("morgen misschien")
    assert "begrijp ik niet" in await desk.say("27-11-2026")
    assert "schrijf hier niets over een medewerker" in await desk.say("25-11-2026")
    heard = await desk.say("Goed gesprek met leerling A.")
    assert "Gedaan op 25 november 2026: Gesprek met de leerling" in heard
    assert desk.deleted
    await desk.press("Is een sanctie nodig? (leerling)")
    assert "Waarom" in await desk.press("Niet van toepassing")
    assert "paar woorden" in await desk.say("  ")
    await desk.say("Het gesprek was genoeg.")
    heard = await settle(desk, "Leg vast in het LOVS")
    assert "Alle stappen zijn klaar" in heard
    heard = await desk.press("Zaak afronden")
    assert "afgerond" in heard
    assert (await office.case(case)).state == "afgerond"
    await desk.press("Zaak heropenen")
    heard = await desk.say("Er kwam een nieuw bericht.")
    assert "in behandeling" in heard


async def test_a_sanction_is_chosen_from_the_list_of_who_it_is_for(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    heard = await desk.press("Is een sanctie nodig? (leerling)")
    assert "[schorsing]" in heard
    assert "ontslag" not in heard.split("[waarschuwing]")[1]
    await desk.press("schorsing")
    await desk.press("Gisteren")
    await desk.press("Geen notitie")
    settled = (await office.case(case)).settled["sanctie-leerling"]
    assert getattr(settled, "measure", None) == "schorsing"


async def test_the_board_decides_in_its_own_chat_and_the_director_hears_that_it_did(office: Office) -> None:
    desk, bestuur = await anna(office), await board(office)
    case = await office.reported(answers=story(["medewerker"]))
    await desk.say(f"/zaak {case.number}")
    heard = await desk.press("Besluit: grensoverschrijdend of niet")
    assert "Hierover beslist het bestuur" in heard
    assert "[Grensoverschrijdend]" not in heard
    await bestuur.say(f"/zaak {case.number}")
    await bestuur.press("Besluit: grensoverschrijdend of niet")
    await bestuur.press("Grensoverschrijdend")
    heard = await bestuur.say("De toon was dreigend.")
    assert "Besluit: grensoverschrijdend of niet" in heard
    assert "vertrouwensinspecteur" in heard.lower()
    told = await desk.told()
    assert "in zaak 2026-0001 een besluit genomen" in told
    assert "dreigend" not in told
    assert "rensoverschrijdend" not in told
    heard = await desk.press("2026-0001")
    assert "Gedaan op 26 november 2026: Besluit: grensoverschrijdend of niet" in heard


async def test_a_decision_that_is_held_back_is_told_to_nobody_and_once_kept_only_once(office: Office) -> None:
    desk, bestuur = await anna(office), await board(office)
    case = await office.reported(answers=story(["medewerker"]))
    await bestuur.say(f"/zaak {case.number}")
    await bestuur.press("Besluit: grensoverschrijdend of niet")
    await bestuur.press("Grensoverschrijdend")
    reason = "Bel Jan Janssen op 0612345678."
    await bestuur.say(reason)
    assert "een besluit genomen" not in await desk.told()
    await bestuur.say(reason)
    assert (await desk.told()).count("een besluit genomen") == 1


async def test_a_button_of_an_earlier_state_changes_nothing_and_says_so(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await desk.press("Gesprek met de leerling")
    stale = desk.buttons["Niet van toepassing"]
    await desk.press("Meer")
    await desk.press("Notitie toevoegen")
    await desk.say("Ouders gebeld.")
    before = await office.case(case)
    desk.buttons["oud"] = stale
    assert "hoort bij hoe de zaak eerder was" in await desk.press("oud")
    assert (await office.case(case)).settled == before.settled


async def test_what_is_typed_stays_in_the_chat_if_the_setting_says_so_but_never_a_pin(
    sqlite_template: Path, tmp_path: Path, matcher: Matcher
) -> None:
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    store = make_store(f"sqlite:///{tmp_path / 'bot.db'}")
    office = await Office(store, Conversation(matcher, texts.load(), takes_away=False)).open()
    desk = await anna(office)
    assert desk.deleted, "the PIN"
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await desk.press("Meer")
    await desk.press("Notitie toevoegen")
    assert "bewaard" in (await desk.say("Gesprek gepland")).lower()
    assert desk.deleted == []
    await store.close()


async def test_a_note_typed_when_the_pin_is_asked_is_asked_again_and_the_pin_is_never_kept(
    office: Office,
) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await desk.press("Meer")
    await desk.press("Notitie toevoegen")
    office.at += timedelta(minutes=20)
    assert (await desk.say("Ouders gebeld.")).endswith(ASKED)
    assert desk.deleted
    assert "Schrijf je notitie" in await desk.say(PIN)
    await desk.say("Ouders gebeld.")
    assert [note.text for note in (await office.case(case)).notes] == ["Ouders gebeld."]


async def test_a_text_that_looks_like_a_name_is_kept_only_when_it_is_sent_again(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await desk.press("Meer")
    await desk.press("Notitie toevoegen")
    assert "lijkt op een naam" in await desk.say("Gebeld met juf Sanne de Boer.")
    assert (await office.case(case)).notes == ()
    assert "lijkt op een naam" in await desk.say("Gebeld met 06-12345678.")
    assert "Bewaard" in await desk.say("Gebeld met 06-12345678.")
    assert [note.text for note in (await office.case(case)).notes] == ["Gebeld met 06-12345678."]


async def test_another_person_cannot_press_a_foreign_button(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    cor = await office.somebody("test:cor", "directie", "De Ark")
    cor.buttons["vreemd"] = desk.buttons["Lees de melding"]
    assert "werkt niet meer" in await cor.press("vreemd")


async def test_who_says_to_be_involved_loses_the_case_at_once_and_the_board_hears(office: Office) -> None:
    desk, bestuur = await anna(office), await board(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await desk.press("Meer")
    await desk.press("Ik ben zelf betrokken")
    assert "niet meer zien" in await desk.press("Ik")
    assert await desk.say(f"/zaak {case.number}") == NOWHERE
    assert await desk.press("Lees de melding") == NOWHERE
    assert "geen zaken" in await desk.say("/zaken")
    assert "2026-0001" in await bestuur.told()
    assert "ligt bij het bestuur" in await bestuur.say(f"/zaak {case.number}")
    assert (await office.case(case)).keeper == BOARD


async def test_a_revoked_director_is_an_employee_at_once(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await office.store.call(lambda connection: people_repository.revoke(connection, "test:anna"))
    assert await desk.press("Lees de melding") == NOT_FOR_YOU
    assert await desk.say(f"/zaak {case.number}") == await desk.say("/zaak 2026-0999") == NOT_FOR_YOU


async def test_a_case_is_handed_to_the_board(office: Office) -> None:
    desk, bestuur = await anna(office), await board(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await desk.press("Meer")
    await desk.press("Overdragen")
    await desk.press("Het bestuur")
    assert "ligt nu bij jou" in await bestuur.told()
    assert (await office.case(case)).keeper == BOARD


async def test_the_timeline_says_what_was_done_and_not_what_was_said(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await settle(desk, "Gesprek met de leerling", "KANARIE")
    await desk.press("Meer")
    heard = await desk.press("Tijdlijn")
    assert "stap afgehandeld: Gesprek met de leerling (directie)" in heard
    assert "bekeken (directie)" in heard
    assert "KANARIE" not in heard


async def test_an_agreed_day_is_kept_and_shown(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    await desk.say(f"/zaak {case.number}")
    await desk.press("Meer")
    await desk.press("Volgende afspraak")
    assert "Op welke dag" in await desk.say("25-11-2026")
    assert "Volgende afspraak: 3 december 2026" in await desk.say("3-12-2026")


async def test_in_a_group_there_are_no_cases(office: Office) -> None:
    await anna(office)
    case = await office.reported()
    group = Desk(office, "test:anna", "test:group", private=False)
    for command in ("/zaken", f"/zaak {case.number}", "/zaak 2026-0999"):
        assert await group.say(command) == "Over zaken praat ik alleen in een privégesprek."


def actions_of(case: str, revision: int) -> list[Action]:
    """Every action that names a case."""
    at, step = (case, revision), (case, revision, "gesprek-leerling")
    day = date(2026, 11, 26)
    return [
        *(kind(case) for kind in (OpenCase, CaseMenu, ReadReport, ShowCaseLog, ChooseExport, SnoozeCase)),
        *(kind(*at) for kind in (AddNote, SaveNote, AgreeDay, SaveAgreedDay, CloseCase, ReopenCase)),
        *(kind(*at) for kind in (SaveReopened, HandOver, AskInvolved)),
        *(kind(*step) for kind in (OpenStep, StepDone, StepNotApplicable, SaveNotApplicable, ReopenStep)),
        StepDoneOn(*step, "", day),
        SaveStepDone(*step, "", day),
        Decide(*at, "besluit-kwalificatie", "ja"),
        SaveDecision(*at, "besluit-kwalificatie", "ja"),
        HandTo(*at, "bestuur"),
        SetInvolved(*at, "test:anna"),
        ExportRecord(case, "lovs", "pdf"),
    ]


def test_every_action_on_a_case_is_in_the_matrix() -> None:
    assert {type(action) for action in actions_of("x", 1)} == set(get_args(CaseAction))


@pytest.mark.parametrize(
    "relation",
    [
        "employee",
        "administrator",
        "other school",
        "involved director",
        "involved board",
        "revoked",
        "draft of another",
    ],
)
async def test_every_handler_tells_who_may_not_see_a_case_what_it_tells_of_no_case(
    office: Office, relation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Handlers are called with the case's true id and revision, as if a button had leaked."""
    roles = {
        "employee": "medewerker",
        "administrator": "beheerder",
        "involved board": "bestuur",
        "revoked": "directie",
    }
    school = "De Ark" if relation == "other school" else "De Vlieger"
    role = roles.get(relation, "directie")
    desk = await office.somebody("test:x", role, *([school] if role == "directie" else []))  # type: ignore[arg-type]
    case = await office.reported(answers=story(["leerling", "medewerker"]))
    if relation.startswith("involved"):
        case, event = involve(case, "test:x", Actor("test:board", "bestuur"), office.at)
        await office.store.call(lambda connection: office.store.casefile.save(connection, case, [event]))
    if relation == "revoked":
        await office.store.call(lambda connection: people_repository.revoke(connection, "test:x"))
    if relation == "draft of another":
        case = replace(case, state="concept", number="")
        await office.store.call(lambda connection: office.store.casefile.save(connection, case))
    opened: list[str] = []
    load = CaseFile.load

    def watched(self: CaseFile, connection: Connection, case_id: str) -> Case:
        opened.append(case_id)
        return load(self, connection, case_id)

    monkeypatch.setattr(CaseFile, "load", watched)
    for true, false in zip(
        actions_of(case.id, case.revision), actions_of("no-such-case-at-all-22", case.revision), strict=True
    ):
        assert await call(office, desk, true) == await call(office, desk, false), true
    if case.number:
        assert await desk.say(f"/zaak {case.number}") == await desk.say("/zaak 2026-0999")
        assert case.number not in await desk.say("/zaken")
    assert opened == []
    now = await office.case(case)
    assert (now.revision, now.settled, now.notes) == (case.revision, case.settled, case.notes)


async def call(office: Office, desk: Desk, action: Action) -> object:
    texts_of = texts.load()
    turn = Turn(
        f"test:call{id(object())}{action}{office.at}",
        Person(desk.person),
        desk.chat,
        Said("tekst"),
        office.at,
    )
    office.at += timedelta(seconds=1)
    conversation = office.service._conversation
    async with office.store.unit(turn) as unit:
        assert unit
        context = Context(unit.session, texts_of["nl"], texts_of, conversation.matcher, unit)
        return (await conversation._action(unit.turn, action, context)).reply


async def test_a_case_from_before_keeps_what_it_is_judged_by_from_its_next_change_on(office: Office) -> None:
    desk = await anna(office)
    case = await office.reported()
    assert (await office.case(case)).judged is None
    await desk.say(f"/zaak {case.number}")
    await desk.press("Gesprek met de leerling")
    await desk.press("Niet van toepassing")
    await desk.say("Leerling A is verhuisd.")
    judged = (await office.case(case)).judged
    assert judged
    assert "bepalingen-2" in judged.rules
