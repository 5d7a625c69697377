"""What a typed answer to one question is understood as."""

import json
from functools import cache
from pathlib import Path

import pytest

from knowledge.intake.choice_answer import Understood, understand_answer
from knowledge.intake.mentions import find_options
from knowledge.pack import loading
from knowledge.pack.flow import Flow
from tests.conftest import ROOT
from tests.test_cli import bot, data  # noqa: F401  (a fixture)


@cache
def talk() -> Flow:
    return loading.load(ROOT / "knowledge" / "allure", learnable=False).flow("incident")


def understood(question: str, say: str) -> Understood:
    step = talk().step(question)
    assert step
    return understand_answer(step, say)


TAKEN = [
    ("who", "de juf van groep 4", "medewerker"),
    ("who", "een vader en zijn zoon", "leerling ouder"),
    ("who", "een ouder, nee wacht, de juf", "medewerker"),
    ("who", "de vader van een leerling", "ouder"),
    ("danger", "nee hoor, ze is veilig nu", "nee"),
    ("told", "niet de ouders maar de politie wel", "politie"),
    ("told", "de ouders nog niet, de leerkracht wel", "leerkracht"),
    ("medium", "in de klassenapp op whatsapp", "whatsapp"),
    ("online", "nee, het is verwijderd", "nee"),
    ("criminal", "ja dat denk ik wel", "ja"),
    ("known", "iemand liet een screenshot zien aan mij", "schermafbeelding"),
    ("who", "een kleuter met de telefoon van zijn moeder", "leerling"),
    ("who", "een vader. hij postte het vanaf het account van zijn zoon", "ouder"),
    ("who", "de juf werd uitgescholden door een vader", "ouder"),
    ("hurt", "een moeder wordt zwartgemaakt door andere ouders", "ouder"),
    ("who", "eerst dacht ik een leerling maar het was een ouder", "ouder"),
    ("who", "misschien een ouder, misschien een leerling", "leerling ouder"),
    ("told", "ouders ja, politie nee", "ouders"),
    ("told", "niemand behalve de juf", "leerkracht"),
    ("told", "alleen de leerkracht, ouders bel ik morgen", "leerkracht"),
    ("online", "het bericht is weg maar de reacties nog niet", "deels"),
    ("online", "gister nog wel, vandaag niet meer", "nee"),
    ("danger", "er is geen acute dreiging", "nee"),
    ("danger", "no danger at all", "nee"),
    ("danger", "ze is niet veilig", "ja"),
    ("medium", "whatsap en instgram", "whatsapp instagram"),
]
NOT_TAKEN = [
    ("who", "een leerling van een andere school", ()),
    ("who", "de man van de juf", ()),
    ("who", "leesmoeder", ("ouder", "medewerker")),
    ("medium", "insta of facebook", ("instagram", "facebook")),
    ("danger", "fysiek niet maar ze zit er wel heel erg doorheen", ("ja", "nee")),
    ("danger", "daar zegt u wat, mensen", ()),
]


@pytest.mark.parametrize(("question", "say", "ask"), NOT_TAKEN)
def test_what_is_open_or_from_outside_is_not_taken(question: str, say: str, ask: tuple[str, ...]) -> None:
    assert (understood(question, say).taken, understood(question, say).ask) == ((), ask)


@pytest.mark.parametrize(("question", "say", "taken"), TAKEN)
def test_an_answer_in_own_words_is_understood(question: str, say: str, taken: str) -> None:
    assert understood(question, say).taken == tuple(taken.split())


@pytest.mark.parametrize("say", ["weet ik niet", "geen idee", "moet ik nog navragen"])
def test_not_knowing_is_an_answer(say: str) -> None:
    assert understood("who", say).unknown


@pytest.mark.parametrize("say", ["geldt een stagiaire ook als medewerker?", "wat bedoel je met medewerker"])
def test_a_question_is_no_answer(say: str) -> None:
    assert understood("who", say) == Understood(is_question=True)


def test_every_mention_has_its_place_and_says_whether_it_is_denied() -> None:
    step = talk().step("told")
    assert step
    text = "niet de ouders maar de politie wel"
    found = [(text[one.start : one.end], one.option, one.negated) for one in find_options(step, text)]
    assert ("ouders", "ouders", True) in found
    assert ("de politie", "politie", False) in found


def test_the_program_tells_how_an_answer_is_understood(data: Path) -> None:  # noqa: F811
    allure = {"PROTOCOL": str(ROOT / "knowledge" / "allure")}
    done = bot(
        "flow", "incident", "--question", "who", "--say", "de juf van groep 4", "--json", data=data, **allure
    )
    assert json.loads(done.stdout) == {
        "question": "who",
        "say": "de juf van groep 4",
        "taken": ["medewerker"],
        "ask": [],
        "unknown": False,
    }
    asked = json.dumps({"question": "danger", "say": "geen idee"})
    done = bot("flow", "incident", "--batch", data=data, stdin=f"{asked}\n{asked}\n", **allure)
    assert [json.loads(line)["unknown"] for line in done.stdout.splitlines()] == [True, True]


def test_a_question_that_the_talk_has_not_is_named(data: Path) -> None:  # noqa: F811
    allure = {"PROTOCOL": str(ROOT / "knowledge" / "allure")}
    done = bot("flow", "incident", "--question", "whom", "--say", "x", data=data, **allure)
    assert done.returncode == 2
    assert "who" in done.stderr
