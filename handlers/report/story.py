"""A story as the report reads it: with the days, names and other personal data in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from handlers.dates import moment
from handlers.dates.working_days import AMSTERDAM
from handlers.privacy.personal_data import Finding, find_personal_data
from handlers.report.prompts import Told
from knowledge.intake.amendment import Amendment, read_amendment
from knowledge.intake.story import DayReader, Story, read_story, without_announcement
from knowledge.language.words import Language
from knowledge.pack.flow import Flow


def find_personal(text: str, told: Told | None = None) -> tuple[Finding, ...]:
    """What in a text is or may be somebody's data, with what to write instead. `told`: the report that it is
    written in; the names of its schools are nobody's.
    """
    if told is None:
        return find_personal_data(text)
    return find_personal_data(text, tuple(told.schools.values()), told.texts.language)


def announced_story(text: str) -> tuple[str, bool]:
    """The text without "ik wil iets melden:" before it, and whether that stood there."""
    return without_announcement(text)


def moment_of(words: str, now: datetime, language: Language) -> str:
    """The day and time that words name, in full: "maandag 30 november 2026 (gisteren)"."""
    described = moment.describe(moment.read(words, now), language)
    return words if described == words else f"{described} ({words})"


def read_story_at(text: str, flow: Flow, now: datetime) -> Story:
    """The story as it is told at a moment."""
    return read_story(text, flow, _day_reader(now), tuple(_names(text)))


def read_story_on(text: str, flow: Flow, today: date) -> Story:
    """The story as it is told at the end of a day."""
    return read_story_at(text, flow, _end_of(today))


def read_amendment_at(text: str, flow: Flow, now: datetime) -> Amendment:
    """What a text changes of the answers."""
    return read_amendment(text, flow, _day_reader(now), tuple(_names(text)))


def read_amendment_on(text: str, flow: Flow, today: date) -> Amendment:
    return read_amendment_at(text, flow, _end_of(today))


def _names(text: str) -> Iterator[tuple[int, int]]:
    return ((each.start, each.end) for each in find_personal(text) if each.kind == "name")


def _day_reader(now: datetime) -> DayReader:
    def read_day(text: str) -> date | None:
        when = moment.read(text, now)
        return when.day if when.certain else None

    return read_day


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), AMSTERDAM)
