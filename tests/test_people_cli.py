"""`bot schools`, `bot invite`, `bot invitations`, `bot people`, `bot revoke`."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.storage import people_repository
from bot.storage.database import connect


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
        (("invite",), "Which role?"),
        (("invite", "--forgot-pin", "telegram:42"), "has no role"),
        (("invite", "--forgot-pin", "telegram:42", "--role", "bestuur"), "stands alone"),
        (("invitations", "--withdraw", "0123abcd"), 'No invitation "0123abcd" is open'),
        (("people", "--note", "telegram:42", "x"), "has no role"),
        (("schools", "--rename", "De Zon", "De Maan"), 'no school "De Zon"'),
        (("schools", "--close", "De Zon"), 'no school "De Zon"'),
        (("revoke", "telegram:42"), "has no role"),
    ],
)
def test_what_cannot_be_done_is_said_with_what_to_do(arguments: tuple[str, ...], told: str) -> None:
    done = bot(*arguments)
    assert done.exit_code == 1
    assert told in done.stderr


def test_nobody_has_a_role_at_first() -> None:
    assert "Nobody has a role yet" in bot("people").output


def redeem(code: str, person: str, folder: Path) -> None:
    with closing(connect(f"sqlite:///{folder / 'bot.db'}")) as database:
        assert database.transact(
            lambda connection: people_repository.redeem(connection, code, person, datetime.now(UTC))
        )


def test_an_open_invitation_is_listed_with_whom_it_is_for_and_can_be_withdrawn(tmp_path: Path) -> None:
    bot("schools", "--add", "De Vlieger")
    code = bot("invite", "--role", "directie", "--school", "De Vlieger").stdout.split()[1]
    listed = bot("invitations").stdout
    identity = listed.splitlines()[1].split()[0]
    assert "directie De Vlieger," in listed
    assert code not in listed
    done = bot("invitations", "--withdraw", identity)
    assert f"Invitation {identity} no longer works." in done.stdout
    assert "No invitation is open." in done.stdout
    with closing(connect(f"sqlite:///{tmp_path / 'bot.db'}")) as database:
        assert not database.transact(
            lambda connection: people_repository.redeem(connection, code, "telegram:42", datetime.now(UTC))
        )


def test_people_are_listed_with_the_note_of_their_invitation_or_another(tmp_path: Path) -> None:
    bot("schools", "--add", "De Vlieger", "--add", "De Ark")
    made = (
        "invite",
        "--role",
        "directie",
        "--school",
        "De Vlieger",
        "--note",
        "directie De Vlieger, 12 sept",
    )
    redeem(bot(*made).stdout.split()[1], "telegram:42", tmp_path)
    assert "directie De Vlieger, 12 sept" in bot("people").stdout
    done = bot("people", "--note", "telegram:42", "vervangt tot mei")
    assert "vervangt tot mei" in done.stdout
    assert "12 sept" not in done.stdout


def test_who_forgot_the_pin_gets_an_invitation_for_nobody_else(tmp_path: Path) -> None:
    redeem(bot("invite", "--role", "bestuur").stdout.split()[1], "telegram:42", tmp_path)
    done = bot("invite", "--forgot-pin", "telegram:42")
    assert "telegram:42 alone" in done.stderr
    redeem(done.stdout.split()[1], "telegram:42", tmp_path)


def test_a_school_is_renamed_and_closed_and_opened_again() -> None:
    bot("schools", "--add", "De Vlieger", "--add", "De Ark")
    assert bot("schools", "--rename", "de ark", "De Duif").stdout == "De Duif\nDe Vlieger\n"
    assert bot("schools", "--close", "De Duif").stdout == "De Duif (closed)\nDe Vlieger\n"
    assert "bot schools --reopen" in bot("invite", "--role", "directie", "--school", "De Duif").stderr
    assert bot("schools", "--reopen", "De Duif").stdout == "De Duif\nDe Vlieger\n"
