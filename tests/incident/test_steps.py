"""The steps of every case: the golden table, and what the protocol says stated a second time, independently
of how it is calculated.
"""

from __future__ import annotations

from itertools import chain, combinations, product
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.conftest import ROOT
from tests.incident.facts import (
    UNDECIDED,
    Criminal,
    Decisions,
    Facts,
    Involved,
    Police,
    Qualification,
    allures,
    required_steps,
)

GOLDEN = ROOT / "tests" / "incident" / "golden_steps.md"
INVOLVED: tuple[Involved, ...] = get_args(Involved)
CRIMINAL: tuple[Criminal, ...] = get_args(Criminal)
QUALIFICATIONS: tuple[Qualification, ...] = get_args(Qualification)
POLICE: tuple[Police, ...] = get_args(Police)
SETS = tuple(
    frozenset(some) for some in chain.from_iterable(combinations(INVOLVED, size) for size in (1, 2, 3))
)

facts = st.builds(Facts, st.sampled_from(SETS), st.sampled_from(CRIMINAL), st.booleans())
decisions = st.builds(Decisions, st.sampled_from(QUALIFICATIONS), st.sampled_from(POLICE))


def ids(facts: Facts, decisions: Decisions = UNDECIDED) -> list[str]:
    return [step.id for step in required_steps(facts, decisions)]


def golden() -> dict[tuple[frozenset[str], str, str, str], list[str]]:
    """(involved, criminal, qualification, sexual and minor) → step ids, from the rows of the table."""
    found: dict[tuple[frozenset[str], str, str, str], list[str]] = {}
    for line in GOLDEN.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 5 or cells[1] not in CRIMINAL:
            continue
        key = (frozenset(cells[0].split(" + ")), cells[1], cells[2], cells[3])
        assert key not in found, f"twice in the table: {line}"
        found[key] = cells[4].split(", ")
    return found


def test_all_126_combinations_are_in_the_table_and_come_out_as_it_says() -> None:
    table = golden()
    assert len(table) == 126
    for involved, criminal, qualification, sexual in product(SETS, CRIMINAL, QUALIFICATIONS, (False, True)):
        calculated = ids(Facts(involved, criminal, sexual), Decisions(qualification))
        assert table[involved, criminal, qualification, "ja" if sexual else "nee"] == calculated, (
            involved,
            criminal,
            qualification,
            sexual,
        )


@given(facts, decisions)
def test_nothing_of_an_employee_is_demanded_where_no_employee_is_involved(
    facts: Facts, decisions: Decisions
) -> None:
    about_staff = {
        "gesprek-medewerker",
        "besluit-kwalificatie",
        "melden-inspecteur",
        "maatregel-medewerker",
        "vastleggen-medewerker",
    }
    demanded = about_staff & set(ids(facts, decisions))
    if "medewerker" in facts.involved:
        assert about_staff - {"melden-inspecteur"} <= demanded
    else:
        assert demanded == set()


@given(facts, decisions)
def test_the_inspector_is_called_only_for_an_employee_that_the_board_found_transgressive(
    facts: Facts, decisions: Decisions
) -> None:
    """`bepalingen-4`."""
    called = "melden-inspecteur" in ids(facts, decisions)
    assert called == ("medewerker" in facts.involved and decisions.qualification == "grensoverschrijdend")


@given(facts, decisions)
def test_the_board_alone_decides_and_only_on_qualification_and_police(
    facts: Facts, decisions: Decisions
) -> None:
    """`bepalingen-4`, `bepalingen-6`."""
    decided = [step for step in required_steps(facts, decisions) if step.decides]
    assert all(step.actor == "bestuur" for step in decided)
    assert {step.id for step in decided} <= {
        "besluit-kwalificatie",
        "besluit-aangifte",
        "besluit-aangifte-overig",
    }


@given(facts, decisions)
def test_a_possible_offence_asks_one_decision_of_the_board_and_a_police_report_only_follows_from_it(
    facts: Facts, decisions: Decisions
) -> None:
    """`bepalingen-6`: the foundation "kan" report."""
    demanded = ids(facts, decisions)
    asked = [step for step in demanded if step.startswith("besluit-aangifte")]
    assert len(asked) <= 1
    if facts.criminal in ("ja", "weet_niet"):
        assert asked
    if decisions.police == "open" and facts.criminal == "nee":
        assert not asked
    assert ("aangifte-doen" in demanded) == (decisions.police == "aangifte")
    if "aangifte-doen" in demanded:
        assert demanded.index(asked[0]) < demanded.index("aangifte-doen")


@given(facts, decisions)
def test_each_is_spoken_to_by_whom_the_protocol_names(facts: Facts, decisions: Decisions) -> None:
    """`bepalingen-2`, `bepalingen-3`."""
    talks = {
        step.about: step.actor for step in required_steps(facts, decisions) if step.id.startswith("gesprek-")
    }
    teacher = "leerkracht_of_directie"
    all_talks = {"leerling": teacher, "ouder": teacher, "medewerker": "leidinggevende"}
    assert talks == {who: all_talks[who] for who in facts.involved}


@given(facts, decisions)
def test_sanctions_are_of_the_list_of_who_did_it(facts: Facts, decisions: Decisions) -> None:
    """`bepalingen-2`, `bepalingen-5`."""
    lists = {step.about: step.measures for step in required_steps(facts, decisions) if step.measures}
    pupil = ("waarschuwing", "schorsing", "verwijdering")
    staff = ("waarschuwing", "schorsing", "berisping", "ontslag", "ontslag_op_staande_voet")
    all_lists = {"leerling": pupil, "ouder": pupil, "medewerker": staff}
    assert lists == {who: all_lists[who] for who in facts.involved}


@given(facts, decisions)
def test_the_record_goes_where_the_protocol_says(facts: Facts, decisions: Decisions) -> None:
    """`bepalingen-7`: LOVS for pupils, personnel file for employees, nothing named for parents."""
    places = {
        step.id: step.files for step in required_steps(facts, decisions) if step.id.startswith("vastleggen-")
    }
    all_places = {
        "vastleggen-leerling": "lovs",
        "vastleggen-ouder": "volledig",
        "vastleggen-medewerker": "personeelsdossier",
    }
    assert places == {
        place: kind
        for place, kind in all_places.items()
        if place.removeprefix("vastleggen-") in facts.involved
    }


@given(facts, decisions)
def test_the_laws_route_comes_first_whoever_was_named_and_only_then(
    facts: Facts, decisions: Decisions
) -> None:
    demanded = ids(facts, decisions)
    law = [step for step in demanded if step.startswith("wet-")]
    if not facts.sexual_minor:
        assert law == []
        return
    assert demanded[: len(law)] == law
    assert [step for step in law if step != "wet-betrokkenen"] == [
        "wet-melden-bestuur",
        "wet-overleg-inspecteur",
        "wet-inlichten",
        "wet-aangifte",
    ]
    assert ("wet-betrokkenen" in law) == ("medewerker" not in facts.involved)
    assert "besluit-aangifte" not in demanded, "the board does not choose about what the law demands"


@given(facts, decisions)
def test_steps_come_once_in_a_fixed_order_and_never_none(facts: Facts, decisions: Decisions) -> None:
    demanded = required_steps(facts, decisions)
    assert demanded
    order = list(allures().steps)
    places = [order.index(step.id) for step in demanded]
    assert places == sorted(set(places))


@given(facts, decisions, st.sampled_from(INVOLVED))
def test_one_more_involved_takes_no_step_away_but_the_question_who_did_it(
    facts: Facts, decisions: Decisions, more: Involved
) -> None:
    wider = Facts(facts.involved | {more}, facts.criminal, facts.sexual_minor)
    assert set(ids(facts, decisions)) - set(ids(wider, decisions)) <= {"wet-betrokkenen"}


@given(facts)
def test_without_an_employee_a_qualification_changes_nothing(facts: Facts) -> None:
    if "medewerker" not in facts.involved:
        assert len({tuple(ids(facts, Decisions(qualification))) for qualification in QUALIFICATIONS}) == 1


def test_every_step_is_demanded_by_some_case() -> None:
    cases = product(SETS, CRIMINAL, (False, True), QUALIFICATIONS, POLICE)
    demanded = {
        step
        for who, crime, sexual, q, police in cases
        for step in ids(Facts(who, crime, sexual), Decisions(q, police))
    }
    assert demanded == set(allures().steps)


def test_an_incident_by_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="without anybody involved"):
        Facts(frozenset(), "nee", False)


def test_the_two_lists_of_sanctions_are_the_protocols() -> None:
    pupil = set(allures().steps["sanctie-leerling"].measures)
    staff = set(allures().steps["maatregel-medewerker"].measures)
    assert pupil - staff == {"verwijdering"}
    assert staff - pupil == {"berisping", "ontslag", "ontslag_op_staande_voet"}
    assert set(allures().steps["sanctie-ouder"].measures) == pupil
