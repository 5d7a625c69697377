"""Which reminders are due: a pure function of what is open, what was reminded before, and the time.

A person gets one message a day at most, on a working day between 8 and 17 o'clock in Amsterdam; it names numbers of cases and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OPENS, CLOSES = time(8), time(17)
SILENCE = timedelta(days=7)
"""A case with open steps is brought to mind after this long without a change or a reminder: more often is ignored, or hated."""
SNOOZES = {"day": timedelta(days=1), "week": timedelta(days=7), "month": timedelta(days=30)}


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
    if not is_working_day(local.date()) or not OPENS <= local.time() < CLOSES:
        return ()
    by_person: defaultdict[str, list[Watched]] = defaultdict(list)
    for one in watched:
        by_person[one.person].append(one)
    found = []
    for person, cases in sorted(by_person.items()):
        had_one = any(one.reminded and one.reminded.astimezone(AMSTERDAM).date() >= local.date() for one in cases)
        wanted = [] if had_one else [one for one in cases if _is_due(one, now)]
        if wanted:
            found.append(Reminder(person, tuple(sorted(wanted, key=lambda one: one.number))))
    return found


def is_working_day(day: date) -> bool:
    """Monday to Friday, but for the public holidays of the Netherlands. School holidays differ by region; they are not known here."""
    return day.weekday() < 5 and day not in holidays(day.year)


def holidays(year: int) -> frozenset[date]:
    """New Year, Easter, King's Day, Ascension, Whitsun, Christmas; 5 May where it ends five years, as most schools have it."""
    easter = _easter(year)
    kings_day = date(year, 4, 27) if date(year, 4, 27).weekday() != 6 else date(year, 4, 26)
    moving = {easter + timedelta(days=days) for days in (0, 1, 39, 49, 50)}
    fixed = {date(year, 1, 1), kings_day, date(year, 12, 25), date(year, 12, 26)}
    return frozenset(moving | fixed | ({date(year, 5, 5)} if year % 5 == 0 else set()))


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


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, after Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * j) // 451
    month, day = divmod(h + j - 7 * m + 114, 31)
    return date(year, month, day + 1)
