"""steps.yaml of the pack: complete, and every fault named at its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from handlers.cases.required_steps import IDS, MEASURES, WHO, needed
from knowledge.files.problems import PackError
from knowledge.pack.loading import Pack
from knowledge.pack.step_texts import Needed, Outside, examine, load
from tests.conftest import ALLURE

SMALL = Needed(("praten",), ("directie",), (), ("regels-1",))
GOOD = """\
actors:
  directie: {nl: de directie, en: the management}
measures: {}
steps:
  praten:
    title: {nl: Praten, en: Talk}
    text: {nl: Praat., en: Talk.}
    rule: regels-1
"""


def faults(tmp_path: Path, content: str) -> list[str]:
    (tmp_path / "steps.yaml").write_text(content, encoding="utf-8")
    return [str(problem).removeprefix(f"{tmp_path}/") for problem in examine(tmp_path, SMALL)[1]]


def test_the_pack_says_every_step_actor_and_measure_in_both_languages(allure: Pack) -> None:
    texts = load(ALLURE, needed(rule.id for rule in allure.protocol))
    assert (set(texts.steps), set(texts.actors), set(texts.measures)) == (set(IDS), set(WHO), set(MEASURES))
    for step in texts.steps.values():
        assert all(step.text.values())
        assert all(step.title.values())


def test_a_step_of_the_law_is_outside_the_protocol_and_every_other_rests_on_its_rule(allure: Pack) -> None:
    texts = load(ALLURE, needed(rule.id for rule in allure.protocol))
    rules = {step_id: text.rule for step_id, text in texts.steps.items()}
    assert rules == {
        "wet-melden-bestuur": None, "wet-betrokkenen": None, "wet-overleg-inspecteur": None, "wet-inlichten": None, "wet-aangifte": None,  # noqa: E501
        "gesprek-leerling": "bepalingen-2", "gesprek-ouder": "bepalingen-2", "gesprek-medewerker": "bepalingen-3",  # noqa: E501
        "besluit-kwalificatie": "bepalingen-4", "melden-inspecteur": "bepalingen-4",
        "sanctie-leerling": "bepalingen-2", "sanctie-ouder": "bepalingen-2", "maatregel-medewerker": "bepalingen-5",  # noqa: E501
        "besluit-aangifte": "bepalingen-6", "besluit-aangifte-overig": "bepalingen-6", "aangifte-doen": "bepalingen-6",  # noqa: E501
        "vastleggen-leerling": "bepalingen-7", "vastleggen-ouder": "bepalingen-7", "vastleggen-medewerker": "bepalingen-7",  # noqa: E501
    }  # fmt: skip
    for text in texts.steps.values():
        for outside in (text.rests_on, text.note.outside if text.note else None):
            if isinstance(outside, Outside):
                assert "http" in outside.source
                assert outside.checked is None  # a person fills it in who read the live page


def test_the_inspectors_number_is_the_protocols(allure: Pack) -> None:
    texts = load(ALLURE, needed(rule.id for rule in allure.protocol))
    assert "0900 - 1113111" in next(rule.text for rule in allure.protocol if rule.id == "bepalingen-4")
    for step_id in ("melden-inspecteur", "wet-overleg-inspecteur"):
        assert all("0900 - 1113111" in text for text in texts.steps[step_id].text.values())


def test_a_good_file_has_no_faults(tmp_path: Path) -> None:
    assert faults(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("instead", "of", "fault"),
    [
        ("regels-2", "regels-1", 'steps.yaml:8: unknown rule "regels-2"; did you mean "regels-1"?'),
        ("text: {nl: Praat.}", "text: {nl: Praat., en: Talk.}", 'steps.yaml:7: "en" is missing'),
        ("  paten:", "  praten:", 'steps.yaml:5: unknown name "paten" in "steps"; did you mean "praten"?'),
        (
            "",
            "    rule: regels-1\n",
            'steps.yaml:5: "praten" needs a "rule", or a "source" and "checked" where it is not from the '
            "protocol",
        ),
        ("    source: wet\n", "    rule: regels-1\n", 'steps.yaml:5: "checked" is missing'),
        (
            "source: wet\n    checked: '26 nov'",
            "rule: regels-1",
            'steps.yaml:9: "checked" should be a day like "2026-11-26", or empty, not "26 nov"',
        ),
        (
            "rule: regels-1\n    checked: '2026-11-26'",
            "rule: regels-1",
            'steps.yaml:9: "praten" rests on a rule, so "checked" belongs in its "note"',
        ),
        (
            "title: {nl: " + "a" * 41,
            "title: {nl: Praten",
            'steps.yaml:6: the nl title of "praten" has 41 characters; at most 40 fit a button',
        ),
        ("directeur:", "directie:", 'steps.yaml:1: "directie" is missing in "actors"'),
    ],
)
def test_a_fault_is_named_at_its_line(tmp_path: Path, instead: str, of: str, fault: str) -> None:
    assert of in GOOD
    assert fault in faults(tmp_path, GOOD.replace(of, instead))


def test_a_pack_without_the_file_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"steps\.yaml: the file is missing"):
        load(tmp_path, SMALL)
