"""steps.yaml of a pack: what it holds, and every fault named at its line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.pack import loading
from knowledge.pack.loading import Pack
from knowledge.pack.policy import Outside
from tests.conftest import ALLURE


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pack") / "school"
    shutil.copytree(ALLURE, folder)
    return folder


@pytest.fixture
def pack(copied: Path) -> Iterator[Path]:
    """A copy of the pack that a test may break."""
    names = ("steps.yaml", "flows/incident.yaml", "pack.yaml")
    kept = {name: (copied / name).read_bytes() for name in names}
    yield copied
    for name, content in kept.items():
        (copied / name).write_bytes(content)


def faults(folder: Path) -> list[str]:
    problems = loading.examine(folder, learnable=False)[1]
    return [str(problem).removeprefix(f"{folder}/") for problem in problems]


def changed(file: Path, old: str, new: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert old in content, old
    file.write_text(content.replace(old, new, 1), encoding="utf-8")


def test_a_step_of_the_law_is_outside_the_protocol_and_every_other_rests_on_its_rule(allure: Pack) -> None:
    steps = allure.policy.steps
    assert {step.id: step.rule for step in steps.values()} == {
        "wet-melden-bestuur": None, "wet-betrokkenen": None, "wet-overleg-inspecteur": None, "wet-inlichten": None, "wet-aangifte": None,  # noqa: E501
        "gesprek-leerling": "bepalingen-2", "gesprek-ouder": "bepalingen-2", "gesprek-medewerker": "bepalingen-3",  # noqa: E501
        "besluit-kwalificatie": "bepalingen-4", "melden-inspecteur": "bepalingen-4",
        "sanctie-leerling": "bepalingen-2", "sanctie-ouder": "bepalingen-2", "maatregel-medewerker": "bepalingen-5",  # noqa: E501
        "besluit-aangifte": "bepalingen-6", "besluit-aangifte-overig": "bepalingen-6", "aangifte-doen": "bepalingen-6",  # noqa: E501
        "vastleggen-leerling": "bepalingen-7", "vastleggen-ouder": "bepalingen-7", "vastleggen-medewerker": "bepalingen-7",  # noqa: E501
    }  # fmt: skip
    for step in steps.values():
        assert all(step.text.values())
        for outside in (step.rests_on, step.note.outside if step.note else None):
            if isinstance(outside, Outside):
                assert "http" in outside.source
                assert outside.checked is None  # a person fills it in who read the live page


def test_the_inspectors_number_is_the_protocols(allure: Pack) -> None:
    assert "0900 - 1113111" in allure.protocol.rule("bepalingen-4").text
    for step_id in ("melden-inspecteur", "wet-overleg-inspecteur"):
        assert all("0900 - 1113111" in text for text in allure.policy.steps[step_id].text.values())


def test_a_pack_as_it_should_be_has_no_faults(pack: Path) -> None:
    assert faults(pack) == []


LAST = "  vastleggen-medewerker:\n"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("rule: bepalingen-2", "rule: bepaling-2", 'unknown rule "bepaling-2"; did you mean "bepalingen-2"?'),
        ("actor: directie", "actor: directeur", 'unknown actor "directeur"; did you mean "directie"?'),
        ("measures: [waarschuwing,", "measures: [waarschuwin,", 'did you mean "waarschuwing"?'),
        ("decides: aangifte", "decides: aangiften", 'unknown decision "aangiften"; did you mean "aangifte"?'),
        ("files: lovs", "files: lovz", 'unknown record "lovz"; did you mean "lovs"?'),
        ("about: leerling", "about: leering", 'nobody of the report is called "leering"'),
        (
            "{who: [leerling]}",
            "{wo: [leerling]}",
            'no question of the report is called "wo"; did you mean "who"?',
        ),
        (
            "{who: [leerling]}",
            "{who: [leering]}",
            'unknown option of "who" "leering"; did you mean "leerling"?',
        ),
        ("{aangifte: [ja]}", "{aangifte: [jaa]}", 'unknown outcome "jaa"; did you mean "ja"?'),
        ("in_record: never", "in_record: nevr", 'unknown "nevr"; did you mean "never"?'),
        ("    in_record: never\n", "", '"wet-inlichten" is about nobody in particular: say with `in_record`'),
        ("by: bestuur", "by: bestuurder", 'unknown role "bestuurder"; did you mean "bestuur"?'),
        ("    rule: bepalingen-2\n", "", 'needs a "rule", or a "source" and "checked"'),
        ("Gesprek met de leerling'", "G" + "a" * 40 + "'", "has 41 characters; at most 40 fit a button"),
        ("checked: ''", "checked: '26 nov'", '"checked" should be a day like "2026-11-26", or empty'),
        ("measures:\n", "measures:\n  schrobbering: {nl: a, en: b}\n", 'no step names "schrobbering"'),
    ],
)
def test_a_slip_is_named_with_what_was_meant(pack: Path, old: str, new: str, fault: str) -> None:
    changed(pack / "steps.yaml", old, new)
    found = [one for one in faults(pack) if fault in one]
    assert found
    assert found[0].startswith("steps.yaml:")
    assert found[0].split(":")[1].isdigit()


def test_a_step_that_no_case_demands_is_refused(pack: Path) -> None:
    changed(
        pack / "steps.yaml",
        "{who: [medewerker], decided",
        "{who: [medewerker], not: {who: [medewerker]}, decided",
    )
    assert [one for one in faults(pack) if 'no case demands step "melden-inspecteur"' in one]


def test_a_case_that_never_ends_is_refused_and_named(pack: Path) -> None:
    changed(pack / "steps.yaml", "    files: volledig\n", "")
    assert [one for one in faults(pack) if "this case never ends" in one and "who: ouder" in one]


def test_without_its_step_plan_a_report_is_refused(pack: Path) -> None:
    (pack / "steps.yaml").unlink()
    assert faults(pack) == ["steps.yaml: the file is missing; it says what must happen after an incident"]


def test_without_its_talk_a_report_is_refused(pack: Path) -> None:
    (pack / "flows" / "incident.yaml").unlink()
    assert [one for one in faults(pack) if one.startswith("flows/incident.yaml: the file is missing")]
    (pack / "steps.yaml").unlink()
    assert [one for one in faults(pack) if one.startswith("flows/incident.yaml: the file is missing")]


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("- id: who\n", "- id: wie\n", 'the report needs a question "who"; is it what is called "wie" here?'),
        ("- id: leerling\n", "- id: kind\n", 'question "who" needs an option "leerling"; is it one of kind?'),
        (
            "- id: next_date\n",
            "- id: next_dat\n",
            'question "next_dat" is not known; did you mean "next_date"?',
        ),
        ("    in_record: own\n", "", 'question "who" does not say with `in_record`'),
        ("in_record: own", "in_record: onw", 'unknown "onw"; did you mean "own"?'),
        ("[personeelsdossier]", "[personeeldossier]", 'did you mean "personeelsdossier"?'),
    ],
)
def test_an_id_that_the_program_reads_must_be_there(pack: Path, old: str, new: str, fault: str) -> None:
    changed(pack / "flows" / "incident.yaml", old, new)
    found = faults(pack)
    assert len(found) == 1, "one slip is one problem"
    assert fault in found[0]
    assert found[0].startswith("flows/incident.yaml:")
    assert found[0].split(":")[1].isdigit()
