"""A director who tries the role on the page, and reports an incident there."""

from __future__ import annotations

from datetime import timedelta

from tests.proofs.director import PIN, REPORT, SAYS, Step
from tests.web.site import Site, Visitor

BEGIN = next(number for number, step in enumerate(REPORT) if step.does == "Begin")
STEPS = (
    *REPORT[:BEGIN],
    Step("Begin", "Kies een pincode"),
    Step(f"{SAYS}{PIN}", "nog een keer"),
    Step(f"{SAYS}{PIN}", REPORT[BEGIN].sees),
    *REPORT[BEGIN + 1 :],
)
"""The report of the proofs; who has no PIN yet chooses one before the first question."""
HALFWAY = 12
READING = timedelta(seconds=5)
"""Between two steps: nobody is faster, and the limits know that."""


def director(site: Site, steps: int = len(STEPS)) -> Visitor:
    """One who has done so many steps of the report; after all of them it is the case of this number in this
    year: 1.
    """
    visitor = site.visitor("directie")
    for step in STEPS[:steps]:
        site.ahead += READING
        visitor.do(step.does.format(number=1), step.sees)
    return visitor
