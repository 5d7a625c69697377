"""Scoring: what counts as direct, helped, wrong, false and right."""

from dataclasses import replace
from pathlib import Path

import pytest

from knowledge.evaluation import Labelled, evaluate, judge, read_questions
from knowledge.files.problems import PackError
from knowledge.matching.matcher import Outcome

ANSWER = Outcome("q", "nl", "answer", "a-1", 0.9, (), (), None, False, False, (), False)
CHOOSE = replace(ANSWER, status="choose", rule=None, choices=("a-1", "a-2"))
DECLINE = replace(ANSWER, status="decline", rule=None)


@pytest.mark.parametrize(
    ("labels", "outcome", "verdict"),
    [
        (("a-1",), ANSWER, "direct"),
        (("b-1", "a-1"), ANSWER, "direct"),
        (("a-2",), ANSWER, "wrong"),
        (("a-2",), replace(ANSWER, choices=("a-2",)), "wrong"),
        (("a-2",), CHOOSE, "helped"),
        (("a-3",), CHOOSE, "missed"),
        (("a-1",), DECLINE, "declined"),
        (("a-1",), replace(DECLINE, nearest=("a-1",)), "declined"),
        (("near",), ANSWER, "false"),
        (("near",), CHOOSE, "right"),
        (("far",), DECLINE, "right"),
        (("incident",), replace(DECLINE, status="incident"), "right"),
        (("incident",), replace(ANSWER, offers_incident=True), "right"),
        (("incident",), ANSWER, "missed"),
        (("smalltalk",), replace(DECLINE, status="smalltalk"), "right"),
        (("smalltalk",), DECLINE, "missed"),
    ],
)
def test_judge(labels: tuple[str, ...], outcome: Outcome, verdict: str) -> None:
    assert judge(Labelled("q", labels, "nl"), outcome) == verdict


def test_figures_are_shares_of_their_own_kind() -> None:
    outcomes = {"1": ANSWER, "2": ANSWER, "3": CHOOSE, "4": DECLINE, "5": ANSWER, "6": DECLINE}
    labels = {"1": "a-1", "2": "a-2", "3": "a-2", "4": "a-1", "5": "near", "6": "near"}
    score = evaluate([Labelled(q, (label,), "nl") for q, label in labels.items()], outcomes.__getitem__)
    assert score.figures == {
        "direct": 0.25,
        "helped": 0.5,
        "wrong": 0.25,
        "declined": 0.25,
        "false_near": 0.5,
        "false_far": None,
        "incident": None,
        "smalltalk": None,
    }
    assert score.per_rule() == {"a-1": {"direct": 1, "declined": 1}, "a-2": {"wrong": 1, "helped": 1}}
    assert ("a-2", "a-1", 1) in score.confusions()
    assert ("near", "a-1", 1) in score.confusions()


def test_every_bad_line_of_a_question_set_is_told(tmp_path: Path) -> None:
    file = tmp_path / "set.jsonl"
    file.write_text(
        '{"q": "a", "labels": ["a-9"]}\nnonsense\n{"q": "b", "labels": []}\n\n{"q": "c", "labels": '
        '["near"], "lang": "de"}\n[1]\n'
    )
    with pytest.raises(PackError) as error:
        read_questions(file, ["a-1"])
    lines = [str(problem).removeprefix(f"{file}:") for problem in error.value.problems]
    assert lines == [
        '1: unknown label "a-9"; did you mean "a-1"?',
        '2: expected an object such as {"q": "…", "labels": ["profilering-4"], "lang": "nl"}',
        '3: "q" should be a text and "labels" a list of at least one label',
        '5: unknown language "de"; use nl or en',
        '6: expected an object such as {"q": "…", "labels": ["profilering-4"], "lang": "nl"}',
    ]


@pytest.mark.parametrize("content", [None, "", "\n\n"])
def test_a_set_without_questions_is_told(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "set.jsonl"
    if content is not None:
        file.write_text(content)
    with pytest.raises(PackError, match=r"missing|no questions"):
        read_questions(file, [])
