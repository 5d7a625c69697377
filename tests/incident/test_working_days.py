"""Working days and holidays."""

from __future__ import annotations

from datetime import date, timedelta

from handlers.dates.working_days import is_holiday


def test_the_holidays_of_2026_and_a_kings_day_on_sunday() -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(365)]
    assert [day.strftime("%d-%m") for day in days if is_holiday(day)] == [
        "01-01", "03-04", "05-04", "06-04", "27-04", "05-05", "14-05", "24-05", "25-05", "25-12", "26-12",
    ]  # fmt: skip
    assert (is_holiday(date(2031, 4, 26)), is_holiday(date(2031, 4, 27))) == (True, False)
