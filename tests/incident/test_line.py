"""When the confidential inspector's line answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.dates.working_days import AMSTERDAM, is_holiday, line_open


def dutch(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("at", "opens", "guessed"),
    [
        ("2026-11-26 12:00", None, False),  # a Thursday
        ("2026-11-26 08:00", None, False),
        ("2026-11-26 07:59", "2026-11-26 08:00", False),
        ("2026-11-26 16:59", None, False),
        ("2026-11-26 17:00", "2026-11-27 08:00", False),
        ("2026-11-27 18:00", "2026-11-30 08:00", False),
        ("2026-11-28 12:00", "2026-11-30 08:00", False),
        ("2026-12-24 17:30", "2026-12-28 08:00", True),  # Christmas Day is a Friday
        ("2026-04-27 09:00", "2026-04-28 08:00", True),  # King's Day
        ("2026-04-02 20:00", "2026-04-07 08:00", True),  # before Good Friday
    ],
)
def test_it_answers_on_working_days_from_eight_to_five(at: str, opens: str | None, guessed: bool) -> None:
    line = line_open(dutch(at))
    assert line.open == (opens is None)
    assert line.next == dutch(opens or at)
    assert line.guessed == guessed


def test_the_hours_are_dutch_hours_in_summer_and_winter() -> None:
    assert not line_open(datetime(2026, 11, 26, 6, 59, tzinfo=UTC)).open
    assert line_open(datetime(2026, 11, 26, 7, 0, tzinfo=UTC)).open
    assert line_open(datetime(2026, 7, 1, 6, 0, tzinfo=UTC)).open
    assert not line_open(datetime(2026, 7, 1, 15, 0, tzinfo=UTC)).open


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        line_open(datetime(2026, 11, 26, 12))


def test_the_holidays_of_2026_and_a_kings_day_on_sunday() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert [day.strftime("%d-%m") for day in days if is_holiday(day)] == [
        "01-01", "03-04", "05-04", "06-04", "27-04", "05-05", "14-05", "24-05", "25-05", "25-12", "26-12",
    ]  # fmt: skip
    assert (is_holiday(date(2031, 4, 26)), is_holiday(date(2031, 4, 27))) == (True, False)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)))
def test_the_next_moment_is_a_working_hour_soon(at: datetime) -> None:
    line = line_open(at.replace(tzinfo=UTC))
    assert line.next.weekday() < 5
    assert 8 <= line.next.hour < 17
    assert at.replace(tzinfo=UTC) <= line.next < at.replace(tzinfo=UTC) + timedelta(days=6)
    assert line.open == (line.next == at.replace(tzinfo=UTC))
