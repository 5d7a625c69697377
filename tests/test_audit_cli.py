"""`bot audit` and `bot people --on`."""

from __future__ import annotations

import csv
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def bot(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def invited() -> None:
    assert bot("schools", "--add", "De Vlieger").exit_code == 0
    assert bot("invite", "--role", "bestuur").exit_code == 0
    [identity] = [line.split()[0] for line in bot("invitations").output.splitlines()[1:]]
    assert bot("invitations", "--withdraw", identity).exit_code == 0


def test_what_the_operator_does_is_in_the_log_and_the_log_proves_itself() -> None:
    invited()
    rows = [json.loads(line) for line in bot("audit", "show", "--json").output.splitlines()]
    assert [row["act"] for row in rows] == ["log_started", "invited", "withdrawn"]
    assert {row["who"] for row in rows} == {"system", "operator"}
    done = bot("audit", "verify")
    assert done.exit_code == 0
    assert done.output.startswith("4 entries, head 4 ")
    assert json.loads(bot("audit", "verify", "--json").output)["findings"] == []
    acts = [json.loads(line)["act"] for line in bot("audit", "show", "--json").output.splitlines()]
    assert acts[3:] == ["log_read", "log_verified", "log_verified"]


def test_a_log_that_was_cut_is_told_with_its_place_and_exit_code(data: Path) -> None:
    invited()
    head = bot("audit", "verify").output.split("head ")[1].split(":")[0]
    with closing(sqlite3.connect(data / "bot.db")) as database:
        database.execute("DROP TRIGGER audit_no_DELETE")
        database.execute("DELETE FROM audit WHERE seq >= 3")
        database.execute("UPDATE audit_heads SET seq = 2, hash = (SELECT hash FROM audit WHERE seq = 2)")
        database.commit()
    done = bot("audit", "verify")
    assert done.exit_code == 1
    assert "entries 3 to 4: cut from the end of the log" in done.output
    (data / "board.key.audit-head").unlink()
    assert "cut from the end of the log" in bot("audit", "verify", "--head", head).output
    assert bot("audit", "verify", "--head", "x").exit_code == 2


def test_a_spreadsheet_for_whoever_asks_and_for_nobody_else(data: Path) -> None:
    invited()
    path = data / "log.csv"
    assert bot("audit", "show", "--since", "2020-01-01", "--csv", str(path)).exit_code == 0
    assert path.stat().st_mode & 0o777 == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        assert [row["act"] for row in csv.DictReader(file, delimiter=";")][1:] == ["invited", "withdrawn"]
    assert "there already" in bot("audit", "show", "--csv", str(path)).output
    assert "Nothing of this" in bot("audit", "show", "--case", "2026-0001").output


def test_a_damaged_second_place_is_told_and_stops_nothing_else(data: Path) -> None:
    invited()
    (data / "board.key.audit-head").write_text("{")
    assert "was damaged" in bot("audit", "verify").output
    assert bot("invite", "--role", "bestuur").exit_code == 0


def test_who_had_access_on_a_day(data: Path) -> None:
    assert bot("people", "--on", "2026-03-01").output.startswith("Nobody had a role")
    with closing(sqlite3.connect(data / "bot.db")) as database:
        day = 86_400_000_000
        march = 20_513 * day  # 2026-03-01, 00:00 UTC
        rows = [
            ("telegram:1", "directie", '["de-ark"]', "wie", march - 9 * day, march - 8 * day),
            ("telegram:2", "bestuur", "[]", "wie", march - 9 * day, march + day // 2),
            ("telegram:3", "bestuur", "[]", "wie", march + 3 * day, None),
            ("telegram:4", "bestuur", "[]", "wie", march - 3 * day, None),
        ]
        database.executemany(
            "INSERT INTO role_history (person, role, schools, note, since, until) VALUES (?, ?, ?, ?, ?, ?)",
            rows,
        )
        database.commit()
    lines = bot("people", "--on", "2026-03-01").output.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["telegram:2", "telegram:4"]
    assert "2026-03-01" in lines[1]
