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
from tests.conftest import QUESTIONS, ROOT

FLOORS = json.loads((QUESTIONS / "floors.json").read_text(encoding="utf-8"))
AT_MOST = ("wrong", "false_near", "false_far")
EXAMPLES = ROOT / "knowledge" / "common" / "safety_examples"
NEARLY = 90
"""Likeness (rapidfuzz ratio, 0 to 100) from which a phrasing is as good as a copy."""
SLACK = 0.02
"""One phrasing more or another processor's rounding may tip a question or two."""


SETS = {
    "pack": ROOT / "knowledge" / "allure" / "questions.jsonl",
    **{file.stem: file for file in QUESTIONS.glob("*.jsonl")},
}


@cache
def questions(name: str, rules: tuple[str, ...]) -> list[Labelled]:
    return read_questions(SETS[name], rules)


def rules_of(matcher: Matcher) -> tuple[str, ...]:
    return tuple(rule.id for rule in matcher.pack.protocol)


def test_every_set_has_its_floors() -> None:
    assert sorted(FLOORS) == sorted(SETS)


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
    asked = questions(name, tuple(rule.id for rule in allure.protocol))
    assert near_copies(taught(allure), [labelled.question for labelled in asked]) == []


def test_nothing_that_outside_writers_say_is_taught(allure: Pack) -> None:
    said = [
        str(text)
        for file in sorted((QUESTIONS / "outside").rglob("*.jsonl"))
        for line in map(json.loads, file.read_text(encoding="utf-8").splitlines())
        for text in (
            *(line.get(name) for name in ("q", "say", "story", "amend")),
            *(turn["say"] for turn in line.get("turns", ())),
        )
        if text
    ]
    assert len(said) > 1_600
    assert near_copies(taught(allure), said) == []


def taught(pack: Pack) -> list[str]:
    """All that is learnt from: the pack's phrasings and the examples of danger."""
    examples = [
        json.loads(line)["q"]
        for file in sorted(EXAMPLES.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert len(examples) > 2_500
    return [*(phrasing.text for phrasing in pack.phrasings), *examples]


def near_copies(taught: list[str], texts: list[str]) -> list[tuple[str, str]]:
    """Texts of five words or more with the taught one that each is, or nearly is."""
    known = [" ".join(split(text)) for text in taught]
    asked = (" ".join(words) for words in map(split, texts) if len(words) >= 5)
    found = (
        (text, process.extractOne(text, known, scorer=fuzz.ratio, score_cutoff=NEARLY)) for text in asked
    )
    return [(text, near[0]) for text, near in found if near]
