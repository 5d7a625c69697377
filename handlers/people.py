"""Who may keep cases: roles bound by invitation, and the PIN that stands before a case's content."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, Protocol

from handlers.turn import Role

ROLE_NAMES: Mapping[Role, str] = {
    "medewerker": "role_medewerker",
    "directie": "role_directie",
    "bestuur": "role_bestuur",
    "beheerder": "role_beheerder",
}
"""Role → the text that names it."""
INVITATION_LASTS = timedelta(hours=72)
TRIES = 5
"""Wrong codes or wrong PINs, per person and hour; after that even the right one is refused."""
TRIES_COUNT_FOR = timedelta(hours=1)
OPEN_FOR = timedelta(minutes=15)
"""How long a chat stays open after the PIN, counted from the last time that a case was looked at."""
OPEN_AT_MOST = timedelta(hours=8)
"""After this long the PIN is asked again, however busy the chat was."""

CODE = re.compile(r"[A-Za-z0-9_-]{24}")
"""What a code of an invitation looks like; other words after /start mean something else."""
PIN = re.compile(r"\d{4,8}")
Unlocking = Literal["open", "wrong", "locked"]


@dataclass(frozen=True, slots=True)
class Bound:
    """What an invitation made of a person."""

    role: Role
    schools: tuple[str, ...]
    """Names of the schools, for people."""


class People(Protocol):
    """What is kept about the roles of people. All of it is about the person and the chat of this turn, where
    nothing else is named.
    """

    async def redeem(self, code: str, at: datetime) -> Bound | Literal["elsewhere"] | None:
        """Bind the person to the role of an invitation, once. None for a code that is wrong, used, expired,
        for another channel, or that comes after too many wrong ones: nobody can tell which. "elsewhere", and
        the code stays good, where roles count for nothing."""

    async def has_pin(self) -> bool: ...

    async def set_pin(self, pin: str, at: datetime) -> None:
        """Keep (a hash of) the PIN in place of the earlier one, forget wrong tries, and open the chat."""

    async def unlock(self, pin: str, at: datetime) -> Unlocking:
        """Try the PIN; the right one opens the chat. `locked` says nothing about the PIN that was tried."""

    async def is_open(self, at: datetime) -> bool:
        """Whether the chat is open; looking keeps it open."""

    async def lock(self) -> None:
        """Close the chat."""

    async def of_board(self) -> Sequence[str]:
        """Ids of all persons with the role `bestuur`."""

    async def of_school(self, school: str) -> Sequence[str]:
        """Ids of the persons with the role `directie` at this school."""

    async def snooze(self, case: str, until: datetime) -> None:
        """No reminder of this case for the person until then."""

    async def schools(self) -> Sequence[tuple[str, str]]:
        """(id, name) of every school of the board, by name."""


def is_weak(pin: str) -> bool:
    """Whether it is among the first that anybody tries: one digit repeated, or digits in a row."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1})
