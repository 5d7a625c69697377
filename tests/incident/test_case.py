"""What may be done with a case, in which state, and what is left of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter

from handlers.cases import case as cases
from handlers.cases.case import Actor, Case, Decision, Done, Filing, NotApplicable, Note
from handlers.flow_interpreter import Chosen, Unknown, Written

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
DIRECTOR = Actor("test:dina", "directie")
BOARD = Actor("test:bas", "bestuur")
REQUIRED = ("talk-pupil", "record-lovs")


@pytest.fixture
def draft() -> Case:
    case, _ = cases.start(DIRECTOR, "vlieger", "incident", 1, NOW)
    return replace(
        case, answers={"who": Chosen(("leerling",)), "what": Written("Leerling A schold."), "when": Unknown()}
    )


@pytest.fixture
def sent(draft: Case) -> Case:
    return cases.submit(draft, "2026-0001", draft.revision, DIRECTOR, NOW)[0]


def done(measure: str = "") -> Done:
    return Done(NOW, DIRECTOR, date(2026, 11, 25), measure=measure)


def test_a_second_submit_makes_no_second_case(sent: Case) -> None:
    with pytest.raises(cases.WrongStateError):
        cases.submit(sent, "2026-0002", sent.revision, DIRECTOR, NOW)


def test_what_changed_after_it_was_seen_is_not_sent_in(draft: Case) -> None:
    later = cases.continued(draft, replace(draft.run, revision=draft.revision + 1), NOW)
    with pytest.raises(cases.ChangedMeanwhileError):
        cases.submit(later, "2026-0001", draft.revision, DIRECTOR, NOW)


def test_an_answer_cannot_change_once_it_is_sent_in(sent: Case) -> None:
    with pytest.raises(cases.WrongStateError):
        cases.continued(sent, sent.run, NOW)


def test_it_closes_only_when_every_step_is_settled_and_the_record_is_filed(sent: Case) -> None:
    case, _ = cases.settle_step(sent, "talk-pupil", done(), REQUIRED)
    with pytest.raises(cases.OpenStepsError) as still_open:
        cases.close(case, REQUIRED, DIRECTOR, NOW)
    assert still_open.value.steps == ("record-lovs",)
    case, _ = cases.settle_step(case, "record-lovs", NotApplicable(NOW, DIRECTOR, "overgeplaatst"), REQUIRED)
    with pytest.raises(cases.NotFiledError):
        cases.close(case, REQUIRED, DIRECTOR, NOW)
    case, _ = cases.file(case, Filing("lovs", DIRECTOR, NOW))
    case, _ = cases.close(case, REQUIRED, DIRECTOR, NOW)
    assert case.state == "afgerond"
    with pytest.raises(cases.WrongStateError):
        cases.add_note(case, Note("nog iets", DIRECTOR, NOW))
    assert cases.reopen(case, "nieuwe melding", DIRECTOR, NOW)[0].state == "in_behandeling"


def test_what_needs_a_reason_is_refused_without_one(sent: Case) -> None:
    with pytest.raises(cases.ReasonMissingError):
        cases.settle_step(sent, "talk-pupil", NotApplicable(NOW, DIRECTOR, " "), REQUIRED)
    with pytest.raises(cases.ReasonMissingError):
        cases.decide(sent, Decision("aangifte", "ja", "", BOARD, NOW))
    with pytest.raises(cases.ReasonMissingError):
        cases.add_note(sent, Note("", DIRECTOR, NOW))


def test_only_the_board_decides_and_its_last_word_counts(sent: Case) -> None:
    with pytest.raises(cases.NotTheDeciderError):
        cases.decide(sent, Decision("kwalificatie", "ja", "zo is het", DIRECTOR, NOW))
    case, _ = cases.decide(sent, Decision("kwalificatie", "ja", "grof", BOARD, NOW))
    case, _ = cases.decide(case, Decision("kwalificatie", "nee", "bij nader inzien niet", BOARD, NOW))
    decision = case.decided("kwalificatie")
    assert decision is not None
    assert (decision.outcome, len(case.decisions), case.decided("aangifte")) == ("nee", 2, None)


def test_a_step_or_sanction_that_is_not_the_cases_is_refused(sent: Case) -> None:
    with pytest.raises(cases.UnknownStepError):
        cases.settle_step(sent, "phone-inspector", done(), REQUIRED)
    with pytest.raises(cases.UnknownMeasureError):
        cases.settle_step(
            sent, "talk-pupil", done("ontslag"), REQUIRED, ("waarschuwing", "schorsing", "verwijdering")
        )


def test_who_is_involved_loses_the_case_to_the_board_and_cannot_get_it_back(draft: Case) -> None:
    case, event = cases.involve(draft, DIRECTOR.person, DIRECTOR, NOW)
    assert (case.keeper, case.head.involved) == (cases.BOARD, frozenset({DIRECTOR.person}))
    assert event.what == "involved"
    with pytest.raises(cases.CaseError):
        cases.hand_over(case, DIRECTOR.person, BOARD, NOW)


def test_destroyed_leaves_number_and_dates_only(sent: Case, draft: Case) -> None:
    with pytest.raises(cases.WrongStateError):
        cases.destroy(sent, DIRECTOR, NOW)
    left, _ = cases.destroy(draft, DIRECTOR, NOW)
    assert (left.state, left.answers, left.opened) == ("vernietigd", {}, draft.opened)


def test_every_change_raises_the_revision_and_is_in_the_timeline(sent: Case) -> None:
    case, event = cases.add_note(sent, Note("gebeld", DIRECTOR, NOW))
    assert case.revision == sent.revision + 1
    assert case.timeline[-1] == event
    assert "gebeld" not in repr(event)


def test_a_case_survives_being_written_down(sent: Case) -> None:
    case, _ = cases.settle_step(sent, "talk-pupil", done(), REQUIRED)
    case, _ = cases.settle_step(case, "record-lovs", NotApplicable(NOW, DIRECTOR, "nee"), REQUIRED)
    case, _ = cases.decide(case, Decision("aangifte", "nee", "geen feit", BOARD, NOW))
    case, _ = cases.file(case, Filing("lovs", DIRECTOR, NOW))
    adapter = TypeAdapter(Case)
    assert adapter.validate_json(adapter.dump_json(case)) == case
