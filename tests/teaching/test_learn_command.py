"""`bot learn` and `bot eval` as a person uses them."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.commands import common
from bot.storage.schema import feedback, unanswered


@pytest.fixture(autouse=True)
def places(tmp_path: Path, mini_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("PROTOCOL", str(mini_folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def bot(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=typed)


def ask_in_vain(*questions: str) -> None:
    rows = [{"day": date(2026, 12, 1), "language": "nl", "question": one, "label": None} for one in questions]
    common.transact(lambda connection: connection.execute(insert(unanswered), rows))


def listed() -> list[str]:
    return [
        text
        for group in json.loads(bot("learn", "questions", "--json").stdout)
        for text in group["questions"]
    ]


def test_what_was_asked_in_vain_and_what_did_not_help_is_listed_together() -> None:
    ask_in_vain("waar is de gymzaal", "waar is de gymzaal?", "wie heeft de sleutel")
    row = {"day": date(2026, 12, 1), "label": "regels-1", "helpful": False, "question": "mag de hond mee"}
    common.transact(lambda connection: connection.execute(insert(feedback), [row]))
    groups = json.loads(bot("learn", "questions", "--json").stdout)
    assert [(group["times"], group["questions"][0]) for group in groups] == [
        (2, "waar is de gymzaal"),
        (1, "mag de hond mee"),
        (1, "wie heeft de sleutel"),
    ]
    assert "waar is de gymzaal" in bot("learn", "questions").stdout


def test_a_lesson_from_list_to_answer_and_back(mini_folder: Path) -> None:
    ask_in_vain("waar is de gymzaal", "wie heeft de sleutel")
    done = bot("learn", "teach", "waar is de gymzaal", "--as", "near/telefoon", "--yes", "--by", "Noor")
    assert done.exit_code == 0, done.output
    assert listed() == ["wie heeft de sleutel"]
    assert "geleerd" in (mini_folder / "phrasings" / "geleerd.nl.yaml").read_text(encoding="utf-8")
    history = bot("learn", "history").stdout
    assert "Noor" in history
    assert "waar is de gymzaal → near/telefoon" in history
    assert "Taken back: waar is de gymzaal" in bot("learn", "undo").stdout
    assert not (mini_folder / "phrasings" / "geleerd.nl.yaml").exists()
    again = bot("learn", "undo")
    assert (again.exit_code, again.stderr) == (1, "There is nothing to take back.\n")


def test_a_new_topic_on_which_the_protocol_is_silent() -> None:
    arguments = (
        "--topic",
        "dak",
        "--title",
        "Het dak",
        "--says",
        "Over het dak staat er niets.",
        "--ask",
        "ict",
    )
    done = bot("learn", "silent", "mag ik op het dak", *arguments, "--yes")
    assert done.exit_code == 0, done.output
    assert json.loads(bot("ask", "--json", "mag ik op het dak").stdout)["status"] == "decline"
    assert "Over het dak staat er niets." in bot("ask", "mag ik op het dak").stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (
            ("teach", "iets", "--as", "regel-1"),
            'There is no rule or topic "regel-1"; did you mean "regels-1"?',
        ),
        (("teach", "iets", "--as", "regels-1", "--language", "de"), "use nl or en"),
        (("drop", "nooit gevraagd"), "No such question is on the list"),
        (
            ("silent", "iets", "--topic", "dak", "--title", "Dak", "--says", "Niets.", "--ask", "koning"),
            'unknown contact "koning"',
        ),
    ],
)
def test_what_cannot_be_taught_is_said_and_nothing_is_written(
    arguments: tuple[str, ...], told: str, mini_folder: Path
) -> None:
    before = sorted(mini_folder.rglob("*"))
    done = bot("learn", *arguments)
    assert done.exit_code == 1
    assert told in done.stderr
    assert sorted(mini_folder.rglob("*")) == before


def test_a_lesson_that_spoils_a_known_question_needs_a_reason(mini_folder: Path) -> None:
    known = "wordt er over mij gepraat als ik iets verkeerds post"
    (mini_folder / "questions.jsonl").write_text("", encoding="utf-8")
    from knowledge.pack import loading

    phrasing = next(
        one for one in loading.load(mini_folder).phrasings if one.label == "regels-1" and one.language == "nl"
    )
    known = phrasing.text
    (mini_folder / "questions.jsonl").write_text(
        json.dumps({"q": known, "labels": ["regels-1"], "lang": "nl"}) + "\n", encoding="utf-8"
    )
    for word in ("dan", "nou", "toch"):
        refused = bot("learn", "teach", f"{known} {word}", "--as", "near/telefoon", "--yes")
        if refused.exit_code:
            break
    assert "Not written: a question fares worse" in refused.stderr
    assert known in refused.stdout.replace("\n", " ")
    despite = bot(
        *("learn", "teach", f"{known} {word}", "--as", "near/telefoon", "--yes", "--despite", "zo is het")
    )
    assert despite.exit_code == 0
    assert "zo is het" in bot("learn", "history").stdout


def test_going_through_the_questions_one_by_one() -> None:
    ask_in_vain("waar is de gymzaal", "waar is de gymzaal", "wie heeft de sleutel", "mag de hond mee")
    typed = "near/telefoon\n\ns\nn\ny\n"
    done = bot("learn", typed=typed)
    assert done.exit_code == 0, done.output
    assert "1 of 3" in done.stdout
    assert len(listed()) == 1


def test_answers_are_compared_with_the_kept_ones(mini_folder: Path) -> None:
    questions = mini_folder / "questions.jsonl"
    questions.write_text('{"q": "mag ik op het dak", "labels": ["near"], "lang": "nl"}\n', encoding="utf-8")
    assert "changed" not in json.loads(bot("eval", "--json").stdout)
    assert bot("eval", "--keep").exit_code == 0
    assert json.loads(bot("eval", "--json").stdout)["changed"] == []
    arguments = ("--topic", "dak", "--title", "Het dak", "--says", "Niets.", "--ask", "ict", "--despite", "x")
    assert bot("learn", "silent", "mag ik op het dak", *arguments, "--yes").exit_code == 0
    (change,) = json.loads(bot("eval", "--json").stdout)["changed"]
    assert change["after"] == "decline near/dak"
