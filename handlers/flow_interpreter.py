"""The one interpreter of guided talks: which question is open is a pure function of the flow and the
answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from knowledge.pack.flow import Condition, Flow, Outcome, Step


@dataclass(frozen=True, slots=True)
class Chosen:
    options: tuple[str, ...]
    kind: Literal["chosen"] = "chosen"


@dataclass(frozen=True, slots=True)
class Written:
    text: str
    kind: Literal["written"] = "written"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Weet ik niet."""

    kind: Literal["unknown"] = "unknown"


Answer = Chosen | Written | Unknown
Answers = Mapping[str, Answer]
"""Step → answer. May hold answers of branches that a later change closed; only those on the path count."""


@dataclass(frozen=True, slots=True)
class Run:
    """One person's way through one flow."""

    flow: str
    version: int
    answers: Answers = field(default_factory=dict)
    at: str | None = None
    """The step that the person went back to; None is the first step without an answer."""
    revision: int = 0
    """Goes up with every change, so that a button of an earlier question is known as old."""


@dataclass(frozen=True, slots=True)
class Path:
    """The way through a flow that the answers describe."""

    answered: tuple[Step, ...]
    open: Step | None
    """The first step on the way without an answer; None at the end."""
    outcome: Outcome | None
    """Where the way ended; None while a step is open, and at the end of a flow without outcomes."""


class WrongAnswerError(ValueError):
    """An answer that the open step does not take."""


def walk(flow: Flow, answers: Answers) -> Path:
    """Follow the answers from the first step."""
    answered: list[Step] = []
    position = 0
    while position < len(flow.steps):
        step = flow.steps[position]
        if step.when and not _holds(step.when, answers, answered):
            position += 1
            continue
        answer = answers.get(step.id)
        if answer is None:
            return Path(tuple(answered), step, None)
        answered.append(step)
        goes = _goes(step, answer)
        outcome = flow.outcome(goes) if goes else None
        if outcome:
            return Path(tuple(answered), None, outcome)
        later = enumerate(flow.steps[position + 1 :], position + 1) if goes else ()
        position = next((i for i, other in later if other.id == goes), position + 1)
    return Path(tuple(answered), None, None)


def live(flow: Flow, answers: Answers) -> dict[str, Answer]:
    """The answers that count: those on the path, in its order."""
    return {step.id: answers[step.id] for step in walk(flow, answers).answered}


def current(flow: Flow, run: Run) -> Step | None:
    """The step that is asked now: the one gone back to, else the first open one; None at the end."""
    path = walk(flow, run.answers)
    if run.at is not None:
        return next((step for step in path.answered if step.id == run.at), path.open)
    return path.open


def answer(flow: Flow, run: Run, given: Answer) -> Run:
    """The run after an answer to the current step. Raises `WrongAnswerError` where the step does not take
    it.
    """
    step = current(flow, run)
    if step is None:
        raise WrongAnswerError("no question is open")
    _check(step, given)
    return replace(run, answers={**run.answers, step.id: given}, at=None, revision=run.revision + 1)


def back(flow: Flow, run: Run) -> Run | None:
    """The run one question earlier; None at the first."""
    path = walk(flow, run.answers)
    before = [step.id for step in path.answered]
    if run.at in before:
        before = before[: before.index(run.at)]
    return replace(run, at=before[-1], revision=run.revision + 1) if before else None


def edit(flow: Flow, run: Run, step: str) -> Run:
    """The run with this step asked again. Raises `WrongAnswerError` where it is not on the path."""
    if step not in {answered.id for answered in walk(flow, run.answers).answered}:
        raise WrongAnswerError(f'"{step}" is not among the answered questions')
    return replace(run, at=step, revision=run.revision + 1)


def progress(flow: Flow, run: Run) -> tuple[int, int]:
    """(number of the current step, how many there are if it goes on in order)."""
    path = walk(flow, run.answers)
    step = current(flow, run)
    done = [other.id for other in path.answered]
    number = done.index(step.id) + 1 if step and step.id in done else len(done) + (1 if path.open else 0)
    total = len(done)
    if path.open:
        ahead = flow.steps[flow.steps.index(path.open) :]
        total += sum(_may_hold(other.when, run.answers, path.answered) for other in ahead)
    return number, total


def _goes(step: Step, given: Answer) -> str | None:
    if isinstance(given, Chosen):
        for chosen in given.options:
            option = step.option(chosen)
            if option and option.goes:
                return option.goes
    return step.goes


def _holds(condition: Condition, answers: Answers, answered: list[Step]) -> bool:
    on_path = {step.id for step in answered}
    return all(step in on_path and _has(answers[step], options) for step, options in condition.items())


def _may_hold(condition: Condition, answers: Answers, answered: tuple[Step, ...]) -> bool:
    """Whether nothing answered so far rules the condition out."""
    on_path = {step.id for step in answered}
    return all(step not in on_path or _has(answers[step], options) for step, options in condition.items())


def _has(given: Answer, options: tuple[str, ...]) -> bool:
    chosen = (
        given.options if isinstance(given, Chosen) else ("unknown",) if isinstance(given, Unknown) else ()
    )
    return any(option in options for option in chosen)


def _check(step: Step, given: Answer) -> None:
    if isinstance(given, Unknown):
        if step.required or step.kind == "show":
            raise WrongAnswerError(f'"{step.id}" needs an answer')
    elif isinstance(given, Chosen):
        if step.kind == "show" and not given.options:
            return
        if step.kind not in ("choice", "choices", "school") or not given.options:
            raise WrongAnswerError(f'"{step.id}" takes no choice')
        if step.kind != "choices" and len(given.options) > 1:
            raise WrongAnswerError(f'"{step.id}" takes one choice')
        unknown = [
            option for option in given.options if step.option(option) is None and step.kind != "school"
        ]
        if unknown:
            raise WrongAnswerError(f'"{step.id}" has no option "{unknown[0]}"')
    elif step.kind not in ("text", "when") or not given.text.strip():
        raise WrongAnswerError(f'"{step.id}" takes no text')
