"""`bot keys list`, `rotate`, `retire`, `check`, `sheet`, `recover`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.storage import encryption


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def bot(*arguments: str, given: str = "") -> Result:
    return CliRunner().invoke(app, arguments, input=given)


def test_a_key_is_rotated_and_the_old_one_retired(data: Path) -> None:
    assert bot("keys", "new").exit_code == 0
    assert bot("invite", "--role", "bestuur").exit_code == 0
    [old] = json.loads(bot("keys", "list", "--json").output)
    assert old["current"]
    assert "is in use" in bot("keys", "retire", old["id"]).output
    assert "no key" in bot("keys", "retire", "x").output
    done = json.loads(bot("keys", "rotate", "--json").output)
    assert (done["changed"], done["left"], done["damaged"]) == (1, 0, [])
    keys = json.loads(bot("keys", "list", "--json").output)
    assert [(key["id"], key["current"]) for key in keys] == [(old["id"], False), (done["key"], True)]
    assert "is retired" in bot("keys", "retire", old["id"]).output
    assert "Every value can be read" in bot("keys", "check").output
    assert list(encryption.read(data / "board.key").keys) == [done["key"]]
    assert bot("audit", "verify").exit_code == 0
    acts = [json.loads(line)["act"] for line in bot("audit", "show", "--json").output.splitlines()]
    assert acts[2:4] == ["key_rotated", "key_retired"]


def test_a_key_made_beforehand_for_several_machines_is_the_one_that_is_used(data: Path) -> None:
    bot("keys", "new")
    assert bot("keys", "new", "--add").exit_code == 0
    first, second = encryption.read(data / "board.key").keys
    assert encryption.read(data / "board.key").current == first
    assert json.loads(bot("keys", "rotate", "--json").output)["key"] == second


@pytest.mark.parametrize("halves", [False, True])
def test_a_lost_key_file_comes_back_from_the_sheet(data: Path, halves: bool) -> None:
    bot("keys", "new")
    bot("invite", "--role", "bestuur")
    out = data / "sheet.txt"
    assert bot("keys", "sheet", "--out", str(out), *(["--halves"] if halves else [])).exit_code == 0
    sheets = sorted(data.glob("sheet*.txt"))
    assert len(sheets) == (2 if halves else 1)
    assert all(sheet.stat().st_mode & 0o777 == 0o600 for sheet in sheets)
    words = [" ".join(sheet.read_text().splitlines()[3:]) for sheet in sheets]
    key = sheets[0].read_text().splitlines()[1].removeprefix("Key: ")
    (data / "board.key").unlink()
    assert "is missing" in bot("keys", "check").output
    assert "give no key" in bot("keys", "recover", key, given=words[0].replace(" ", " acid ", 1)).output
    assert bot("keys", "recover", key, given="\n".join(words)).exit_code == 0
    assert "Every value can be read" in bot("keys", "check").output


def test_keys_of_a_command_are_read_and_never_written(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (data / "secret").write_text(bot("keys", "new", "--print").output)
    monkeypatch.setenv("BOT_KEY_COMMAND", f"cat {data / 'secret'}")
    assert bot("invite", "--role", "bestuur").exit_code == 0
    assert "BOT_KEY_COMMAND" in bot("keys", "rotate").output
    (data / "secret").write_text(bot("keys", "new", "--add", "--print").output)
    assert bot("keys", "rotate").exit_code == 0
    assert not (data / "board.key").exists()
