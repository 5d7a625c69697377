"""`bot schools`, `bot invite`, `bot people`, `bot revoke`."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)


def bot(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments)


def test_a_director_is_invited_for_a_school_that_was_entered() -> None:
    assert "No school yet" in bot("schools").output
    assert bot("schools", "--add", "De Vlieger").output == "De Vlieger\n"
    done = bot("invite", "--role", "directie", "--school", "de vlieger")
    assert done.exit_code == 0
    assert done.stdout.startswith("/start ")
    assert len(done.stdout.split()[1]) == 24
    assert "72 hours" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("invite", "--role", "koning"), 'no role "koning"'),
        (("invite", "--role", "medewerker"), "one of directie, bestuur, beheerder"),
        (("invite", "--role", "directie", "--school", "De Zon"), 'bot schools --add "De Zon"'),
        (("invite", "--role", "directie"), "--school"),
        (("revoke", "telegram:42"), "has no role"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(arguments: tuple[str, ...], told: str) -> None:
    done = bot(*arguments)
    assert done.exit_code == 1
    assert told in done.stderr


def test_nobody_has_a_role_at_first() -> None:
    assert "Nobody has a role yet" in bot("people").output
