"""Who may do what with which case: every role, relation, state and action."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import product
from typing import get_args

import pytest

from handlers.cases.access import ACCESSES, DRAFT, Access, may
from handlers.cases.case import BOARD, CaseHead, CaseState
from handlers.turn import Person, Role

NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
WORK: frozenset[Access] = frozenset(ACCESSES) - DRAFT
DIRECTOR: frozenset[Access] = WORK - {"decide"}
NOTHING: frozenset[Access] = frozenset()


def head(
    state: CaseState = "ingediend",
    school: str = "ark",
    keeper: str = "web:other",
    involved: str = "",
    reporter: str = "web:other",
) -> CaseHead:
    return CaseHead(
        "c1", "2026-0001", school, state, reporter, keeper, frozenset(involved.split()), NOON, NOON
    )


def allowed(
    role: Role, schools: tuple[str, ...], case: CaseHead, person: str = "web:anna"
) -> frozenset[Access]:
    return frozenset(
        action for action in ACCESSES if may(Person(person, role=role, schools=schools), action, case)
    )


@pytest.mark.parametrize(
    ("role", "schools", "case", "expected"),
    [
        ("directie", ("ark",), head(), DIRECTOR),
        ("directie", ("ark", "zon"), head(), DIRECTOR),
        ("directie", ("zon",), head(), NOTHING),
        ("directie", (), head(school=""), NOTHING),
        ("directie", ("zon",), head(reporter="web:anna", keeper="web:anna"), NOTHING),
        ("directie", ("ark",), head(involved="web:anna"), NOTHING),
        ("directie", ("ark",), head(involved="web:anna", reporter="web:anna", keeper="web:anna"), NOTHING),
        ("directie", ("ark",), head(involved="telegram:1", keeper=BOARD), NOTHING),
        ("directie", ("ark",), head(involved="telegram:1"), DIRECTOR),
        ("directie", ("ark",), head(keeper=BOARD), DIRECTOR),
        ("directie", ("ark",), head("afgerond"), DIRECTOR),
        ("directie", ("ark",), head("vernietigd"), NOTHING),
        ("directie", ("ark",), head("concept"), NOTHING),
        ("directie", ("ark",), head("concept", reporter="web:anna"), DRAFT),
        ("directie", (), head("concept", school="", reporter="web:anna"), DRAFT),
        ("directie", ("ark",), head("concept", reporter="web:anna", involved="web:anna"), NOTHING),
        ("bestuur", (), head(), WORK),
        ("bestuur", (), head(involved="telegram:1", keeper=BOARD), WORK),
        ("bestuur", (), head(involved="web:anna"), NOTHING),
        ("bestuur", (), head("concept"), NOTHING),
        ("bestuur", (), head("concept", reporter="web:anna"), DRAFT),
        ("bestuur", (), head("vernietigd"), NOTHING),
    ],
)
def test_what_each_may_do(
    role: Role, schools: tuple[str, ...], case: CaseHead, expected: frozenset[Access]
) -> None:
    assert allowed(role, schools, case) == expected


@pytest.mark.parametrize("role", ["medewerker", "beheerder"])
def test_employees_and_who_runs_the_bot_may_nothing_with_any_case(role: Role) -> None:
    for state, reporter, keeper in product(
        get_args(CaseState), ("web:anna", "web:other"), ("web:anna", BOARD)
    ):
        assert allowed(role, ("ark",), head(state, reporter=reporter, keeper=keeper)) == NOTHING


def test_nobody_involved_may_anything_in_any_role_or_state() -> None:
    for role, state in product(get_args(Role), get_args(CaseState)):
        assert (
            allowed(
                role,
                ("ark",),
                head(state, involved="web:anna web:bram", reporter="web:anna", keeper="web:anna"),
            )
            == NOTHING
        )
