"""The in-memory twin of the database store (the terminal, tests): nothing outlives the process."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from bot.storage.in_memory_cases import InMemoryCases
from handlers.actions import Action
from handlers.cases.repository import Cases
from handlers.context import Journal, Kept, Memory
from handlers.people import Bound, People, Unlocking
from handlers.reply import Button, Reply
from handlers.session import Session
from handlers.turn import Pressed, Turn
from knowledge.language.words import Language


@dataclass
class InMemory:
    """A store for one process and its lifetime. Replies are not queued: whoever drives it sends them
    itself.
    """

    sessions: dict[tuple[str, str], Session] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    buttons: dict[str, tuple[str, Action | None]] = field(default_factory=dict)
    """Button id → (chat, action)."""
    unanswered: list[tuple[str, Language, str | None]] = field(default_factory=list)
    feedback: list[tuple[str, bool, str]] = field(default_factory=list)
    cases: InMemoryCases = field(default_factory=InMemoryCases)
    people: Callable[[Turn], People] = field(default=lambda turn: Nobody())

    @asynccontextmanager
    async def unit(self, turn: Turn) -> AsyncIterator[InMemoryUnit | None]:
        if turn.delivery in self.seen:
            yield None
            return
        unit = InMemoryUnit(self, turn)
        yield unit
        self.seen.add(turn.delivery)
        if unit.saved:
            self.sessions[turn.chat.id, turn.person.id] = unit.saved

    async def move_chat(self, old: str, new: str) -> bool:
        moving = [(chat, person) for chat, person in self.sessions if chat == old]
        for chat, person in moving:
            self.sessions.setdefault((new, person), self.sessions.pop((chat, person)))
        self.buttons = {
            made: (new if chat == old else chat, action) for made, (chat, action) in self.buttons.items()
        }
        return bool(moving)

    def button_id(self, turn: Turn, button: Button) -> str:
        """The id that a channel sends with a button."""
        made = secrets.token_urlsafe(16)
        self.buttons[made] = (turn.chat.id, button.action)
        return made


class InMemoryUnit:
    def __init__(self, store: InMemory, turn: Turn) -> None:
        self._store = store
        self.turn = turn
        if isinstance(turn.act, Pressed):
            chat, action = store.buttons.get(turn.act.button, ("", None))
            self.turn = replace(turn, act=replace(turn.act, action=action if chat == turn.chat.id else None))
        self.session = store.sessions.get((turn.chat.id, turn.person.id), Session())
        self.saved: Session | None = None

    @property
    def journal(self) -> Journal:
        return self

    @property
    def memory(self) -> Memory:
        return self

    @property
    def people(self) -> People:
        return self._store.people(self.turn)

    @property
    def cases(self) -> Cases:
        return self._store.cases

    def save(self, session: Session, reply: Reply) -> None:
        self.saved = session

    async def unanswered(self, question: str, language: Language, label: str | None) -> None:
        self._store.unanswered.append((question, language, label))

    async def feedback(self, label: str, helpful: bool, question: str) -> None:
        self._store.feedback.append((label, helpful, question))

    async def kept(self) -> Kept:
        counts: Mapping[str, int] = {
            "session": int((self.turn.chat.id, self.turn.person.id) in self._store.sessions)
        }
        return Kept(counts)

    async def forget(self) -> Kept:
        kept = await self.kept()
        self._store.sessions.pop((self.turn.chat.id, self.turn.person.id), None)
        return kept


class Nobody:
    """A `People` without anybody in it: no invitation outlives the process, so none is ever made here."""

    async def redeem(self, code: str, at: datetime) -> Bound | Literal["elsewhere"] | None:
        return "elsewhere"

    async def has_pin(self) -> bool:
        return False

    async def may_choose_pin(self, at: datetime) -> bool:
        return False

    async def propose_pin(self, pin: str, at: datetime) -> None: ...

    async def confirm_pin(self, pin: str, at: datetime) -> bool:
        return False

    async def unlock(self, pin: str, at: datetime) -> Unlocking:
        return Unlocking("wrong")

    async def is_locked(self, at: datetime) -> bool:
        return False

    async def is_open(self, at: datetime, looking: bool = True) -> bool:
        return False

    async def of_board(self) -> Sequence[str]:
        return ()

    async def of_school(self, school: str) -> Sequence[str]:
        return ()

    async def snooze(self, case: str, until: datetime) -> None: ...

    async def schools(self, open_only: bool = False) -> Sequence[tuple[str, str]]:
        return ()
