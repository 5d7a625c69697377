"""The words of answers as data: what is wrong in them is named with its line."""

from pathlib import Path

from knowledge.files.problems import Problem
from knowledge.intake.answer_words import examine_answer_words
from knowledge.pack import flow_reader
from tests.conftest import ROOT

ANSWERS = ROOT / "knowledge" / "common" / "answers.yaml"


def problems_of_talk(folder: Path, options: str) -> list[str]:
    (folder / "flows").mkdir()
    talk = f"""
id: talk
version: 1
title: {{nl: Praten, en: Talking}}
rules: []
steps:
  - id: who
    kind: choices
    role: agent
    ask: {{nl: Wie?, en: Who?}}
    options:
{options}"""
    (folder / "flows" / "talk.yaml").write_text(talk, encoding="utf-8")
    found: list[Problem] = []
    flow_reader.load(folder, [], [], found)
    return [f"{problem.line}: {problem.message}" for problem in found]


def test_a_group_that_is_not_known_is_named_with_the_one_that_is_meant(tmp_path: Path) -> None:
    options = """      - id: leerling
        label: {nl: Leerling, en: Pupil}
        means: [pupils]
"""
    (problem,) = problems_of_talk(tmp_path, options)
    assert problem.startswith('14: unknown group "pupils"; did you mean "pupil"?')


def test_a_form_that_stands_twice_or_matches_nothing_is_a_problem(tmp_path: Path) -> None:
    options = """      - id: leerling
        label: {nl: Leerling, en: Pupil}
        words:
          nl:
            - kind
            - kind
            - '*'
"""
    assert problems_of_talk(tmp_path, options) == [
        '17: form "kind" stands here twice (first on line 16)',
        '18: form "*" can match nothing: it has no letters or digits',
    ]


def test_a_form_that_surely_means_two_options_belongs_to_the_hints(tmp_path: Path) -> None:
    options = """      - id: leerling
        label: {nl: Leerling, en: Pupil}
        words: {nl: [kind]}
      - id: ouder
        label: {nl: Ouder, en: Parent}
        words: {nl: [kind]}
"""
    (problem,) = problems_of_talk(tmp_path, options)
    assert problem == '15: "kind" stands for both leerling and ouder; put it under `hints` of both'


def test_a_marker_that_nobody_reads_is_a_problem(tmp_path: Path) -> None:
    broken = tmp_path / "answers.yaml"
    broken.write_text(ANSWERS.read_text(encoding="utf-8").replace("\n  maybe:", "\n  maybee:"), "utf-8")
    messages = [problem.message for problem in examine_answer_words(broken)[1]]
    assert any('unknown name "maybee"; did you mean "maybe"?' in message for message in messages)


def test_the_shared_words_are_in_order() -> None:
    assert list(examine_answer_words()[1]) == []
