"""The day of the incident, out of the answer that tells it."""

from __future__ import annotations

from datetime import date

from handlers.cases.case import Case
from handlers.flow_interpreter import Written
from knowledge.pack.contract import WHEN


def incident_day(case: Case) -> date | None:
    """The day, if the answer surely names one: "woensdag 25 november 2026, 14:00 (gisteren)"."""
    from handlers.dates import moment  # its patterns take long to compile, and only a case needs them

    given = case.answers.get(WHEN)
    if not isinstance(given, Written):
        return None
    when = moment.read(given.text.partition("(")[0], case.changed)
    return when.day if when.certain else None
