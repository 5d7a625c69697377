"""The day of an agreement, seen from Thursday 26 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from handlers.dates.agreed_day import day_agreed

TODAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("morgen om 10 uur", "2026-11-27"),
        ("overmorgen", "2026-11-28"),
        ("vrijdag", "2026-11-27"),
        ("donderdag", "2026-12-03"),
        ("volgende week dinsdag", "2026-12-01"),
        ("next week Tuesday", "2026-12-01"),
        ("12 december", "2026-12-12"),
        ("5 jan. om 9:30", "2027-01-05"),
        ("dinsdag 1 december", "2026-12-01"),
        ("1-12-2026", "2026-12-01"),
        ("2026-12-01", "2026-12-01"),
        ("3/12", "2026-12-03"),
        ("31 februari", None),
        ("24 november 2026", None),
        ("na de vakantie", None),
        ("weet ik nog niet", None),
    ],
)
def test_day(text: str, day: str | None) -> None:
    assert day_agreed(text, TODAY) == (date.fromisoformat(day) if day else None)
