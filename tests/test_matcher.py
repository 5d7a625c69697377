"""Any text gets a fitting outcome."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.matching.matcher import Matcher, Outcome, Probabilities, decide

STATUSES = {"answer", "choose", "decline", "incident", "smalltalk"}


def assert_fits(outcome: Outcome, matcher: Matcher) -> None:
    rules = {rule.id for rule in matcher.pack.protocol}
    assert outcome.status in STATUSES
    assert (outcome.rule is not None) == (outcome.status == "answer")
    assert 0 <= outcome.confidence <= 1
    assert set(outcome.choices) | set(outcome.nearest) | ({outcome.rule} - {None}) <= rules
    assert len(set(outcome.choices)) == len(outcome.choices) <= 3
    assert outcome.rule not in outcome.choices
    if outcome.status == "choose":
        assert len(outcome.choices) >= 2
    if outcome.status in ("smalltalk", "decline", "incident"):
        assert not outcome.choices
    if outcome.status != "decline":
        assert not outcome.nearest


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=400))
def test_any_text_has_a_fitting_outcome(matcher: Matcher, text: str) -> None:
    assert_fits(matcher.ask(text), matcher)


SUBJECT = (
    "mag foto insta ouder juf politie schorsing dossier reageren hallo melden telefoon van het ik "
    "niet wie groep 8"
)
WORDS = st.sampled_from(SUBJECT.split())


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(WORDS, max_size=40))
def test_any_words_of_the_subject_have_a_fitting_outcome(matcher: Matcher, words: list[str]) -> None:
    assert_fits(matcher.ask(" ".join(words)), matcher)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "?",
        "🙂🙂🙂",
        "\x00\x01\x02",
        "\u202e\u200b",
        "!!!",
        "a" * 100_000,
        "mag ik " * 20_000,
        "1234567890",
    ],
)
def test_odd_input_never_gets_a_rule(matcher: Matcher, text: str) -> None:
    outcome = matcher.ask(text)
    assert_fits(outcome, matcher)
    assert outcome.status != "answer"


@pytest.mark.parametrize(
    "text",
    [
        "Okulun Facebook sayfasında öğrencilerin fotoğraflarını paylaşabilir miyim?",
        "Czy mogę opublikować zdjęcia uczniów na stronie szkoły?",
        "هل يمكنني نشر صورة الطلاب على فيسبوك؟",
        "Dürfen wir die Bilder unserer Schüler ins Netz stellen, wenn die Eltern nichts dagegen haben?",
        "Est-ce que je peux publier les photos des élèves sur les réseaux sociaux de l'école ?",
        "Можно ли публиковать фотографии учеников?",
    ],
)
def test_another_language_is_declined_and_recognised(matcher: Matcher, text: str) -> None:
    outcome = matcher.ask(text)
    assert outcome.status == "decline"
    assert outcome.foreign
    assert not outcome.nearest


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("mag ik deze foto plaatsen", "nl"),
        ("may I post this picture", "en"),
        ("insta", "nl"),
        ("can I whatsapp my pupils?", "en"),
        ("", "nl"),
    ],
)
def test_the_language_of_a_question_is_told(matcher: Matcher, text: str, language: str) -> None:
    assert matcher.ask(text).language == language


def test_the_same_question_has_the_same_outcome(matcher: Matcher) -> None:
    question = "er staat een leugen over ons op fb, mag ik dat rechtzetten"
    assert matcher.ask(question) == matcher.ask(question)


def test_an_outcome_tells_what_carried_it(matcher: Matcher) -> None:
    outcome = matcher.ask("mag ik de foto's van het schoolreisje op facebook zetten")
    assert outcome.rule == "profilering-4"
    assert any(line.startswith("PHOTO: foto's") for line in outcome.evidence), outcome.evidence
    assert matcher.like(outcome)[0][1] == "profilering-4"


def test_json_is_the_contract(matcher: Matcher) -> None:
    described = matcher.ask("mag ik de foto's van het schoolreisje op facebook zetten").as_json()
    assert list(described) == [
        "question",
        "language",
        "status",
        "rule",
        "confidence",
        "choices",
        "nearest",
        "offers_incident",
        "evidence",
    ]


SURE = Probabilities(
    rules=(("a", 0.8), ("b", 0.1)), topics=(), near=0.05, far=0.0, incident=0.0, smalltalk=0.0
)


@pytest.mark.parametrize(
    ("probabilities", "status"),
    [
        (SURE, "answer"),
        (replace(SURE, rules=(("a", 0.45), ("b", 0.4))), "choose"),
        (replace(SURE, rules=(("a", 0.05), ("b", 0.04)), near=0.97), "decline"),
        (replace(SURE, rules=(("a", 0.3), ("b", 0.01)), near=0.6), "choose"),
        (replace(SURE, rules=(("a", 0.001), ("b", 0.0)), near=0.5), "decline"),
        (replace(SURE, rules=(("a", 0.1), ("b", 0.1)), incident=0.6), "incident"),
        (replace(SURE, rules=(("a", 0.1), ("b", 0.1)), smalltalk=0.6), "smalltalk"),
        (replace(SURE, rules=(("a", 1.0),)), "answer"),
    ],
)
def test_the_gate_stands_on_the_rule_that_would_be_shown(probabilities: Probabilities, status: str) -> None:
    assert decide(probabilities) == status


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("ik wil een incident melden", True),
        ("een vader bedreigt mij via messenger, kan de school naar de politie", True),
        ("waar leg ik een gesprek over een naar snapfilmpje vast", True),
        ("mag ik de foto's van het schoolreisje op facebook zetten", False),
        ("hallo", False),
        ("is youtube ook social media", False),
    ],
)
def test_a_report_is_offered_where_something_happened(matcher: Matcher, text: str, offered: bool) -> None:
    assert matcher.ask(text).offers_incident == offered
