"""What is kept of a question that found no answer: its words without people, or only what it is about."""

from __future__ import annotations

import pytest

from handlers.privacy.kept_text import CONCEPTS_ONLY, is_doubtful, text_to_keep
from knowledge.matching.matcher import Matcher
from tests.privacy.questions import staff_questions


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("Kevin Jansen van groep 8 steelt telefoons", "[naam] van groep 8 steelt telefoons"),
        ("Fatima El Amrani", "[naam]"),
        ("sem de vries", "[naam]"),
        ("sofie.jansen", "[account]"),
        ("Daan Smit, 12-03-2014", "[naam], [geboortedatum]"),
        ("mogen kinderen hun mobiel mee naar gym", "mogen kinderen hun mobiel mee naar gym"),
        ("", ""),
    ],
)
def test_a_question_is_kept_without_people(asked: str, kept: str) -> None:
    assert text_to_keep(asked, ("PUPIL",)) == kept


@pytest.mark.parametrize(
    "asked",
    [
        "die ene qorvinas steelt telefoons",  # a word that is no word could be a name
        "Tonke is ziek van die berichten",  # a slip of the keys, but it stands where a person does
        "die storm pest iedereen",  # a word that is a name too
        "haar nummer is 4812 7793 21",
    ],
)
def test_a_question_that_may_still_name_somebody_is_kept_as_its_concepts_only(asked: str) -> None:
    assert text_to_keep(asked, ("PHONE", "PUPIL")) == f"{CONCEPTS_ONLY} PHONE, PUPIL"
    assert is_doubtful(asked)


def test_a_word_that_the_knowledge_knows_is_no_name() -> None:
    asked = "de gaggelaar doet het niet"
    assert text_to_keep(asked, ()) == CONCEPTS_ONLY
    assert text_to_keep(asked, (), is_known={"gaggelaar"}.__contains__) == asked


def test_hardly_any_question_that_staff_ask_is_lost_but_for_its_concepts(matcher: Matcher) -> None:
    """2 of 100: mostly words that are no words ("sdkfj"), and dialect."""
    known = matcher.index.reader.vocabulary.__contains__
    questions = staff_questions()
    kept = [text_to_keep(question, (), ("Stichting Allure",), known) for question in questions]
    assert sum(text.startswith(CONCEPTS_ONLY) for text in kept) <= len(questions) * 0.025
