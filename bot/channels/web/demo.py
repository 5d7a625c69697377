"""Roles to try on somebody's own machine: a school of nobody's, and an invitation that is redeemed at
once.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Connection

from bot.channels.web.visitor import CHANNEL
from bot.storage import SqlStore, people_repository, school_repository
from handlers.turn import Role

SCHOOL = "Demonstratieschool"


class StoredRoles:
    """A `DemoRoles` over the store's own invitations, so that a tried role is bound as a true one is."""

    def __init__(self, store: SqlStore, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now
        self._bound: set[str] = set()

    async def bind(self, person: str, role: Role) -> None:
        if person not in self._bound:
            await self._store.call(lambda connection: self._bind(connection, person, role))
            self._bound.add(person)

    def _bind(self, connection: Connection, person: str, role: Role) -> None:
        if people_repository.role_of(connection, person)[0] == role:
            return
        if SCHOOL not in dict(school_repository.all_schools(connection)).values():
            school_repository.add_school(connection, SCHOOL)
        code = people_repository.invite(
            connection, role, [SCHOOL] if role == "directie" else [], CHANNEL, self._now()
        )
        people_repository.redeem(connection, code, person, self._now())


def only_asks(connection: Connection, person: str) -> tuple[Role, tuple[str, ...]]:
    """Roles where the page is open to the world: whoever comes by it has none, whatever was bound to them."""
    return (
        ("medewerker", ())
        if person.startswith(f"{CHANNEL}:")
        else people_repository.role_of(connection, person)
    )
