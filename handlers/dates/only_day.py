"""A text that names a day and says nothing else: "overmorgen", "op 3 december"."""

from __future__ import annotations

import re
from datetime import date, datetime

from handlers.dates.agreed_day import day_agreed
from handlers.dates.clock import NUMBER
from handlers.dates.days import mentions, one_of
from handlers.dates.working_days import AMSTERDAM

_LONGEST = 60
"""Characters; a longer text says more than a day."""
_FILLERS = re.compile(
    r"\b(?:op|om|de|het|was|is|dat|rond|uur|a|pas|on|at|the|it|in|jl|gewoon|weer|al|komende|aanstaande|"
    rf"volgende|week|vorige|next|last|tegen|half|kwart|voor|over|quarter|past|{NUMBER})\b"
)
_TIMES = re.compile(r"\b\d{1,2}(?:[:.u]\d{2})?\s?(?:uur|u|am|pm)?\b|\b(?:ochtend|middag|avond|nacht)s?\b")


def only_day(text: str, now: datetime) -> date | None:
    """The one day that is all a text names, the nearest of one past and one to come; None if it says more, or
    names none.
    """
    if len(text) > _LONGEST:
        return None
    here = now.astimezone(AMSTERDAM)
    found, rest = mentions(" ".join(text.lower().split()), here)
    if not found or re.search(r"[^\W\d_]", _FILLERS.sub(" ", _TIMES.sub(" ", rest))):
        return None
    mention, coming = one_of(found), day_agreed(text, here.date())
    days = [day for day in (mention.day if mention else None, coming) if day]
    return min(days, key=lambda day: abs(day - here.date()), default=None)
