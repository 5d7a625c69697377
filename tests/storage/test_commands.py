"""`bot unanswered`, `bot keys new`, and what `bot check` finds in database and keys."""

from __future__ import annotations

import csv
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import Settings
from bot.storage import StorageError, encryption, migrate, open_store
from bot.storage.check import problems
from bot.storage.database import connect
from bot.storage.open_store import board_cipher, open_database
from bot.storage.schema import board_keys, feedback, unanswered

TODAY = date(2026, 11, 26)


@pytest.fixture
def settings(tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", database_url)
    return Settings()


def bot(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "150"})


def ask(settings: Settings, *asked: tuple[int, str]) -> None:
    rows = [
        {"day": TODAY - timedelta(days=ago), "language": "nl", "question": question, "label": "far"}
        for ago, question in asked
    ]
    database = connect(settings.database)
    database.transact(lambda connection: connection.execute(insert(unanswered), rows))
    database.close()


def test_what_was_asked_in_vain_is_listed_newest_first_and_counted(settings: Settings) -> None:
    assert "No question" in bot("unanswered").output
    ask(settings, (3, "mag een drone"), (1, "[bold]en een robot"), (2, "Mag een  drone"))
    output = bot("unanswered").output
    lines = [line.split() for line in output.splitlines()]
    assert lines[1] == ["2026-11-25", "1", "nl", "far", "[bold]en", "een", "robot"]
    assert lines[2][:2] == ["2026-11-24", "2"]
    assert "3 times in all, 2 different questions" in output


def test_answers_that_did_not_help_are_counted(settings: Settings) -> None:
    rows = [
        {"day": TODAY, "label": "profilering-4", "helpful": helpful, "question": ""}
        for helpful in (True, False, False)
    ]
    database = connect(settings.database)
    database.transact(lambda connection: connection.execute(insert(feedback), rows))
    database.close()
    assert ["profilering-4", "1", "2"] in [line.split() for line in bot("unanswered").output.splitlines()]


def test_the_file_for_a_spreadsheet_holds_no_formula(settings: Settings, tmp_path: Path) -> None:
    ask(settings, (0, '=HYPERLINK("x")'), (0, 'ë, "x"\n'))
    done = bot("unanswered", "--csv", str(tmp_path / "out.csv"))
    assert done.exit_code == 0, done.output
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row[0] for row in csv.reader(file, delimiter=";")] == [
            "question",
            'ë, "x"\n',
            '\'=HYPERLINK("x")',
        ]
    assert bot("unanswered", "--csv", str(tmp_path / "none" / "out.csv")).exit_code == 1


def test_a_fresh_installation_is_in_order(settings: Settings) -> None:
    assert problems(settings) == []
    assert not settings.data_dir.exists()
    database = open_database(settings)
    board_cipher(settings, database)
    database.close()
    assert settings.key_file.exists()
    assert problems(settings) == []


def test_production_makes_no_keys_by_itself(settings: Settings) -> None:
    settings = settings.model_copy(update={"bot_profile": "production"})
    assert ["bot keys new" in problem for problem in problems(settings)] == [True]
    with pytest.raises(StorageError, match="bot keys new"):
        open_store(settings)
    assert bot("keys", "new").exit_code == 0
    assert problems(settings) == []
    before = settings.key_file.read_bytes()
    assert bot("keys", "new").exit_code == 1
    assert settings.key_file.read_bytes() == before
    settings.key_file.chmod(0o604)
    assert ["chmod 600" in problem for problem in problems(settings)] == [True]


def test_no_key_is_made_beside_a_database_that_another_key_encrypted(settings: Settings) -> None:
    database = open_database(settings)
    right = board_cipher(settings, database)
    database.close()
    settings.key_file.unlink()
    done = bot("keys", "new")
    assert done.exit_code == 1
    assert "Put back the copy" in done.output
    assert not settings.key_file.exists()
    encryption.replace(settings.key_file, right)
    open_store(settings).database.close()


def test_a_key_is_made_while_the_database_cannot_be_reached(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"postgresql://user:geheim@/x?host={tmp_path}")
    done = bot("keys", "new")
    assert done.exit_code == 0, done.output
    assert "was not looked at" in done.output
    assert "geheim" not in done.output


@pytest.mark.parametrize("name", ["bot.db", "bot.db-wal", "bot.db-shm", "board.key"])
def test_production_refuses_files_that_others_can_read(tmp_path: Path, name: str) -> None:
    local = Settings(data_dir=tmp_path)
    production = local.model_copy(update={"bot_profile": "production"})
    first = open_store(local)
    try:
        file = tmp_path / name
        assert file.stat().st_mode & 0o777 == 0o600
        assert problems(production) == []
        for mode in (0o604, 0o644, 0o606):
            file.chmod(mode)
            assert [f"chmod 600 {file}" in problem for problem in problems(production)] == [True]
            with pytest.raises(StorageError, match=f"chmod 600 {file}"):
                open_store(production)
            assert problems(local) == []
        file.chmod(0o640)
        open_store(production).database.close()
    finally:
        first.database.close()


def test_a_lost_or_foreign_key_file_is_never_replaced(settings: Settings) -> None:
    database = open_database(settings)
    try:
        right = board_cipher(settings, database)
        settings.key_file.unlink()
        with pytest.raises(StorageError, match="Put back the copy"):
            board_cipher(settings, database)
        assert not settings.key_file.exists()
        assert ["Put back the copy" in problem for problem in problems(settings)] == [True]
        encryption.create(settings.key_file)
        with pytest.raises(StorageError, match=right.current):
            board_cipher(settings, database)
        assert [right.current in problem for problem in problems(settings)] == [True]
        encryption.replace(
            settings.key_file,
            encryption.Cipher({**encryption.read(settings.key_file).keys, **right.keys}, right.current),
        )
        assert board_cipher(settings, database).current == right.current
        database.transact(
            lambda connection: connection.execute(
                update(board_keys).values(proof=right.encrypt(b"", "elsewhere"))
            )
        )
        with pytest.raises(StorageError, match="changed, cut or moved"):
            board_cipher(settings, database)
    finally:
        database.close()


def start_at_once(empty_database_url: str, folders: list[Path]) -> list[str | StorageError]:
    """What each of several starts at the same moment comes to: its key's id, or why it is refused."""
    outcomes: list[str | StorageError] = []
    barrier = threading.Barrier(len(folders))

    def start(folder: Path) -> None:
        settings = Settings(data_dir=folder, database_url=empty_database_url)
        barrier.wait()
        try:
            store = open_store(settings)
        except StorageError as error:
            outcomes.append(error)
        else:
            outcomes.append(store.cipher.current)
            store.database.close()

    threads = [threading.Thread(target=start, args=(folder,)) for folder in folders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return outcomes


def test_processes_that_start_at_once_on_nothing_agree_on_one_key(
    empty_database_url: str, tmp_path: Path
) -> None:
    keys = start_at_once(empty_database_url, [tmp_path / "data"] * 4)
    assert len(keys) == 4
    assert {str(key) for key in keys} == {encryption.read(tmp_path / "data" / "board.key").current}


def test_a_machine_with_another_data_folder_makes_no_second_key(
    empty_database_url: str, tmp_path: Path
) -> None:
    folders = [tmp_path / str(number) for number in range(4)]
    outcomes = start_at_once(empty_database_url, folders)
    refused = [str(outcome) for outcome in outcomes if isinstance(outcome, StorageError)]
    assert len(refused) == 3
    assert all("Put back the copy" in told for told in refused)
    assert len([folder for folder in folders if (folder / "board.key").exists()]) == 1


def test_everything_wrong_is_told_at_once(settings: Settings) -> None:
    settings.data_dir.mkdir()
    settings.key_file.write_text("x")
    wrong = settings.model_copy(update={"database_url": "mysql://user:geheim@host/x"})
    told = problems(wrong)
    assert [problem.split(":")[0] for problem in told] == ["DATABASE_URL", "BOT_KEY_FILE"]
    assert "geheim" not in str(told)


def test_a_file_that_is_no_database_and_a_server_that_is_not_there_are_told(tmp_path: Path) -> None:
    (tmp_path / "bot.db").write_text("no database" * 1000)
    assert "not a database" in problems(Settings(data_dir=tmp_path))[0]
    with pytest.raises(StorageError, match="not a database"):
        open_store(Settings(data_dir=tmp_path))
    absent = Settings(data_dir=tmp_path, database_url=f"postgresql://user:geheim@/x?host={tmp_path}")
    assert "cannot be opened" in problems(absent)[0]
    assert "geheim" not in str(problems(absent))


def test_a_database_of_a_later_version_is_told(settings: Settings) -> None:
    database = connect(settings.database)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    assert ["later version" in problem for problem in problems(settings)] == [True]
    with pytest.raises(StorageError, match="later version"):
        open_store(settings)
    assert migrate.newest() != "9999"
