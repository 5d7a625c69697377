"""What decides which steps a case demands: four facts from the final answers, and two decisions of the
board.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
