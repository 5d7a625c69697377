"""What decides which steps a case of Allure demands, as the protocol has it: facts from the answers, and two
decisions of the board.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from knowledge.pack import loading, policy
from knowledge.pack.policy import UNKNOWN, Policy, Step
from tests.conftest import ALLURE

Involved = Literal["leerling", "ouder", "medewerker"]
Criminal = Literal["nee", "weet_niet", "ja"]
Qualification = Literal["open", "grensoverschrijdend", "niet"]
Police = Literal["open", "aangifte", "geen_aangifte"]


@dataclass(frozen=True, slots=True)
class Facts:
    """Raises `ValueError` where nobody is involved."""

    involved: frozenset[Involved]
    """Who did it; at least one."""
    criminal: Criminal
    """Whether it may be a criminal offence."""
    sexual_minor: bool
    """Whether someone who works for the school possibly did something sexual towards a pupil under 18. "Weet
    ik niet" counts as yes.
    """

    def __post_init__(self) -> None:
        if not self.involved:
            raise ValueError("an incident without anybody involved has no steps")


@dataclass(frozen=True, slots=True)
class Decisions:
    """What the board decided; the reasons are with the case."""

    qualification: Qualification = "open"
    """Whether an employee's way of communicating is transgressive (`bepalingen-4`)."""
    police: Police = "open"
    """Whether the foundation reports to the police (`bepalingen-6`)."""


UNDECIDED = Decisions()


def required_steps(facts: Facts, decisions: Decisions = UNDECIDED) -> tuple[Step, ...]:
    """What Allure's policy demands of such a case."""
    given = {
        "who": tuple(facts.involved),
        "criminal": (UNKNOWN if facts.criminal == "weet_niet" else facts.criminal,),
        "sexual": ("ja" if facts.sexual_minor else "nee",),
    }
    outcomes = {"grensoverschrijdend": "ja", "niet": "nee", "aangifte": "ja", "geen_aangifte": "nee"}
    decided = {"kwalificatie": decisions.qualification, "aangifte": decisions.police}
    return policy.required_steps(
        allures(), given, {about: outcomes[how] for about, how in decided.items() if how != "open"}
    )


@cache
def allures() -> Policy:
    return loading.load(ALLURE, learnable=False).policy
