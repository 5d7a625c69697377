"""What goes into which edition, and what must never."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from bot.documents import FORMATS
from bot.documents.maker import Maker
from bot.storage import people_repository, pin_repository, school_repository
from handlers import texts
from handlers.cases.case import Actor, Case, Decision, Done, Event, NotApplicable, Settled
from handlers.cases.case import Note as Progress
from handlers.casework import case_view
from handlers.documents.document import Document
from handlers.documents.records import edition
from handlers.flow_interpreter import Answers, Chosen, Unknown, Written
from handlers.people import OPEN_FOR
from handlers.reply import CaseRecord, ProtocolDocument
from knowledge.pack.loading import Pack
from tests.database import make_store
from tests.incident.desk import story
from tests.incident.facts import allures

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
RECORD = CaseRecord("case-1", "lovs", "pdf", "nl", "test:anna", "test:anna")
ANNA, BOARD = Actor("test:anna", "directie"), Actor("test:board", "bestuur")
NARROW = ("lovs", "personeelsdossier")


def made(case: Case, which: str, pack: Pack, language: str = "nl") -> Document:
    spoken = texts.load()["nl" if language == "nl" else "en"]
    return edition(case_view.show(case, pack, [("de-vlieger", "De Vlieger")], spoken), which, NOON)


def text(document: Document) -> str:
    return FORMATS["json"](document).decode()


def full(answers: Answers) -> Case:
    """Every place where words can stand holds a canary that says where."""
    written = {
        step: Written(f"CANARY-{step}") if isinstance(given, Written) else given
        for step, given in answers.items()
    }
    settled: dict[str, Settled] = {
        step.id: Done(
            NOON,
            ANNA,
            date(2026, 11, 26),
            f"CANARY-note-{step.id}",
            step.measures[0] if step.measures else "",
        )
        for step in allures().steps.values()
        if step.id != "vastleggen-ouder"
    }
    return Case(
        id="case-1",
        school="de-vlieger",
        reporter="test:anna",
        keeper="test:anna",
        flow="incident",
        flow_version=1,
        opened=NOON,
        changed=NOON,
        number="2026-0001",
        state="in_behandeling",
        answers={
            **written,
            "other_side": Written("CANARY-other_side"),
            "criminal_why": Written("CANARY-criminal_why"),
        },
        settled={**settled, "vastleggen-ouder": NotApplicable(NOON, ANNA, "CANARY-note-vastleggen-ouder")},
        decisions=(
            Decision("kwalificatie", "ja", "CANARY-reason-kwalificatie", BOARD, NOON),
            Decision("aangifte", "ja", "CANARY-reason-aangifte", BOARD, NOON),
        ),
        notes=(Progress("CANARY-progress", ANNA, NOON),),
        timeline=(
            Event("submitted", "case-1", ANNA, NOON),
            Event("step_settled", "case-1", ANNA, NOON, "gesprek-medewerker"),
            Event("step_settled", "case-1", ANNA, NOON, "gesprek-leerling"),
            Event("decided", "case-1", BOARD, NOON, "kwalificatie"),
            Event("involved", "case-1", BOARD, NOON),
            Event("read", "case-1", ANNA, NOON),
        ),
    )


BOTH = story(["leerling", "ouder", "medewerker"], criminal="ja", sexual="ja", hurt=["leerling", "medewerker"])
OF_PUPIL = (
    "gesprek-leerling",
    "sanctie-leerling",
    "vastleggen-leerling",
    "gesprek-ouder",
    "sanctie-ouder",
    "vastleggen-ouder",
)
OF_EMPLOYEE = ("gesprek-medewerker", "maatregel-medewerker", "melden-inspecteur", "vastleggen-medewerker")


@pytest.mark.parametrize(
    ("which", "own", "other"), [("lovs", OF_PUPIL, OF_EMPLOYEE), ("personeelsdossier", OF_EMPLOYEE, OF_PUPIL)]
)
def test_a_narrow_edition_holds_the_notes_of_its_own_people_and_nothing_of_the_others(
    which: str, own: tuple[str, ...], other: tuple[str, ...], allure: Pack
) -> None:
    told = text(made(full(BOTH), which, allure))
    for step in own:
        assert f"CANARY-note-{step}" in told
    allowed = {f"CANARY-note-{step}" for step in own} | {"CANARY-when"}
    assert set(re.findall(r"CANARY[\w-]+", told)) == allowed
    for step in other:
        assert f"CANARY-note-{step}" not in told


def test_the_lovs_edition_does_not_even_say_that_an_employee_is_part_of_it(allure: Pack) -> None:
    without_rules = text(made(full(BOTH), "lovs", allure))
    for rule in allure.protocol:
        without_rules = without_rules.replace(json.dumps(rule.text, ensure_ascii=False)[1:-1], "")
    for sign in (
        "Medewerker van de school",
        "gesprek-medewerker",
        "Gesprek met de medewerker",
        "rensoverschrijdend",
        "nspecteur",
        "olitie",
        "aangifte",
    ):
        assert sign not in without_rules, sign


def test_the_complete_edition_holds_everything(allure: Pack) -> None:
    told = text(made(full(BOTH), "volledig", allure))
    for step, given in full(BOTH).answers.items():
        if isinstance(given, Written):
            assert f"CANARY-{step}" in told
    for reason in ("kwalificatie", "aangifte"):
        assert f"CANARY-reason-{reason}" in told
    assert "CANARY-progress" in told


@pytest.mark.parametrize("which", NARROW)
def test_free_text_is_told_where_nobody_of_the_other_side_is_part_of_it(which: str, allure: Pack) -> None:
    alone = ["leerling"] if which == "lovs" else ["medewerker"]
    case = full(story(alone, hurt=["school"]))
    told = text(made(case, which, allure))
    assert "CANARY-what" in told
    assert "Weggelaten" not in told
    for doubt in ({"hurt": Unknown()}, {"sexual": Unknown()}, {"hurt": Chosen(("leerling", "medewerker"))}):
        told = text(made(replace(case, answers={**case.answers, **doubt}), which, allure))
        assert "CANARY-what" not in told
        assert "Weggelaten" in told


def test_every_question_says_which_records_its_answer_goes_into(allure: Pack) -> None:
    flow = allure.flow("incident")
    unsaid = {step.id for step in flow.steps if step.in_record is None}
    assert unsaid == {step.id for step in flow.steps if step.kind in ("show", "school")}


def test_rules_are_quoted_word_for_word_and_once(allure: Pack) -> None:
    told = text(made(full(BOTH), "volledig", allure))
    for rule in ("bepalingen-2", "bepalingen-4", "bepalingen-6", "bepalingen-7"):
        assert told.count(json.dumps(allure.protocol.rule(rule).text, ensure_ascii=False)[1:-1]) == 1


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("which", ["lovs", "personeelsdossier", "volledig"])
def test_the_same_case_is_the_same_document_to_the_byte_in_every_format(
    which: str, language: str, allure: Pack
) -> None:
    case = full(BOTH)
    for form in FORMATS.values():
        one, two = (form(made(case, which, allure, language)) for _ in range(2))
        assert one == two


def test_a_record_is_made_for_who_may_see_the_case_now_and_its_digest_is_kept(
    sqlite_template: Path, tmp_path: Path, allure: Pack
) -> None:
    shutil.copy(sqlite_template, tmp_path / "bot.db")
    now = NOON

    async def work() -> None:
        nonlocal now
        store = make_store(f"sqlite:///{tmp_path / 'bot.db'}")
        maker = Maker(store, allure, lambda: now)
        try:
            await store.call(lambda c: school_repository.add_school(c, "De Vlieger"))
            code = await store.call(
                lambda c: people_repository.invite(c, "directie", ["De Vlieger"], None, NOON)
            )
            await store.call(lambda c: people_repository.redeem(c, code, "test:anna", NOON))
            await store.call(lambda c: store.casefile.save(c, full(BOTH)))
            with pytest.raises(KeyError):  # no PIN was given
                await maker(RECORD)
            await store.call(lambda c: pin_repository.set_pin(c, "test:anna", "test:anna", "2580", NOON))
            content = await maker(RECORD)
            assert content.startswith(b"%PDF")
            timeline = (await store.call(lambda c: store.casefile.load(c, "case-1"))).timeline
            assert timeline[-1].about == f"lovs:pdf:{sha256(content).hexdigest()}"
            assert (await maker(ProtocolDocument("nl"))).startswith(b"%PDF")
            now = NOON + OPEN_FOR
            await maker(RECORD)
            now = NOON + OPEN_FOR + timedelta(seconds=1)  # fetching keeps nothing open
            with pytest.raises(KeyError):
                await maker(RECORD)
            now = NOON
            with pytest.raises(KeyError):
                await maker(replace(RECORD, chat="test:elsewhere"))
            await store.call(lambda c: people_repository.revoke(c, "test:anna"))
            for order in (RECORD, replace(RECORD, person=""), replace(RECORD, case="no")):
                with pytest.raises(KeyError):
                    await maker(order)
        finally:
            await store.close()

    asyncio.run(work())
