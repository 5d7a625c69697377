"""The day of an agreement still to come, as people type it; only what can mean one day alone is read."""

from __future__ import annotations

import re
from datetime import date, timedelta

MONTHS = {
    name: number
    for names in (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "january february march april may june july august september october november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
    )
    for number, name in enumerate(names.split(), 1)
}
WEEKDAYS = {
    name: number
    for names in (
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for number, name in enumerate(names.split())
}
NEXT_DAYS = {"overmorgen": 2, "morgen": 1, "tomorrow": 1, "vandaag": 0, "today": 0}
_FULL = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b|\b(\d{4})-(\d{2})-(\d{2})\b")
_SHORT = re.compile(r"\b(\d{1,2})[-/](\d{1,2})\b(?![-/]\d)")
_NAMED = re.compile(
    rf"\b(\d{{1,2}})(?:e|st|nd|rd|th)? ({'|'.join(sorted(MONTHS, key=len, reverse=True))})\b\.?(?: "
    rf"(\d{{4}}))?"
)
_WEEKDAY = re.compile(rf"\b({'|'.join(WEEKDAYS)})\b")
_NEXT_WEEK = re.compile(r"\b(?:volgende|next) week\b")
_NEXT_DAY = re.compile(rf"\b({'|'.join(NEXT_DAYS)})\b")


def day_agreed(text: str, today: date) -> date | None:
    """The day, from today on; None where no one day is named. A date without a year is the next one."""
    plain = text.casefold()
    if full := _FULL.search(plain):
        day, month, year, year_first, month_second, day_third = full.groups()
        return _from(today, int(year or year_first), int(month or month_second), int(day or day_third))
    if named := _NAMED.search(plain):
        day, month, year = named.groups()
        return (
            _from(today, int(year), MONTHS[month], int(day))
            if year
            else _coming(today, MONTHS[month], int(day))
        )
    if short := _SHORT.search(plain):
        return _coming(today, int(short[2]), int(short[1]))
    if weekday := _WEEKDAY.search(plain):
        ahead = (WEEKDAYS[weekday[1]] - today.weekday()) % 7 or 7
        if _NEXT_WEEK.search(plain):
            ahead = 7 - today.weekday() + WEEKDAYS[weekday[1]]
        return today + timedelta(days=ahead)
    if next_day := _NEXT_DAY.search(plain):
        return today + timedelta(days=NEXT_DAYS[next_day[1]])
    return None


def _coming(today: date, month: int, day: int) -> date | None:
    return _from(today, today.year, month, day) or _from(today, today.year + 1, month, day)


def _from(today: date, year: int, month: int, day: int) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return found if found >= today else None
