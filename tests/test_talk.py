"""The acts of a conversation, the things a question names, and the first lines of an answer."""

from pathlib import Path

import pytest

from handlers import texts
from handlers.questions.opening import Before, opening
from handlers.questions.two_questions import split_in_two
from knowledge.files.problems import Problem
from knowledge.matching.matcher import Matcher
from knowledge.pack.loading import Pack
from knowledge.talk import acts, first_lines, situations, things
from knowledge.talk.acts import Act
from tests.conftest import ALLURE


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("ok dank je", "thanks"),
        ("Bedankt voor je hulp!", "thanks"),
        ("👍👍", "ok"),
        ("oké, duidelijk", "ok"),
        ("?", "help"),
        ("nee dat bedoel ik niet", "not_meant"),
        ("kan het wat korter", "shorter"),
        ("ik snap het niet", "unclear"),
        ("waarom eigenlijk?", "why"),
        ("en wat nu?", "next"),
        ("kan ik iemand spreken", "person"),
        ("laat maar zitten", "drop"),
    ],
)
def test_an_act_is_told_by_its_words_and_small_words_change_nothing(text: str, act: Act) -> None:
    heard = acts.load().read(text)
    assert heard
    assert heard.act == act


@pytest.mark.parametrize(
    "question",
    [
        "mag ik een foto plaatsen",
        "wie wordt er gebeld bij een melding",
        "mag ik in het Engels posten",
        "stop ik met twitter",
    ],
)
def test_a_question_is_no_act(question: str) -> None:
    assert acts.load().read(question) is None


def test_what_was_meant_instead_is_the_rest_of_the_words() -> None:
    heard = acts.load().read("nee, ik bedoel van leerlingen")
    assert heard == acts.Heard("meant", "van leerlingen")


def first(matcher: Matcher, question: str) -> str:
    return opening(question, matcher.ask(question), None, matcher.pack, texts.load()["nl"]).first


@pytest.mark.parametrize(
    ("question", "begins", "names"),
    [
        ("mag ik een groepsfoto op Facebook zetten", "Alleen als", "Facebook"),
        ("moet ik toestemming vragen voor een filmpje op instagram", "Ja, vraag", "filmpje"),
        ("mag ik een foto zonder toestemming op instagram zetten", "Nee", "zonder toestemming"),
        ("mag ik reageren op een negatief bericht op facebook", "Nee", "Facebook"),
        ("mag een leerling geschorst worden om een filmpje", "Ja", "geschorst"),
    ],
)
def test_the_first_line_answers_and_names_what_was_asked(
    matcher: Matcher, question: str, begins: str, names: str
) -> None:
    line = first(matcher, question)
    assert line.startswith(begins)
    assert names in line


def test_a_follow_up_begins_with_what_changed(matcher: Matcher) -> None:
    before = Before("mag ik een klassenfoto op facebook zetten", "profilering-4")
    outcome = matcher.ask("mag ik een klassenfoto op instagram zetten")
    begins = opening("en op insta?", outcome, before, matcher.pack, texts.load()["nl"])
    assert "Instagram" in begins.first
    assert "Facebook" not in begins.first
    assert begins.same_rule


def test_a_line_about_somebody_else_comes_before_one_about_the_asker(allure: Pack) -> None:
    subject = allure.things.read("mogen ouders een foto op facebook zetten")
    assert subject.by == "ouder"
    chosen = allure.first_lines.choose("profilering-4", subject, "nl")
    assert chosen
    assert "zegt niets over ouders" in chosen.text


@pytest.mark.parametrize(
    ("label", "question"),
    [
        ("communicatie-4", "mag ik als directeur een leerkracht verbieden kritiek te geven op twitter"),
        ("communicatie-3", "is het verboden om foto's op mijn eigen facebook te zetten"),
        ("curriculum-2", "moet ik twitter gebruiken in de les of mag ik het overslaan"),
        ("communicatie-3", "is het erg als ik op facebook een feestfoto zet"),
    ],
)
def test_a_question_turned_round_gets_no_yes_and_no_no(allure: Pack, label: str, question: str) -> None:
    chosen = allure.first_lines.choose(label, allure.things.read(question), "nl")
    assert chosen is None or not chosen.text.startswith(("Ja", "Nee", "Alleen"))


def test_who_acts_is_not_the_one_who_is_written_about(allure: Pack) -> None:
    subject = allure.things.read("mag een leerkracht vrienden zijn met leerlingen op facebook")
    chosen = allure.first_lines.choose("communicatie-3", subject, "nl")
    assert chosen
    assert "met een leerling op Facebook" in chosen.text


def test_what_is_asked_once_is_not_carried_on(allure: Pack) -> None:
    before = allure.things.read("mag een foto op facebook als een ouder nee zegt")
    after = allure.things.going_on(allure.things.read("een livestream"), before)
    assert set(after.things) == {"livestream", "facebook", "ouder"}


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("mag ik filmen? en wie vraagt toestemming", ("mag ik filmen?", "en wie vraagt toestemming")),
        ("mag ik foto's en filmpjes plaatsen", None),
        ("heb 2 vragen: mag ik twitteren, en wie belt er", ("mag ik twitteren", "wie belt er")),
    ],
)
def test_two_questions_are_told_by_how_the_second_begins(text: str, parts: tuple[str, str] | None) -> None:
    assert split_in_two(text) == parts


def problems_of(tmp_path: Path, first_line: str, things_yaml: str | None = None) -> list[Problem]:
    (tmp_path / "things.yaml").write_text(things_yaml or (ALLURE / "things.yaml").read_text())
    (tmp_path / "first_lines.yaml").write_text(first_line)
    found: list[Problem] = []
    reader = things.load(tmp_path, found)
    first_lines.load(tmp_path, reader, ["profilering-4"], found)
    return found


def test_unknown_rules_things_and_places_are_told_with_their_line(tmp_path: Path) -> None:
    found = problems_of(tmp_path, "profilering-5:\n  - {about: [facebok], nl: 'ja {where}', en: 'yes'}\n")
    told = [(problem.line, problem.message) for problem in found]
    assert (1, 'unknown rule or topic "profilering-5"; did you mean "profilering-4"?') in told
    assert any(
        line == 2 and 'unknown thing "facebok"; did you mean "facebook"?' in text for line, text in told
    )
    assert any('"{where}" is filled by nothing' in text for _, text in told)


@pytest.mark.parametrize(
    ("text", "situation"),
    [
        ("een collega appt met een leerling", "collega-leerling"),
        ("mijn directeur wil dat ik foto's zonder toestemming plaats", "gedwongen"),
        ("Mijn collega plaatst de hele tijd boze dingen over school", "collega"),
        ("waar kan ik melden dat een collega iets raars plaatste", "waar-melden"),
        ("kan ik anoniem melden", "anoniem"),
        ("ik heb per ongeluk een foto in de verkeerde groep gezet", "eigen-fout"),
        ("mag ik een foto op facebook zetten", None),
        ("mag een collega appen met leerlingen", None),
        ("de gymmeester volgt meisjes uit groep 8 op tiktok", "collega-leerling"),
        ("ik durf niet naar de directeur te stappen", "durf-niet"),
        ("kunnen ze mij ontslaan omdat ik een misstand meld", "klokkenluider"),
    ],
)
def test_a_delicate_situation_is_told_by_the_things_it_names(
    allure: Pack, text: str, situation: str | None
) -> None:
    found = situations.recognise(allure.situations, allure.things.read(text))
    assert (found.id if found else None) == situation
