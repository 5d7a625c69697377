"""Question sets that have been learnt from: the figures may rise, never fall below what was reached, give or
take two in a hundred.

They no longer tell how well unseen questions are understood (docs/understanding.md does); they catch what
breaks.
"""

import json
from functools import cache

import pytest
from rapidfuzz import fuzz, process

from knowledge.evaluation import Labelled, evaluate, read_questions
from knowledge.language.words import split
from knowledge.matching.matcher import Matcher
from knowledge.pack.loading import Pack
from tests.conftest import QUESTIONS

FLOORS = json.loads((QUESTIONS / "floors.json").read_text(encoding="utf-8"))
AT_MOST = ("wrong", "false_near", "false_far")
NEARLY = 90
"""Likeness (rapidfuzz ratio, 0 to 100) from which a phrasing is as good as a copy."""
SLACK = 0.02
"""One phrasing more or another processor's rounding may tip a question or two."""


@cache
def questions(name: str, rules: tuple[str, ...]) -> list[Labelled]:
    return read_questions(QUESTIONS / f"{name}.jsonl", rules)


def rules_of(matcher: Matcher) -> tuple[str, ...]:
    return tuple(rule.id for rule in matcher.pack.protocol)


def test_every_set_has_its_floors() -> None:
    assert sorted(FLOORS) == sorted(file.stem for file in QUESTIONS.glob("*.jsonl"))


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_no_figure_falls(matcher: Matcher, name: str) -> None:
    score = evaluate(questions(name, rules_of(matcher)), matcher.ask)
    fallen = []
    for figure, floor in FLOORS[name].items():
        value = score.figures[figure]
        assert value is not None
        if (value > floor + SLACK) if figure in AT_MOST else (value < floor - SLACK):
            fallen.append(f"{figure} is {value:.3f}, was {floor:.3f}")
    assert not fallen


@pytest.mark.parametrize("name", sorted(FLOORS))
def test_no_measuring_question_is_a_phrasing(allure: Pack, name: str) -> None:
    """Questions measure, they do not teach: none of five words or more is a phrasing, nor nearly one.

    What everybody types the same ("hallo", "ik wil iets melden") may coincide.
    """
    taught = [" ".join(split(phrasing.text)) for phrasing in allure.phrasings]
    asked = [
        split(labelled.question) for labelled in questions(name, tuple(rule.id for rule in allure.protocol))
    ]
    copied = []
    for words in asked:
        near = (
            process.extractOne(" ".join(words), taught, scorer=fuzz.ratio, score_cutoff=NEARLY)
            if len(words) >= 5
            else None
        )
        if near:
            copied.append((" ".join(words), near[0]))
    assert copied == []
