"""When a helpline answers: read from a short text, and told for a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from typing import Literal

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SPAN = re.compile(rf"({'|'.join(DAYS)})(?:-({'|'.join(DAYS)}))? (\d\d):(\d\d)-(\d\d):(\d\d)")

Kind = Literal["always", "hours", "unknown"]


@dataclass(frozen=True, slots=True)
class Span:
    days: frozenset[int]
    """0 is Monday."""
    opens: time
    closes: time
    """`time.max` for midnight."""


@dataclass(frozen=True, slots=True)
class Hours:
    kind: Kind
    spans: tuple[Span, ...] = ()

    def is_open(self, at: datetime, is_holiday: bool = False) -> bool | None:
        """Whether it answers at this moment (in its own time zone); None if the hours are not known.

        On a holiday a line that rests at weekends is taken to be closed.
        """
        if self.kind != "hours":
            return True if self.kind == "always" else None
        if is_holiday and not any(5 in span.days or 6 in span.days for span in self.spans):
            return False
        return any(at.weekday() in span.days and span.opens <= at.time() < span.closes for span in self.spans)


def parse_hours(text: str) -> Hours:
    """Read "always", "unknown", or spans such as "mon-fri 08:00-17:00, sat 10:00-12:00".

    Raises `ValueError` with what is wrong.
    """
    if text in ("always", "unknown"):
        return Hours("always" if text == "always" else "unknown")
    spans = []
    for piece in text.split(","):
        match = _SPAN.fullmatch(piece.strip())
        if match is None:
            raise ValueError(
                f'"{piece.strip()}" should be "always", "unknown", or times such as "mon-fri 08:00-17:00"'
            )
        first, last = DAYS.index(match[1]), DAYS.index(match[2] or match[1])
        opens, closes = _time(match[3], match[4]), _time(match[5], match[6])
        if last < first or closes <= opens:
            raise ValueError(f'"{piece.strip()}" ends before it begins')
        spans.append(Span(frozenset(range(first, last + 1)), opens, closes))
    return Hours("hours", tuple(spans))


def _time(hours: str, minutes: str) -> time:
    if int(hours) == 24 and int(minutes) == 0:
        return time.max
    if int(hours) > 23 or int(minutes) > 59:
        raise ValueError(f'"{hours}:{minutes}" is no time of day')
    return time(int(hours), int(minutes))
