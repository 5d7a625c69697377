"""A story that a director tells becomes answers: only what is certain, each with the words it rests on."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from handlers.report.story import find_personal, read_amendment_on, read_story_on
from knowledge.intake.amendment import Amendment
from knowledge.intake.story import Story
from knowledge.intake.story_words import examine_story_words
from knowledge.pack import loading
from knowledge.pack.flow import Flow
from tests.conftest import ALLURE, QUESTIONS
from tests.story_eval import score_stories
from tests.test_cli import bot

Read = Callable[[str], Story]
TODAY = date(2026, 12, 1)


@pytest.fixture(scope="module")
def flow() -> Flow:
    return loading.load(ALLURE, learnable=False).flow("incident")


@pytest.fixture(scope="module")
def told(flow: Flow) -> Read:
    def read(text: str) -> Story:
        return read_story_on(text, flow, TODAY)

    return read


def test_the_words_of_stories_are_in_order() -> None:
    assert examine_story_words()[1] == ()


def test_every_option_that_stories_name_is_one_of_the_report(flow: Flow) -> None:
    options = {step.id: {option.id for option in step.options} for step in flow.steps}
    assert {"leerling", "ouder", "medewerker"} == options["who"]
    assert {"gezien", "verteld", "schermafbeelding", "toegegeven"} == options["known"]
    assert {"ja", "deels", "nee"} == options["online"]


def test_labelled_stories_are_read_as_labelled(flow: Flow) -> None:
    counts = score_stories(QUESTIONS / "stories" / "own.jsonl", flow)
    assert counts.right.total() / counts.asserted.total() >= 0.98, "\n".join(counts.faults)
    assert counts.found.total() / counts.wanted.total() >= 0.95, "\n".join(counts.faults)
    assert counts.amended == counts.amendments, "\n".join(counts.faults)


def test_each_fact_names_the_words_that_it_rests_on(told: Read) -> None:
    story = told("Twee jongens uit groep 8 hebben gisteren op TikTok een filmpje van juf Anna gezet.")
    assert story.words == {
        "who": "Twee jongens uit groep 8",
        "hurt": "juf Anna",
        "medium": "TikTok",
        "when": "gisteren",
    }
    assert story.day == date(2026, 11, 30)


@pytest.mark.parametrize(
    ("text", "who", "hurt"),
    [
        ("Een leerling heeft de juf uitgescholden in de app.", "leerling", "medewerker"),
        ("De juf heeft een leerling uitgescholden in de app.", "medewerker", "leerling"),
        ("Een leerling is door de juf uitgescholden in de app.", "medewerker", "leerling"),
        ("De juf werd op Facebook door een vader uitgescholden.", "ouder", "medewerker"),
        ("Onze ib'er kreeg een dreigmail van een moeder.", "ouder", "medewerker"),
        ("Een moeder schrijft op Facebook dat de juf kinderen knijpt.", "ouder", "medewerker"),
        (
            "Op TikTok staat een filmpje waarin een jongen door klasgenoten wordt uitgelachen.",
            "leerling",
            "leerling",
        ),
        ("A mother called our teacher a liar on Facebook.", "ouder", "medewerker"),
        ("Our teacher was called a liar on Facebook by a mother.", "ouder", "medewerker"),
    ],
)
def test_who_did_it_and_who_was_hurt_follow_from_the_sentence(
    told: Read, text: str, who: str, hurt: str
) -> None:
    facts = told(text).facts
    assert (facts["who"], facts["hurt"]) == ((who,), (hurt,))


@pytest.mark.parametrize(
    "text",
    [
        "Waarschijnlijk heeft een leerling een foto van de juf op Instagram gezet.",
        "Volgens een moeder heeft een leerling een foto van de juf op Instagram gezet.",
        "Een leerling heeft een foto van de juf op Instagram gezet, maar dat is niet bevestigd.",
        "Er staat een foto van de juf op Instagram. We weten niet wie het heeft gedaan.",
    ],
)
def test_who_did_it_stays_open_if_it_is_doubted_or_not_told(told: Read, text: str) -> None:
    assert "who" not in told(text).facts


@pytest.mark.parametrize(
    ("text", "question", "options"),
    [
        ("De ouders weten nog van niets, de juf weet het wel.", "told", ("leerkracht",)),
        ("Ik heb er nog met niemand over gesproken.", "told", ("niemand",)),
        ("Er is aangifte gedaan bij de politie en het bestuur is ingelicht.", "told", ("politie", "bestuur")),
        ("Het staat er niet meer op.", "online", ("nee",)),
        ("Het is nog niet verwijderd.", "online", ("ja",)),
        ("Van TikTok is het af, op Snapchat staat het nog.", "online", ("deels",)),
        ("Het ging niet via WhatsApp maar via Snapchat.", "medium", ("snapchat",)),
        ("Ik heb het bericht zelf gelezen.", "known", ("gezien",)),
        ("Een collega liet mij een screenshot zien.", "known", ("schermafbeelding",)),
        ("Niemand is in gevaar.", "danger", ("nee",)),
    ],
)
def test_circumstances_are_read_with_their_negation(
    told: Read, text: str, question: str, options: tuple[str, ...]
) -> None:
    assert told(text).facts.get(question) == options


def test_a_day_on_which_somebody_told_it_is_not_the_day_of_the_incident(told: Read) -> None:
    assert told("Een jongen pest een meisje op Snapchat. Haar moeder vertelde het me gisteren.").day is None


def test_what_is_silent_stays_open(told: Read) -> None:
    assert told("Ik wil iets melden.").facts == {}


def test_a_sexual_message_of_staff_to_a_pupil_is_seen_though_it_is_a_suspicion(told: Read) -> None:
    story = told("We vermoeden dat een stagiair seksuele berichten stuurt aan een meisje uit groep 8.")
    assert story.facts["sexual"] == ("ja",)
    assert "who" not in story.facts
    assert story.suspected == ("medewerker",)


@pytest.mark.parametrize(
    ("text", "question", "options"),
    [
        ("het was toch een ouder", "who", ("ouder",)),
        ("niet de leerling maar zijn vader deed het", "who", ("ouder",)),
        ("het slachtoffer is een leerkracht, geen leerling", "hurt", ("medewerker",)),
        ("het was niet op insta maar op snap", "medium", ("snapchat",)),
        ("strafbaar moet nee zijn", "criminal", ("nee",)),
        ("it was a parent, not a pupil", "who", ("ouder",)),
    ],
)
def test_an_amendment_says_what_an_answer_becomes(
    flow: Flow, text: str, question: str, options: tuple[str, ...]
) -> None:
    assert read_amendment_on(text, flow, TODAY).facts.get(question) == options


def test_an_amended_day_is_the_one_that_is_not_denied(flow: Flow) -> None:
    amendment = read_amendment_on("niet gisteren maar vorige week dinsdag", flow, TODAY)
    assert amendment.day == date(2026, 11, 24)


def test_who_knows_is_added_by_an_amendment(flow: Flow) -> None:
    amendment: Amendment = read_amendment_on("het bestuur weet het nu ook", flow, TODAY)
    assert amendment.facts == {"told": ("bestuur",)}
    assert amendment.adds == {"told"}


def test_personal_data_are_found_by_the_word_with_a_proposal() -> None:
    found = find_personal("Daan uit groep 8 scheldt Noor uit. Bel 06-12345678.")
    assert [each.text for each in found] == ["Daan", "Noor", "06-12345678"]
    assert all(each.proposal for each in found)


def test_the_program_prints_how_a_story_is_read(tmp_path: Path) -> None:
    file = tmp_path / "story.txt"
    file.write_text(
        "Daan (groep 8) heeft gisteren op TikTok een filmpje van juf Anna gezet.", encoding="utf-8"
    )
    asked = ("flow", "incident", "--story", str(file), "--json", "--today", "2026-12-01")
    done = bot(*asked, data=tmp_path, PROTOCOL=str(ALLURE))
    assert json.loads(done.stdout) == {
        "facts": {"who": ["leerling"], "hurt": ["medewerker"], "medium": ["tiktok"], "when": "2026-11-30"},
        "words": {"who": "Daan (groep 8)", "hurt": "juf Anna", "medium": "TikTok", "when": "gisteren"},
        "personal": ["Daan", "Anna"],
    }
