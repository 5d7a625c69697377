"""A story as the report reads it: with the days, names and other personal data in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time

from handlers.dates import moment
from handlers.dates.working_days import AMSTERDAM
from handlers.privacy.personal_data import Finding, find_personal_data
from knowledge.intake.amendment import Amendment, read_amendment
from knowledge.intake.story import DayReader, Story, read_story
from knowledge.pack.flow import Flow


def find_personal(text: str) -> tuple[Finding, ...]:
    """What in a text is somebody's name, number or address."""
    return find_personal_data(text)


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
