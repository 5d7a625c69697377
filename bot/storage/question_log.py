"""Reading the journal: what people asked in vain, and which answers helped. Functions of an open
transaction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, case, delete, func, select

from bot.storage.schema import feedback, unanswered
from knowledge.evaluation import Labelled
from knowledge.language.words import LANGUAGES, Language
from knowledge.teaching.groups import Asked


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


def to_teach(connection: Connection) -> list[Asked]:
    """What found no answer, or one that did not help; the same words count together."""
    found: dict[tuple[str, ...], Asked] = {}
    rows = [
        *connection.execute(select(unanswered.c.question, unanswered.c.language, unanswered.c.label)),
        *connection.execute(
            select(feedback.c.question, feedback.c.label).where(
                feedback.c.helpful.is_(False), feedback.c.question != ""
            )
        ),
    ]
    for row in rows:
        text, label = row.question, row.label
        language = _language(getattr(row, "language", "nl"))
        key = (*text.casefold().split(), language)
        known = found.get(key)
        found[key] = Asked(known.text if known else text, language, known.times + 1 if known else 1, label)
    return list(found.values())


def helpful(connection: Connection) -> list[Labelled]:
    """Answers that people found helpful, as labelled questions, once each."""
    rows = connection.execute(
        select(feedback.c.question, feedback.c.label)
        .where(feedback.c.helpful.is_(True), feedback.c.question != "")
        .distinct()
    )
    return [Labelled(row.question, (_label(row.label),), "nl") for row in rows]


def drop(connection: Connection, questions: Sequence[str]) -> int:
    """Take questions off the list, however often they were asked; how many there were."""
    wanted = {" ".join(text.casefold().split()) for text in questions}
    count = 0
    for table in (unanswered, feedback):
        ids = [
            row.id
            for row in connection.execute(select(table.c.id, table.c.question))
            if " ".join(row.question.casefold().split()) in wanted
        ]
        if ids:
            count += connection.execute(delete(table).where(table.c.id.in_(ids))).rowcount
    return count


def _language(name: str) -> Language:
    return next((language for language in LANGUAGES if language == name), LANGUAGES[0])


def _label(label: str) -> str:
    """A topic's label says near or far; that is what a labelled question knows."""
    return label.partition("/")[0]
