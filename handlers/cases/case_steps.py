"""What a case demands now: from its final answers and the board's decisions to facts, and from those to steps
and their texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import get_args

from handlers.cases.case import Case
from handlers.cases.incident_facts import Criminal, Decisions, Facts, Involved
from handlers.cases.required_steps import Step, needed, required_steps
from handlers.flow_interpreter import Answers, Chosen, live
from knowledge.pack import step_texts
from knowledge.pack.flow import Flow
from knowledge.pack.loading import Pack
from knowledge.pack.step_texts import StepTexts

WHO, HURT, SEXUAL, CRIMINAL = "who", "hurt", "sexual", "criminal"
"""The questions of the talk whose answers decide which steps follow."""
_CRIMINAL: Mapping[str, Criminal] = {"nee": "nee", "ja": "ja"}


def demanded(case: Case, flow: Flow) -> tuple[Step, ...]:
    """The steps that the case demands, in order. Raises `ValueError` where it does not say who did it."""
    return required_steps(facts_of(live(flow, case.answers)), decisions_of(case))


def facts_of(answers: Answers) -> Facts:
    """Raises `ValueError` where the answers do not say who did it. "Weet ik niet" is never taken for
    "nee".
    """
    involved = frozenset(known for known in get_args(Involved) if known in chosen(answers, WHO))
    criminal: Criminal = next(
        (_CRIMINAL[option] for option in chosen(answers, CRIMINAL) if option in _CRIMINAL), "weet_niet"
    )
    return Facts(involved, criminal, chosen(answers, SEXUAL) != ("nee",))


def decisions_of(case: Case) -> Decisions:
    qualification, police = case.decided("kwalificatie"), case.decided("aangifte")
    return Decisions(
        "open"
        if qualification is None
        else "grensoverschrijdend"
        if qualification.outcome == "ja"
        else "niet",
        "open" if police is None else "aangifte" if police.outcome == "ja" else "geen_aangifte",
    )


def chosen(answers: Answers, step: str) -> tuple[str, ...]:
    """The options chosen at a question; none where it was not asked, or not known."""
    given = answers.get(step)
    return given.options if isinstance(given, Chosen) else ()


def texts_of_steps(pack: Pack) -> StepTexts:
    """What the pack says about the steps. Raises `knowledge.files.problems.PackError`."""
    return _load(pack.folder, tuple(rule.id for rule in pack.protocol))


@cache
def _load(folder: Path, rules: tuple[str, ...]) -> StepTexts:
    return step_texts.load(folder, needed(rules))
