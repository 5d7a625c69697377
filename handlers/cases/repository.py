"""The port to the case file: what a handler may ask of it within its turn. Content is opened only after the
gate has looked at the head.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from handlers.cases.case import Case, CaseHead, Event
from handlers.turn import Person


class UnreadableCaseError(Exception):
    """What is stored of a case is damaged, or encrypted with a key that is lost."""


@dataclass(frozen=True, slots=True)
class CaseList:
    """One page of the cases that a person may see."""

    heads: tuple[CaseHead, ...]
    count: int
    """Of all pages."""
    unreadable: tuple[str, ...] = ()
    """Numbers of damaged cases, which are left out: named to the board and to who works on them."""


class Cases(Protocol):
    """The case file, within the one transaction of a turn. Heads are plain; `load` decrypts, so
    ask the gate first.
    """

    async def head(self, case_id: str) -> CaseHead | None:
        """The head of a case, and the case locked until the turn ends. None where there is none, or it is
        destroyed.
        """

    async def find(self, number: str) -> CaseHead | None:
        """The same, by its number."""

    async def listed(self, person: Person, skip: int, limit: int) -> CaseList:
        """The cases that the gate lets this person list, newest first, from number `skip` on."""

    async def drafts(self, reporter: str) -> Sequence[CaseHead]:
        """A person's drafts, last changed first."""

    async def load(self, head: CaseHead) -> Case:
        """What the case holds. Raises `UnreadableCaseError`."""

    async def next_number(self, year: int) -> str:
        """The next number of the board in this year: "2026-0001". No number is given twice; one is lost where
        the turn fails.
        """

    async def save(self, case: Case, *events: Event) -> None:
        """Keep a new or changed case and what was done with it. In state `vernietigd` the content's key is
        destroyed with it.
        """

    async def note(self, event: Event) -> None:
        """Keep that something was done that changes nothing: a case was read or exported."""

    async def refused(self, access: str, case_id: str = "") -> None:
        """Keep that the person of this turn was refused: which access, and to which case if there is one."""
