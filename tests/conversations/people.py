"""The people of a script: roles as it says, two schools, and a PIN that was chosen and given just now, as
after an invitation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from bot.storage import people_repository, pin_repository, school_repository
from bot.storage.in_memory import Nobody
from handlers.people import OPEN_FOR, TRIES, Unlocking
from handlers.turn import Role, Turn

PIN = "2580"
SCHOOLS: Mapping[str, str] = {"vlieger": "De Vlieger", "linde": "De Linde"}
OWN = ("vlieger",)
"""The schools of every director."""


@dataclass
class Office:
    """What is kept about everybody's PIN."""

    roles: Mapping[str, Role]
    channel: str
    begun: datetime
    looked: dict[str, datetime] = field(default_factory=dict)
    """Person → when a case was last looked at."""
    wrong: dict[str, int] = field(default_factory=dict)

    def ids(self, role: Role) -> list[str]:
        return [f"{self.channel}:{name}" for name, has in self.roles.items() if has == role]


class ScriptPeople(Nobody):
    """What one turn is given."""

    def __init__(self, office: Office, turn: Turn) -> None:
        self.office = office
        self.person = turn.person.id

    async def has_pin(self) -> bool:
        return True

    async def is_open(self, at: datetime, looking: bool = True) -> bool:
        open_now = at - self.office.looked.get(self.person, self.office.begun) <= OPEN_FOR
        if open_now and looking:
            self.office.looked[self.person] = at
        return open_now

    async def unlock(self, pin: str, at: datetime) -> Unlocking:
        if self.office.wrong.get(self.person, 0) >= TRIES:
            return Unlocking("locked")
        if pin != PIN:
            self.office.wrong[self.person] = self.office.wrong.get(self.person, 0) + 1
            return Unlocking("wrong", left=TRIES - self.office.wrong[self.person])
        self.office.looked[self.person] = at
        return Unlocking("open")

    async def is_locked(self, at: datetime) -> bool:
        return self.office.wrong.get(self.person, 0) >= TRIES

    async def of_board(self) -> Sequence[str]:
        return self.office.ids("bestuur")

    async def schools(self, open_only: bool = False) -> Sequence[tuple[str, str]]:
        return list(SCHOOLS.items())


def seat(connection: Connection, person: str, chat: str, role: Role, at: datetime) -> None:
    """Give a role in a real database as an invitation does, with the schools and the PIN of a script, chosen
    just now.
    """
    known = dict(school_repository.all_schools(connection)).values()
    for school in SCHOOLS.values():
        if school not in known:
            school_repository.add_school(connection, school)
    schools = [SCHOOLS[school] for school in OWN] if role == "directie" else []
    code = people_repository.invite(connection, role, schools, None, at)
    people_repository.redeem(connection, code, person, at)
    pin_repository.set_pin(connection, person, chat, PIN, at)
