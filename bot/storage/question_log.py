"""Reading the journal: what people asked in vain, and which answers helped. Functions of an open
transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, func, select

from bot.storage.schema import feedback, unanswered


@dataclass(frozen=True, slots=True)
class InVain:
    """A question that found no answer; the same words count together."""

    question: str
    language: str
    nearest: str | None
    """The rule or topic that came nearest."""
    times: int
    last: date


@dataclass(frozen=True, slots=True)
class Judged:
    label: str
    """The rule or topic that was answered with."""
    helpful: int
    unhelpful: int


def in_vain(connection: Connection) -> Sequence[InVain]:
    """Newest first."""
    found: dict[tuple[str, str, str | None], InVain] = {}
    for row in connection.execute(
        select(unanswered).order_by(unanswered.c.day.desc(), unanswered.c.id.desc())
    ):
        key = (" ".join(row.question.casefold().split()), row.language, row.label)
        known = found.get(key)
        found[key] = InVain(
            known.question if known else row.question,
            row.language,
            row.label,
            known.times + 1 if known else 1,
            known.last if known else row.day,
        )
    return list(found.values())


def judged(connection: Connection) -> Sequence[Judged]:
    """Which helped least first."""
    helpful = func.sum(case((feedback.c.helpful, 1), else_=0))
    unhelpful = func.sum(case((feedback.c.helpful, 0), else_=1))
    query = (
        select(feedback.c.label, helpful, unhelpful)
        .group_by(feedback.c.label)
        .order_by(unhelpful.desc(), feedback.c.label)
    )
    return [Judged(label, int(yes), int(no)) for label, yes, no in connection.execute(query)]
