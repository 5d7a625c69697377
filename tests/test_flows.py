"""Guided talks as data: what is read, what is proved about them, how they are drawn."""

from pathlib import Path

import pytest

from knowledge.files.problems import Problem
from knowledge.pack import flow_reader, loading
from knowledge.pack.flow import Flow
from knowledge.pack.flow_chart import mermaid
from tests.test_cli import bot, data  # noqa: F401  (a fixture)

TALK = """
id: talk
version: 1
title: {nl: Praten, en: Talking}
rules: [regels-1]
steps:
  - id: first
    ask: {nl: Een?, en: One?}
    options:
      - {id: ja, label: {nl: Ja, en: 'Yes'}, goes: good}
      - {id: nee, label: {nl: Nee, en: 'No'}}
  - id: second
    required: true
    ask: {nl: Twee?, en: Two?}
    options:
      - {id: ja, label: {nl: Ja, en: 'Yes'}, goes: good}
      - {id: nee, label: {nl: Nee, en: 'No'}, goes: bad}
outcomes:
  - id: good
    says: {nl: Goed., en: Good.}
    rules: [regels-1]
  - id: bad
    says: {nl: Slecht., en: Bad.}
    rules: []
    ask: directeur
"""


def read(folder: Path, text: str) -> tuple[Flow, list[str]]:
    (folder / "flows").mkdir(exist_ok=True)
    (folder / "flows" / "talk.yaml").write_text(text, encoding="utf-8")
    problems: list[Problem] = []
    (flow,) = flow_reader.load(folder, ["regels-1", "regels-2"], ["directeur"], problems)
    return flow, [f"{problem.line}: {problem.message}" for problem in sorted(problems)]


def test_a_flow_is_read_with_all_that_it_says(tmp_path: Path) -> None:
    flow, problems = read(tmp_path, TALK)
    assert problems == []
    assert (flow.id, flow.version, flow.title["en"], flow.rules, flow.is_check) == (
        "talk",
        1,
        "Talking",
        ("regels-1",),
        True,
    )
    first, second = flow.steps
    assert (first.kind, first.required, second.required) == ("choice", False, True)
    assert [(option.id, option.label["nl"], option.goes) for option in first.options] == [
        ("ja", "Ja", "good"),
        ("nee", "Nee", None),
    ]
    assert [(outcome.id, outcome.rules, outcome.ask) for outcome in flow.outcomes] == [
        ("good", ("regels-1",), None),
        ("bad", (), "directeur"),
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("goes: bad", "goes: bat", '17: unknown step or outcome "bat"; did you mean "bad"?'),
        ("goes: bad", "goes: first", '17: "first" does not come after this step; a talk only goes forward'),
        ("goes: bad", "goes: good", '22: no way leads to outcome "bad"'),
        (
            "    required: true",
            "    when: {first: [nee]}",
            '12: after step "second" a way ends without an outcome; say with `goes` where it leads',
        ),
        ("    required: true", "    when: {first: [ja]}", '12: no way leads to step "second"'),
        (
            "    required: true",
            "    when: {first: [neen]}",
            '13: step "first" has no option "neen"; did you mean "nee"?',
        ),
        ("    required: true", "    when: {third: [ja]}", '13: "third" is no earlier step'),
        ("    required: true", "    kind: choise", '13: unknown kind "choise"; did you mean "choice"?'),
        (
            "    required: true",
            "    kind: text",
            '15: step "second" has options, but nothing is chosen in a step of kind text',
        ),
        (
            "rules: [regels-1]\nsteps",
            "rules: [regels-3]\nsteps",
            '5: unknown rule "regels-3"; did you mean "regels-2"?',
        ),
        ("    rules: []", "    rules: [regel-1]", '24: unknown rule "regel-1"; did you mean "regels-1"?'),
        ("    rules: []\n", "", '22: "rules" is missing; write [] where there is none'),
        ("ask: directeur", "ask: direkteur", '25: unknown contact "direkteur"; did you mean "directeur"?'),
        ("says: {nl: Slecht., en: Bad.}", "says: {en: Bad.}", '23: "nl" is missing'),
        ("id: second", "id: first", '12: "first" stands here twice (first on line 7)'),
        (
            "{id: nee, label: {nl: Nee, en: 'No'}}",
            "{id: unknown, label: {nl: Nee, en: 'No'}}",
            'what "weet ik niet" is called',
        ),
        ("version: 1", "version: one", '3: "version" should be a whole number, 1 or more'),
        ("id: talk", "id: speech", '"speech" should be what the file\'s name begins with'),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, old: str, new: str, problem: str) -> None:
    assert old in TALK
    _, problems = read(tmp_path, TALK.replace(old, new, 1))
    assert any(problem in told for told in problems), problems


def test_weet_ik_niet_is_a_way_too(tmp_path: Path) -> None:
    first_leads_away = TALK.replace("en: 'No'}}", "en: 'No'}, goes: bad}", 1)
    assert read(tmp_path, first_leads_away)[1] == []
    required = first_leads_away.replace("- id: first", "- id: first\n    required: true")
    assert read(tmp_path, required)[1] == ['13: no way leads to step "second"']


BOTH = """
id: talk
version: 1
title: {nl: Praten, en: Talking}
rules: []
steps:
  - id: who
    kind: choices
    ask: {nl: Wie?, en: Who?}
    options:
      - {id: pupil, label: {nl: Leerling, en: Pupil}}
      - {id: parent, label: {nl: Ouder, en: Parent}}
      - {id: staff, label: {nl: Medewerker, en: Staff}}
  - id: pupil
    ask: {nl: Leerling?, en: Pupil?}
    when: {who: [pupil]}
    options: [{id: ja, label: {nl: Ja, en: 'Yes'}}]
  - id: both
    kind: text
    when: {who: [staff], pupil: [ja]}
    ask: {nl: Allebei?, en: Both?}
"""


def test_a_step_that_only_two_choices_together_lead_to_is_reachable(tmp_path: Path) -> None:
    assert read(tmp_path, BOTH)[1] == []
    assert read(tmp_path, BOTH.replace("kind: choices\n    ask: {nl: Wie?", "ask: {nl: Wie?"))[1] == [
        '17: no way leads to step "both"'
    ]


def test_two_files_of_one_version_are_told(tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    for name in ("talk.yaml", "talk-1.yaml"):
        (tmp_path / "flows" / name).write_text(TALK, encoding="utf-8")
    problems: list[Problem] = []
    flow_reader.load(tmp_path, [], [], problems)
    assert [problem.message for problem in problems] == [
        'version 1 of "talk" stands here twice; raise `version` in the newer file'
    ]


def test_the_newest_version_is_found_first_and_an_older_one_by_its_number(mini_folder: Path) -> None:
    (mini_folder / "flows").mkdir()
    (mini_folder / "flows" / "talk-1.yaml").write_text(TALK, encoding="utf-8")
    (mini_folder / "flows" / "talk.yaml").write_text(
        TALK.replace("version: 1", "version: 2"), encoding="utf-8"
    )
    loaded = loading.load(mini_folder)
    assert (loaded.flow("talk").version, loaded.flow("talk", 1).version) == (2, 1)
    with pytest.raises(KeyError):
        loaded.flow("talk", 3)


def test_a_change_of_a_flow_or_a_contact_is_no_reason_to_learn_anew(mini_folder: Path) -> None:
    before = loading.fingerprint(mini_folder)
    (mini_folder / "flows").mkdir()
    (mini_folder / "flows" / "talk.yaml").write_text(TALK, encoding="utf-8")
    (mini_folder / "pack.yaml").write_text(
        (mini_folder / "pack.yaml").read_text().replace("de ICT'er", "de beheerder")
    )
    assert loading.fingerprint(mini_folder) == before


def test_the_drawing_holds_every_question_answer_and_outcome(tmp_path: Path) -> None:
    drawn = mermaid(read(tmp_path, TALK)[0])
    assert drawn.startswith("flowchart TD\n")
    for part in (
        'first["Een?"]',
        'first -->|"Ja"| good',
        'first -->|"Nee / weet ik niet"| second',
        'bad(["Slecht.<br/>niet in het protocol"])',
    ):
        assert part in drawn


def test_bot_flow_draws_and_suggests(data: Path, mini_folder: Path) -> None:  # noqa: F811
    (mini_folder / "flows").mkdir()
    (mini_folder / "flows" / "talk.yaml").write_text(TALK, encoding="utf-8")
    assert (
        "flowchart TD" in bot("flow", "talk", "--language", "en", data=data, PROTOCOL=str(mini_folder)).stdout
    )
    wrong = bot("flow", "tolk", data=data, PROTOCOL=str(mini_folder))
    assert (wrong.returncode, 'did you mean "talk"?' in wrong.stderr) == (2, True)
