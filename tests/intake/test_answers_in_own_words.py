"""A thousand answers as people type them, in kinds: right, hardly ever wrongly taken, and fast."""

import time

import pytest

from knowledge.intake.choice_answer import understand_answer
from knowledge.intake.mentions import find_options
from knowledge.pack import loading
from knowledge.pack.flow import Flow
from tests.conftest import ROOT
from tests.intake_eval import Scored, figures, read_lines, score

LEAST_RIGHT = 0.97
MOST_WRONGLY_TAKEN = 0.01


@pytest.fixture(scope="module")
def talk() -> Flow:
    return loading.load(ROOT / "knowledge" / "allure", learnable=False).flow("incident")


@pytest.fixture(scope="module")
def scored(talk: Flow) -> list[Scored]:
    return score(talk, read_lines(ROOT / "tests" / "questions" / "answers" / "typed.jsonl"))


def test_answers_in_own_words_are_right(scored: list[Scored]) -> None:
    lines, right, wrongly_taken = figures(scored)["all"]
    assert lines > 1000
    assert right >= LEAST_RIGHT
    assert wrongly_taken <= MOST_WRONGLY_TAKEN


def test_each_question_is_understood(scored: list[Scored]) -> None:
    assert [name for name, (_, right, _) in figures(scored).items() if right < 0.94] == []


def test_a_long_text_takes_no_more_time_per_word(talk: Flow) -> None:
    """Linear: four times the words, not sixteen times the time."""
    step = talk.step("who")
    assert step
    few = "een leerling en niet de ouder maar misschien de juf die dat zei " * 11
    find_options(step, few)
    assert _seconds(step, few * 4) < 10 * max(_seconds(step, few), 0.0005)


def _seconds(step: object, text: str) -> float:
    best = 10.0
    for _ in range(5):
        begun = time.process_time()
        find_options(step, text)  # type: ignore[arg-type]
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.parametrize("say", ["", "   ", "???", "👍👍", "a" * 4000, "niet " * 900, "🤷", "ja\x00nee"])
def test_anything_that_is_typed_is_read(talk: Flow, say: str) -> None:
    for step in talk.steps:
        if step.kind in ("choice", "choices"):
            understand_answer(step, say)
