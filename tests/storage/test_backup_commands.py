"""`bot backup` and `bot restore` as a person uses them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from tests.conftest import MINI


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROTOCOL", str(MINI))
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("BOT_KEY_FILE", str(tmp_path / "keys" / "board.key"))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("COLUMNS", "200")


def bot(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_from_one_machine_to_an_empty_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bot("keys", "new")
    bot("schools", "--add", "De Vlieger")
    file = tmp_path / "monday.backup"
    made = bot("backup", str(file))
    assert made.exit_code == 0, made.output
    assert made.stdout.startswith(f"{file} holds 0 cases and ")
    told = json.loads(bot("backup", str(tmp_path / "second.backup"), "--json").stdout)
    assert told["rows"]["schools"] == 1
    assert bot("restore", str(file), "--check").stdout.startswith(f"{file} is whole and holds")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "new machine"))
    put = bot("restore", str(file))
    assert put.exit_code == 0, put.output
    assert "Case numbers go on 100 further" in put.stderr
    assert bot("schools").stdout == "De Vlieger\n"
    again = bot("restore", str(file))
    assert (again.exit_code, "not empty" in again.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("backup", "x.backup"), "put back the copy that you kept"),
        (("restore", "x.backup"), "put back the copy that you kept"),
    ],
)
def test_without_the_key_nothing_is_done(
    arguments: tuple[str, ...], told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = bot(*arguments)
    assert done.exit_code == 1
    assert told in done.stderr
    assert not (tmp_path / "x.backup").exists()


def test_what_cannot_be_read_or_written_is_named(tmp_path: Path) -> None:
    bot("keys", "new")
    bot("schools", "--add", "De Vlieger")
    assert "There is no" in bot("restore", str(tmp_path / "nothing.backup")).stderr
    assert "There is no" in bot("backup", str(tmp_path / "no folder" / "x.backup")).stderr
    (tmp_path / "letter.backup").write_text("Beste ouders", encoding="utf-8")
    assert "is no backup of this program" in bot("restore", str(tmp_path / "letter.backup")).stderr
