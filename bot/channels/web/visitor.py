"""Who visits the page: a random cookie whose hash is the person, and on a demonstration the role that they
try.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from starlette.requests import HTTPConnection
from starlette.responses import Response

from handlers.turn import Chat, Person, Role
from knowledge.language.words import Language

CHANNEL = "web"
BITS = 256
LASTS = 180 * 24 * 3600
"""Seconds that a browser keeps the cookie on somebody's own machine."""
_TOKEN = re.compile(r"([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})")
"""What is random, and our signature over it: nobody can make a visitor but we."""

ROLES: tuple[Role, ...] = ("directie", "bestuur")
"""What can be tried beside the ordinary "medewerker"."""


@dataclass(frozen=True, slots=True)
class Visitor:
    key: str
    """Hash of the cookie: who reads it here cannot make the cookie from it."""
    role: Role | None = None
    """The role that is tried; a person and a chat of its own."""

    @property
    def id(self) -> str:
        return f"{CHANNEL}:{self.key}:{self.role}" if self.role else f"{CHANNEL}:{self.key}"

    def person(self, language: Language | None) -> Person:
        return Person(self.id, language)

    @property
    def chat(self) -> Chat:
        return Chat(self.id, history=True)


@dataclass(frozen=True, slots=True)
class Cookie:
    """How the cookie is set."""

    secure: bool = False
    """The page is reached by https: the cookie goes nowhere else."""
    lasting: bool = True
    """Kept when the browser is closed; not where several people use one machine."""
    keys: tuple[bytes, ...] = field(default_factory=lambda: (secrets.token_bytes(32),), repr=False)
    """Signing keys: the first signs, each of them verifies."""

    @property
    def name(self) -> str:
        return "__Host-visitor" if self.secure else "visitor"

    def read(self, connection: HTTPConnection) -> str | None:
        """The visitor's key, or None without a cookie of ours."""
        found = _TOKEN.fullmatch(connection.cookies.get(self.name, ""))
        if not found or not any(hmac.compare_digest(_sign(key, found[1]), found[2]) for key in self.keys):
            return None
        return hashlib.sha256(found[1].encode()).hexdigest()[:40]

    def give(self, response: Response, token: str | None = None) -> None:
        """Set the cookie: a new visitor, or the one with this token once more."""
        if token is None:
            made = secrets.token_urlsafe(BITS // 8)
            token = f"{made}.{_sign(self.keys[0], made)}"
        age = LASTS if self.lasting else None
        response.set_cookie(
            self.name, token, max_age=age, path="/", secure=self.secure, httponly=True, samesite="strict"
        )


def signing_keys(board_keys: Iterable[bytes]) -> tuple[bytes, ...]:
    """Keys for visitors' cookies, derived from the board's, so that every replica has the same."""
    return tuple(hmac.digest(key, b"visitor cookie", "sha256") for key in board_keys)


def _sign(key: bytes, token: str) -> str:
    return base64.urlsafe_b64encode(hmac.digest(key, token.encode(), "sha256")).decode().rstrip("=")
