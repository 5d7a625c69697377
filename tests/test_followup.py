"""Questions that lean on the one before. Each line of the sets is a pair: the question before, and what is
asked then; `followup` false is a new question that must not be dragged to the old topic."""

import json
from dataclasses import dataclass

import pytest

from handlers.questions.follow_up import understand
from knowledge.matching.matcher import Matcher, Outcome
from tests.conftest import QUESTIONS

LEAST_RIGHT = {"first": 0.95, "second": 0.9}
"""Share of follow-ups with the right rule or silence, in the answer or among the choices; what was measured
stands in docs/understanding.md.
"""


@dataclass(frozen=True)
class Pair:
    before: str
    q: str
    labels: tuple[str, ...]
    followup: bool

    def right(self, outcome: Outcome) -> bool:
        if outcome.status == "answer":
            return outcome.rule in self.labels
        if outcome.status == "choose":
            return bool(set(outcome.choices) & set(self.labels))
        return (outcome.topic or outcome.status).partition("/")[0] in self.labels


def pairs(name: str) -> list[Pair]:
    lines = (QUESTIONS / "followups" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [
        Pair(row["before"], row["q"], tuple(row["labels"]), row["followup"]) for row in map(json.loads, lines)
    ]


@pytest.mark.parametrize("name", LEAST_RIGHT)
def test_follow_ups_are_understood_with_the_question_before(matcher: Matcher, name: str) -> None:
    asked = [pair for pair in pairs(name) if pair.followup]
    wrong = [pair for pair in asked if not pair.right(understand(pair.q, pair.before, matcher))]
    assert 1 - len(wrong) / len(asked) >= LEAST_RIGHT[name], wrong


@pytest.mark.parametrize("name", LEAST_RIGHT)
def test_a_new_question_is_never_dragged_to_the_old_topic(matcher: Matcher, name: str) -> None:
    new = [pair for pair in pairs(name) if not pair.followup]
    assert [pair.q for pair in new if understand(pair.q, pair.before, matcher) != matcher.ask(pair.q)] == []


def test_without_a_question_before_a_text_stands_by_itself(matcher: Matcher) -> None:
    assert understand("en op insta?", None, matcher) == matcher.ask("en op insta?")
