"""Which reminders are due: a pure function of what is open, what was reminded before, and the time.

A person gets one message a day at most, on a working day between 8 and 17 o'clock in Amsterdam; it names
numbers of cases and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from handlers.dates.working_days import AMSTERDAM, CLOSES, OPENS, is_holiday

SILENCE = timedelta(days=7)
"""A case with open steps is brought to mind after this long without a change or a reminder: more often is
ignored, or hated.
"""


@dataclass(frozen=True, slots=True)
class Watched:
    """One open case of one person who keeps it."""

    person: str
    case: str
    number: str
    changed: datetime
    """The last change of the case."""
    open_steps: bool
    agreed: tuple[date, ...] = ()
    """Days for which something was agreed."""
    reminded: datetime | None = None
    """When this person was last reminded of this case."""
    snoozed: datetime | None = None
    """Until when this person wants no reminder of this case."""


@dataclass(frozen=True, slots=True)
class Reminder:
    person: str
    cases: tuple[Watched, ...]
    """By number; at least one."""


def due(watched: Iterable[Watched], now: datetime) -> Sequence[Reminder]:
    """One reminder for each person who is to have one now, by person. `now` is aware."""
    local = now.astimezone(AMSTERDAM)
    if not is_working_hour(now):
        return ()
    by_person: defaultdict[str, list[Watched]] = defaultdict(list)
    for one in watched:
        by_person[one.person].append(one)
    found = []
    for person, cases in sorted(by_person.items()):
        had_one = any(
            one.reminded and one.reminded.astimezone(AMSTERDAM).date() >= local.date() for one in cases
        )
        wanted = [] if had_one else [one for one in cases if _is_due(one, now)]
        if wanted:
            found.append(Reminder(person, tuple(sorted(wanted, key=lambda one: one.number))))
    return found


def is_working_hour(now: datetime) -> bool:
    """Whether people may be sent something that they did not ask for."""
    local = now.astimezone(AMSTERDAM)
    return is_working_day(local.date()) and OPENS <= local.time() < CLOSES


def is_working_day(day: date) -> bool:
    """Monday to Friday, but for national holidays. School holidays differ by region; they are not known
    here.
    """
    return day.weekday() < 5 and not is_holiday(day)


def _is_due(one: Watched, now: datetime) -> bool:
    if one.snoozed and now < one.snoozed:
        return False
    today = now.astimezone(AMSTERDAM).date()
    reminded = one.reminded.astimezone(AMSTERDAM).date() if one.reminded else date.min
    if any(reminded < _working_day_from(day) <= today for day in one.agreed):
        return True
    return one.open_steps and now - max(one.changed, one.reminded or one.changed) >= SILENCE


def _working_day_from(day: date) -> date:
    while not is_working_day(day):
        day += timedelta(days=1)
    return day
