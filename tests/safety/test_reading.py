"""The safety data: what is shipped is in order, and what an editor does wrong is named with its line."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from pathlib import Path

import pytest

from knowledge.safety.hours import parse_hours
from knowledge.safety.reading import FOLDER, examine_safety


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for file in FOLDER.glob("safety*.yaml"):
        shutil.copy(file, tmp_path)
    return tmp_path


def problems_after(folder: Path, file: str, old: str, new: str) -> list[str]:
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    return [str(problem).removeprefix(f"{folder}/") for problem in examine_safety(folder)[1]]


def test_the_shipped_data_is_in_order() -> None:
    assert examine_safety()[1] == []


WORDS, CUES, MAIN = "safety_words.yaml", "safety_cues.yaml", "safety.yaml"
BEL = "Bel nu 112 en doe"


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        (MAIN, "[inspector,", "[inspectr,", 'unknown helpline "inspectr"; did you mean "inspector"?'),
        (MAIN, "number: '112'", "number: '1-1-2'", '"1-1-2" is no Dutch telephone number'),
        (MAIN, "mon-fri 10:00-16:00", "weekdays", '"weekdays" should be "always"'),
        (MAIN, "[emergency]", "[emergency, police, home, child]", "it should have 1 to 3"),
        (MAIN, BEL, f"Rustig maar. {BEL}", 'says "rustig maar", which is banned'),
        (MAIN, BEL, BEL + " en" * 60, "at most 60"),
        (MAIN, "checked: ''", "checked: gisteren", '"checked" should be a day like'),
        (MAIN, "checked: ''", "checked: '2026-11-30'", "who checked it?"),
        (MAIN, "gravity: 1\n", "gravity: geen\n", '"gravity" should be a whole number'),
        (CUES, "- COLLAPSED &", "- COLAPSED &", 'no class "COLAPSED"; did you mean "COLLAPSED"?'),
        (CUES, "helpline:\n", "helplin:\n", 'unknown situation "helplin"; did you mean "helpline"?'),
        (WORDS, "  ANIMAL:", "  Animal:", 'the class "Animal" should be in capitals'),
    ],
)
def test_what_an_editor_does_wrong_is_named(folder: Path, file: str, old: str, new: str, says: str) -> None:
    problems = problems_after(folder, file, old, new)
    assert any(says in problem and problem.startswith(f"{file}:") for problem in problems), problems


def test_a_line_that_nobody_checked_or_long_ago_is_stale() -> None:
    source = next(iter(examine_safety()[0].helplines.values())).source
    assert source.checked is None
    assert source.is_stale(date(2026, 12, 1))


@pytest.mark.parametrize(
    ("hours", "at", "answers"),
    [
        ("always", "2026-12-01 03:00", True),
        ("unknown", "2026-12-01 12:00", None),
        ("mon-fri 08:00-17:00", "2026-12-01 08:00", True),  # a Tuesday
        ("mon-fri 08:00-17:00", "2026-12-01 17:00", False),
        ("mon-fri 08:00-17:00", "2026-12-05 12:00", False),
        ("mon-sun 11:00-24:00", "2026-12-05 23:59", True),
        ("mon-fri 09:00-12:00, sat 10:00-11:00", "2026-12-05 10:30", True),
    ],
)
def test_a_line_is_open_or_closed_at_a_moment(hours: str, at: str, answers: bool | None) -> None:
    assert parse_hours(hours).is_open(datetime.fromisoformat(at)) is answers


def test_on_a_holiday_a_line_of_working_days_is_closed() -> None:
    christmas = datetime(2026, 12, 25, 12, 0)
    assert parse_hours("mon-fri 08:00-17:00").is_open(christmas, is_holiday=True) is False
    assert parse_hours("mon-sun 11:00-21:00").is_open(christmas, is_holiday=True) is True


@pytest.mark.parametrize("wrong", ["mon 25:00-26:00", "fri-mon 08:00-17:00", "mon 17:00-08:00", "mondays"])
def test_hours_that_cannot_be_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"should be|ends before|no time"):
        parse_hours(wrong)
