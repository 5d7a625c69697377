"""When the Landelijke Vertrouwensinspecteur's line answers: working days 08:00-17:00 in the Netherlands (not
from the protocol).

The sources say "werkdagen" and do not name holidays. National holidays (Algemene termijnenwet, art. 3) are
taken as closed, and that this is a guess is said in the result: someone who needs the line on such a day
should try it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OPENS = time(8)
CLOSES = time(17)


@dataclass(frozen=True, slots=True)
class Line:
    open: bool
    """Whether it answers at the moment asked about."""
    next: datetime
    """When it answers next, in Dutch time; the moment itself where it is open."""
    guessed: bool
    """Whether holidays were passed over on the way there: the line may answer sooner."""


def line_open(at: datetime) -> Line:
    """When the line answers, seen from a moment. Raises `ValueError` for a moment without a time zone."""
    if at.tzinfo is None:
        raise ValueError("the moment needs a time zone")
    here = at.astimezone(AMSTERDAM)
    day, guessed = here.date(), False
    while True:
        if day.weekday() < 5 and (day > here.date() or here.time() < CLOSES):
            if not is_holiday(day):
                opens = datetime.combine(day, OPENS, AMSTERDAM)
                return Line(opens <= here, max(opens, here), guessed)
            guessed = True
        day += timedelta(days=1)


def is_holiday(day: date) -> bool:
    """Whether it is a national holiday in the Netherlands."""
    easter = _easter(day.year)
    moving = {easter + timedelta(days=after) for after in (-2, 0, 1, 39, 49, 50)}
    kings_day = date(day.year, 4, 27) if date(day.year, 4, 27).weekday() != 6 else date(day.year, 4, 26)
    return day in moving | {kings_day} or (day.month, day.day) in {(1, 1), (5, 5), (12, 25), (12, 26)}


def _easter(year: int) -> date:
    """Easter Sunday by the rule of the Gregorian calendar (O'Beirne's form of Gauss's reckoning)."""
    cycle = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (8 * century + 13) // 25
    moon = (19 * cycle + century - leap_centuries - correction + 15) % 30
    full_moon = moon - (cycle + 11 * moon) // 319
    leap_years, year_rest = divmod(rest, 4)
    to_sunday = (2 * century_rest + 2 * leap_years - year_rest - full_moon + 32) % 7
    month = (full_moon + to_sunday + 90) // 25
    return date(year, month, (full_moon + to_sunday + month + 19) % 32)
