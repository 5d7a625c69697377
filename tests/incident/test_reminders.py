"""Reminders: on working days, in working hours, one a day, each agreed day once."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from handlers.cases.reminders import SILENCE, Reminder, Watched, due, is_working_day
from handlers.dates.working_days import AMSTERDAM

MONDAY = datetime(2026, 11, 30, 9, tzinfo=UTC)
"""10:00 in Amsterdam."""
QUIET = Watched("web:anna", "c1", "2026-0001", MONDAY - timedelta(days=8), open_steps=True)


def at(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=AMSTERDAM)


def test_open_steps_are_brought_to_mind_after_a_week_of_silence() -> None:
    assert due([QUIET], MONDAY) == [Reminder("web:anna", (QUIET,))]
    assert due([replace(QUIET, changed=MONDAY - SILENCE + timedelta(minutes=1))], MONDAY) == []
    assert due([replace(QUIET, open_steps=False)], MONDAY) == []
    assert due([replace(QUIET, reminded=MONDAY - timedelta(days=3))], MONDAY) == []


@pytest.mark.parametrize(
    ("when", "is_due"),
    [
        (at("2026-11-30", "07:59:59"), False),
        (at("2026-11-30", "08:00"), True),
        (at("2026-11-30", "16:59"), True),
        (at("2026-11-30", "17:00"), False),
        (at("2026-12-05", "10:00"), False),
        (at("2026-12-25", "10:00"), False),
    ],
)
def test_only_in_working_hours_on_working_days(when: datetime, is_due: bool) -> None:
    assert bool(due([QUIET], when)) == is_due


def test_a_day_agreed_on_a_weekend_counts_on_monday() -> None:
    agreed = Watched("web:anna", "c1", "2026-0001", MONDAY, open_steps=False, agreed=(date(2026, 12, 5),))
    assert due([agreed], at("2026-12-04", "10:00")) == []
    assert due([agreed], at("2026-12-07", "08:00"))
    assert due([replace(agreed, reminded=at("2026-12-07", "08:00"))], at("2026-12-08", "08:00")) == []


def test_snoozed_is_silent_until_then() -> None:
    snoozed = replace(QUIET, snoozed=MONDAY + timedelta(days=1))
    assert due([snoozed], MONDAY) == []
    assert due([snoozed], MONDAY + timedelta(days=1))


def test_all_cases_of_a_person_come_in_one_message_and_nothing_more_that_day() -> None:
    other = replace(QUIET, case="c2", number="2026-0002")
    theirs = replace(QUIET, person="web:bram")
    assert due([other, theirs, QUIET], MONDAY) == [
        Reminder("web:anna", (QUIET, other)),
        Reminder("web:bram", (theirs,)),
    ]
    assert due([replace(QUIET, reminded=MONDAY), other], MONDAY + timedelta(hours=1)) == []


def test_four_hundred_days_with_clock_jumps_and_nights_down() -> None:
    """Minute by minute would say no more than this: every quarter of an hour, two winter and summer time
    nights, three hours down each night, a whole day down every ten, the clock set two hours back once and a
    day ahead once."""
    now = at("2026-09-01", "00:00").astimezone(UTC)
    days = [now.date() + timedelta(days=number) for number in (10, 26, 54, 120, 207, 300)]
    case = Watched("web:anna", "c1", "2026-0001", now, open_steps=True, agreed=tuple(days))
    other = Watched("web:anna", "c2", "2026-0002", now, open_steps=False, agreed=(days[0],))
    told: list[tuple[datetime, tuple[str, ...]]] = []
    for tick in range(400 * 96):
        now += timedelta(minutes=15)
        if tick == 5000:
            now -= timedelta(hours=2)
        if tick == 9000:
            now += timedelta(days=1)
        local = now.astimezone(AMSTERDAM)
        if 1 <= local.hour < 4 or now.toordinal() % 10 == 0:
            continue
        for reminder in due([case, other], now):
            told.append((local, tuple(one.case for one in reminder.cases)))
            case = replace(case, reminded=now) if any(one.case == "c1" for one in reminder.cases) else case
            other = replace(other, reminded=now) if any(one.case == "c2" for one in reminder.cases) else other
    assert all(is_working_day(when.date()) and 8 <= when.hour < 17 for when, _ in told)
    assert max(Counter(when.date() for when, _ in told).values()) == 1
    assert sum("c2" in cases for _, cases in told) == 1
    mondays_after = [
        min(when.date() for when, cases in told if "c1" in cases and when.date() >= day) for day in days
    ]
    assert all(
        timedelta(0) <= after - day <= timedelta(days=5)
        for day, after in zip(days, mondays_after, strict=True)
    )
    between = [later - earlier for (earlier, _), (later, _) in pairwise(told)]
    assert max(between) <= timedelta(days=14)
