"""Roles in words."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.people import ROLE_NAMES
from handlers.texts import Texts
from handlers.turn import Role


def named(role: Role, schools: Sequence[str], texts: Texts) -> str:
    """ "directie (De Ark, De Vlieger)"; `schools` are names."""
    name = texts(ROLE_NAMES[role])
    return f"{name} ({', '.join(sorted(schools))})" if schools else name
