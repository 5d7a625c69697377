"""A case is judged by the protocol of when it was sent in: a newer one rewrites neither its record nor its
steps.
"""

from __future__ import annotations

from dataclasses import replace

from pydantic import TypeAdapter

from handlers import texts
from handlers.cases.case import Case
from handlers.cases.case_steps import given
from handlers.cases.judged import judged_by
from handlers.casework import case_view
from handlers.casework.case_view import Shown
from handlers.documents.records import edition
from handlers.flow_interpreter import live
from handlers.reply import Paragraph, Quotation
from knowledge.pack.loading import Pack
from tests.incident.desk import story
from tests.incident.test_editions import NOON, full, text

ADAPTER = TypeAdapter(Case)


def sent_in(pack: Pack) -> Case:
    """An employee's case as it comes out of the database."""
    case = full(story(["medewerker"], criminal="ja", hurt=["school"]))
    judged = judged_by(pack, given(live(pack.flow("incident"), case.answers)))
    return ADAPTER.validate_json(ADAPTER.dump_json(replace(case, judged=judged, settled={})))


def newer(pack: Pack) -> Pack:
    """The next version: a rule reads otherwise, another is gone, a step is gone, and one is new."""
    sections = tuple(
        replace(
            section,
            rules=tuple(
                replace(rule, text="De leidinggevende belt eerst.") if rule.id == "bepalingen-3" else rule
                for rule in section.rules
                if rule.id != "bepalingen-5"
            ),
        )
        for section in pack.protocol.sections
    )
    steps = dict(pack.policy.steps)
    steps["nieuw"] = replace(steps.pop("gesprek-medewerker"), id="nieuw")
    return replace(
        pack,
        protocol=replace(pack.protocol, sections=sections),
        policy=replace(pack.policy, steps=steps),
    )


def shown(case: Case, pack: Pack) -> Shown:
    return case_view.show(case, pack, [("de-vlieger", "De Vlieger")], texts.load()["nl"])


def test_a_newer_protocol_rewrites_no_record(allure: Pack) -> None:
    case = sent_in(allure)
    before, after = shown(case, allure), shown(case, newer(allure))
    assert [step.id for step in after.steps] == [step.id for step in before.steps]
    assert "gesprek-medewerker" in {step.id for step in after.steps}
    for which in before.records:
        assert text(edition(after, which, NOON)) == text(edition(before, which, NOON))


def test_what_may_follow_from_a_later_decision_is_kept_too(allure: Pack) -> None:
    judged = sent_in(allure).judged
    assert judged
    assert {"melden-inspecteur", "aangifte-doen"} <= set(judged.policy.steps)
    assert not {"gesprek-leerling", "wet-aangifte"} & set(judged.policy.steps)


def test_beside_a_rule_that_changed_stands_how_it_reads_now(allure: Pack) -> None:
    then = shown(sent_in(allure), newer(allure))
    talk, measure = (
        case_view.step_message(then, then.policy.steps[step], True)
        for step in ("gesprek-medewerker", "maatregel-medewerker")
    )
    quoted = [block.text for block in talk.blocks if isinstance(block, Quotation)]
    assert quoted == [allure.protocol.rule("bepalingen-3").text, "De leidinggevende belt eerst."]
    gone = [block.text for block in measure.blocks if isinstance(block, Quotation)]
    assert gone == [allure.protocol.rule("bepalingen-5").text]
    assert "staat niet meer in het protocol" in " ".join(
        block.text for block in measure.blocks if isinstance(block, Paragraph)
    )


def test_a_case_from_before_this_was_kept_takes_the_protocol_of_now(allure: Pack) -> None:
    case = replace(sent_in(allure), judged=None)
    assert "nieuw" in {step.id for step in shown(case, newer(allure)).steps}
