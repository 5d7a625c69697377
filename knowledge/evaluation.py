"""Scoring labelled question sets: how often people are helped, how often the assistant is wrong, and
where.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from knowledge.files.problems import PackError, Problem, did_you_mean
from knowledge.language.words import LANGUAGES
from knowledge.matching.matcher import Outcome

Verdict = Literal["direct", "helped", "wrong", "missed", "declined", "right", "false"]
OUTSIDE = ("near", "far", "incident", "smalltalk")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with the labels that a person gave it, best first."""

    question: str
    labels: tuple[str, ...]
    language: str

    @property
    def kind(self) -> str:
        """`rule`, or the label itself for near, far, incident and smalltalk."""
        return self.labels[0] if self.labels[0] in OUTSIDE else "rule"


@dataclass(frozen=True, slots=True)
class Judged:
    labelled: Labelled
    outcome: Outcome
    verdict: Verdict


@dataclass(slots=True)
class Score:
    """Counts over a set; every figure below is a share, 0 to 1, or None where the set has no such
    question.
    """

    judged: list[Judged] = field(default_factory=list)

    def count(self, kind: str, *verdicts: Verdict) -> int:
        return sum(j.labelled.kind == kind and (not verdicts or j.verdict in verdicts) for j in self.judged)

    def share(self, kind: str, *verdicts: Verdict) -> float | None:
        total = self.count(kind)
        return self.count(kind, *verdicts) / total if total else None

    @property
    def figures(self) -> dict[str, float | None]:
        return {
            "direct": self.share("rule", "direct"),
            "helped": self.share("rule", "direct", "helped"),
            "wrong": self.share("rule", "wrong"),
            "declined": self.share("rule", "declined"),
            "false_near": self.share("near", "false"),
            "false_far": self.share("far", "false"),
            "incident": self.share("incident", "right"),
            "smalltalk": self.share("smalltalk", "right"),
        }

    def per_rule(self) -> dict[str, Counter[str]]:
        """Rule → how its questions fared."""
        found: dict[str, Counter[str]] = {}
        for j in self.judged:
            if j.labelled.kind == "rule":
                found.setdefault(j.labelled.labels[0], Counter())[j.verdict] += 1
        return dict(sorted(found.items()))

    def confusions(self) -> list[tuple[str, str, int]]:
        """(wanted, got, how often) for everything that was not right, most frequent first."""
        pairs: Counter[tuple[str, str]] = Counter()
        for j in self.judged:
            if j.verdict not in ("direct", "helped", "right"):
                outcome = j.outcome
                got = outcome.rule or (
                    outcome.status if outcome.status != "choose" else f"choose {outcome.choices[0]}"
                )
                pairs[j.labelled.labels[0], got] += 1
        return [(wanted, got, n) for (wanted, got), n in pairs.most_common()]


def judge(labelled: Labelled, outcome: Outcome) -> Verdict:
    """How an outcome serves a labelled question.

    For a rule: `direct` (answered with it), `helped` (among the choices offered), `wrong` (another rule
    asserted), `missed` (asked back without it) or `declined`. For near and far: `false` if a rule was
    asserted, else `right`. An incident is `right` if it was recognised or a report was offered, smalltalk if
    it was recognised.
    """
    kind = labelled.kind
    if kind == "rule":
        if outcome.status == "answer":
            return "direct" if outcome.rule in labelled.labels else "wrong"
        if outcome.status == "choose":
            return "helped" if set(outcome.choices) & set(labelled.labels) else "missed"
        return "declined"
    if kind == "incident":
        return "right" if outcome.status == "incident" or outcome.offers_incident else "missed"
    if kind == "smalltalk":
        return "right" if outcome.status == "smalltalk" else "missed"
    return "false" if outcome.status == "answer" else "right"


def evaluate(questions: Iterable[Labelled], ask: Callable[[str], Outcome]) -> Score:
    score = Score()
    for labelled in questions:
        outcome = ask(labelled.question)
        score.judged.append(Judged(labelled, outcome, judge(labelled, outcome)))
    return score


def read_questions(file: Path, rules: Sequence[str]) -> list[Labelled]:
    """The questions of a JSON-lines file. Raises `PackError` with every bad line, or if the file cannot be
    read.
    """
    path = str(file)
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        raise PackError([Problem(path, 0, "the file is missing")]) from None
    except (OSError, UnicodeDecodeError) as error:
        raise PackError([Problem(path, 0, f"cannot be read: {error}")]) from None
    problems: list[Problem] = []
    questions: list[Labelled] = []
    for number, line in enumerate(lines, 1):
        if line.strip():
            labelled, faults = _question(line, [*rules, *OUTSIDE])
            problems += [Problem(path, number, fault) for fault in faults]
            questions += [labelled] if labelled else []
    if not problems and not questions:
        problems.append(Problem(path, 0, "the file holds no questions"))
    if problems:
        raise PackError(problems)
    return questions


def _question(line: str, known: Sequence[str]) -> tuple[Labelled | None, list[str]]:
    """The question on a line, and what is wrong with it."""
    try:
        entry = json.loads(line)
        question, labels, language = entry["q"], entry["labels"], entry.get("lang", "nl")
    except (ValueError, TypeError, KeyError, AttributeError):
        return None, ['expected an object such as {"q": "…", "labels": ["profilering-4"], "lang": "nl"}']
    if (
        not isinstance(question, str)
        or not isinstance(labels, list)
        or not labels
        or not all(isinstance(label, str) for label in labels)
    ):
        return None, ['"q" should be a text and "labels" a list of at least one label']
    faults = [
        f'unknown label "{label}"{did_you_mean(label, known)}' for label in labels if label not in known
    ]
    if language not in LANGUAGES:
        faults.append(f'unknown language "{language}"; use {" or ".join(LANGUAGES)}')
    return Labelled(question, tuple(labels), str(language)), faults
