"""The ids that the program itself reads in a pack: the one place where code and pack agree on names.
Everything else that the report asks and demands is the pack's own (flows/incident.yaml, steps.yaml).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from knowledge.files.problems import Problem, did_you_mean
from knowledge.pack.flow import Flow, Step
from knowledge.pack.policy import SHARES, Policy

REPORT: Final = "incident"
"""The talk in which an incident is reported: flows/incident.yaml."""
WHO: Final = "who"
HURT: Final = "hurt"
DANGER: Final = "danger"
SCHOOL: Final = "school"
WHEN: Final = "when"
WHAT: Final = "what"
NEXT: Final = "next"
"""The question about the next agreement; its day is `AGREED_ON`."""
AGREED_ON: Final = "next_date"
"""The question about the day of the next agreement."""
PUPIL, PARENT, EMPLOYEE, OF_SCHOOL = "leerling", "ouder", "medewerker", "school"
YES, NO = "ja", "nee"
DIRECTOR, BOARD = "directeur", "bestuur"
CONTACTS = (DIRECTOR, BOARD)
"""Contacts that every pack needs: who may not report an incident is sent to them."""

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    DANGER: (YES, NO),
    WHO: (PUPIL, PARENT, EMPLOYEE),
    HURT: (PUPIL, PARENT, EMPLOYEE, OF_SCHOOL),
    SCHOOL: (),
    WHEN: (),
    WHAT: (),
}
"""Question that every report has → the options that are read."""
MAY_ASK: Mapping[str, tuple[str, ...]] = {
    "sexual": (YES, NO),
    "self": (YES, NO),
    "criminal": (YES, NO),
    "medium": (),
    "audience": (),
    "online": (),
    "known": (),
    "told": (),
    NEXT: (),
    AGREED_ON: (),
}
"""Question that a report may leave out → the options that are read where it is asked."""
KINDS: Mapping[str, tuple[str, ...]] = {
    DANGER: ("choice",),
    WHO: ("choices",),
    HURT: ("choices",),
    SCHOOL: ("school",),
    WHEN: ("when",),
    WHAT: ("text",),
}


def examine(flow: Flow, policy: Policy) -> Iterator[Problem]:
    """What the report's talk lacks or misspells of all that is read by name, each with a suggestion."""
    asked = {step.id: step for step in flow.steps}
    unknown = [name for name in asked if name not in QUESTIONS and name not in MAY_ASK]
    for name in QUESTIONS:
        if name not in asked:
            near = next((other for other in unknown if _is_renamed(asked[other], name)), "")
            line = asked[near].line if near else 1
            is_it = f'; is it what is called "{near}" here?' if near else did_you_mean(name, unknown)
            yield Problem(flow.path, line, f'the report needs a question "{name}"{is_it}')
    for name in unknown:
        left = [other for other in MAY_ASK if other not in asked]
        if suggestion := did_you_mean(name, left):
            yield Problem(flow.path, asked[name].line, f'question "{name}" is not known{suggestion}')
    for name, options in {**QUESTIONS, **MAY_ASK}.items():
        if step := asked.get(name):
            yield from _options(flow, step, options)
            if step.kind not in KINDS.get(name, (step.kind,)):
                kinds = " or ".join(KINDS[name])
                yield Problem(flow.path, step.line, f'question "{name}" should be of kind {kinds}')
    for step in flow.steps:
        yield from _in_record(flow, step, policy)


def _options(flow: Flow, step: Step, options: tuple[str, ...]) -> Iterator[Problem]:
    has = [option.id for option in step.options]
    for option in options:
        if option not in has:
            others = [name for name in has if name not in options]
            near = did_you_mean(option, others) or (f"; is it one of {', '.join(others)}?" if others else "")
            yield Problem(flow.path, step.line, f'question "{step.id}" needs an option "{option}"{near}')


def _in_record(flow: Flow, step: Step, policy: Policy) -> Iterator[Problem]:
    if step.kind in ("show", "school"):
        return
    if step.in_record is None:
        yield Problem(
            flow.path,
            step.line,
            f'question "{step.id}" does not say with `in_record` which records its answer goes into; '
            f"known are {', '.join(SHARES)}, or a list of records",
        )
    elif step.in_record == "own" and not step.options:
        yield Problem(flow.path, step.line, f'question "{step.id}" has no options, so it cannot be "own"')
    elif isinstance(step.in_record, tuple):
        for name in step.in_record:
            if name not in policy.records:
                near = did_you_mean(name, policy.records)
                yield Problem(flow.path, step.line, f'unknown record "{name}" at question "{step.id}"{near}')


def _is_renamed(step: Step, name: str) -> bool:
    """Whether a question of another name has the options that are read in this one."""
    options = {option.id for option in step.options}
    return bool(QUESTIONS[name]) and options >= set(QUESTIONS[name])
