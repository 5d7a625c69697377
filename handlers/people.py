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
KEEPERS: tuple[Role, ...] = ("directie", "bestuur")
"""The roles that keep cases."""
INVITATION_LASTS = timedelta(hours=72)
TRIES = 5
"""Wrong codes or wrong PINs, per person and hour; after that even the right one is refused."""
TRIES_COUNT_FOR = timedelta(hours=1)
OPEN_FOR = timedelta(minutes=15)
"""How long a chat stays open after the PIN, counted from the last time that a case was looked at. What the
session waits for, and documents on offer, end with it.
"""
OPEN_AT_MOST = timedelta(hours=8)
"""After this long the PIN is asked again, however busy the chat was."""

CODE = re.compile(r"[A-Za-z0-9_-]{24}")
"""What a code of an invitation looks like; other words after /start mean something else."""
PIN = re.compile(r"\d{4,8}")


@dataclass(frozen=True, slots=True)
class Bound:
    """What an invitation made of a person."""

    role: Role
    schools: tuple[str, ...]
    """Names of all schools that the person has now."""
    before: Role | None = None
    """The role that the person had before, if any."""
    added: tuple[str, ...] = ()
    """Names of the schools that came to those that the person had."""
    again: bool = False
    """Whether this person used the invitation earlier; nothing changed."""


@dataclass(frozen=True, slots=True)
class Unlocking:
    """What became of trying a PIN."""

    outcome: Literal["open", "wrong", "locked"]
    """`locked` says nothing about the PIN that was tried."""
    left: int = 0
    """If it was wrong: how many tries are left in this hour."""
    just_locked: bool = False
    """Whether this try was the last one."""
    earlier: int = 0
    """If it was right: how many wrong ones came before it."""
    earlier_at: datetime | None = None
    """When the last of those came."""


class People(Protocol):
    """What is kept about the roles of people. All of it is about the person and the chat of this turn, where
    nothing else is named.
    """

    async def redeem(self, code: str, at: datetime) -> Bound | Literal["elsewhere"] | None:
        """Bind the person to the role of an invitation, once; schools are added to those of the same role.
        Somebody new, and whoever was invited because of a forgotten PIN, has none after it; everybody else
        keeps theirs. None for a code that is wrong, expired, used by somebody else, for another channel or
        person, or that comes after too many wrong ones: nobody can tell which. "elsewhere", and the code
        stays good, where roles count for nothing.
        """

    async def has_pin(self) -> bool: ...

    async def may_choose_pin(self, at: datetime) -> bool:
        """Whether the person has no PIN and was invited so lately that it is them who chooses one."""

    async def propose_pin(self, pin: str, at: datetime) -> None:
        """Remember (a hash of) a new PIN that counts once it was confirmed. Only after `may_choose_pin`, or
        in an open chat.
        """

    async def confirm_pin(self, pin: str, at: datetime) -> bool:
        """Whether it is the one proposed lately: if so it replaces the earlier one and opens this chat alone.
        Wrong tries go on counting.
        """

    async def unlock(self, pin: str, at: datetime) -> Unlocking:
        """Try the PIN; the right one opens the chat."""

    async def is_locked(self, at: datetime) -> bool:
        """Whether too many wrong PINs were tried lately."""

    async def is_open(self, at: datetime, looking: bool = True) -> bool:
        """Whether the chat is open; `looking` keeps it open."""

    async def of_board(self) -> Sequence[str]:
        """Ids of all persons with the role `bestuur`."""

    async def of_school(self, school: str) -> Sequence[str]:
        """Ids of the persons with the role `directie` at this school."""

    async def snooze(self, case: str, until: datetime) -> None:
        """No reminder of this case for the person until then."""

    async def schools(self, open_only: bool = False) -> Sequence[tuple[str, str]]:
        """(id, name) of every school of the board, or of those that are not closed, by name."""


def is_weak(pin: str) -> bool:
    """Whether it is among the first that anybody tries: one digit repeated, or digits in a row."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1})
