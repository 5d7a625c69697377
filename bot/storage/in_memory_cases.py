"""A case file for one process and its lifetime (the terminal, tests): `handlers.cases.repository.Cases`
without a database.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from handlers.cases.access import may
from handlers.cases.case import Case, CaseHead, Event
from handlers.cases.repository import CaseList
from handlers.turn import Person


@dataclass
class InMemoryCases:
    kept: dict[str, Case] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    """The audit log."""
    refusals: list[tuple[str, str]] = field(default_factory=list)
    """Access and case."""
    numbers: dict[int, int] = field(default_factory=dict)
    """Year → the last number given."""
    opened: list[str] = field(default_factory=list)
    """Ids of the cases whose content was read, so that a test can tell that it was not."""

    async def head(self, case_id: str) -> CaseHead | None:
        case = self.kept.get(case_id)
        return case.head if case and case.state != "vernietigd" else None

    async def find(self, number: str) -> CaseHead | None:
        found = [
            case.head
            for case in self.kept.values()
            if number and case.number == number and case.state != "vernietigd"
        ]
        return found[0] if found else None

    async def listed(self, person: Person, skip: int, limit: int) -> CaseList:
        found = sorted(
            (case.head for case in self.kept.values() if may(person, "list", case.head)),
            key=lambda head: head.opened,
            reverse=True,
        )
        return CaseList(tuple(found[skip : skip + limit]), len(found))

    async def drafts(self, reporter: str) -> Sequence[CaseHead]:
        heads = (case.head for case in self.kept.values())
        found = [head for head in heads if head.state == "concept" and head.reporter == reporter]
        return sorted(found, key=lambda head: head.changed, reverse=True)

    async def load(self, head: CaseHead) -> Case:
        self.opened.append(head.id)
        return self.kept[head.id]

    async def next_number(self, year: int) -> str:
        self.numbers[year] = self.numbers.get(year, 0) + 1
        return f"{year}-{self.numbers[year]:04d}"

    async def save(self, case: Case, *events: Event) -> None:
        self.kept[case.id] = case
        self.events.extend(events)

    async def note(self, event: Event) -> None:
        self.events.append(event)

    async def refused(self, access: str, case_id: str = "") -> None:
        self.refusals.append((access, case_id))
