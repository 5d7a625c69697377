"""The migrations, on SQLite and on PostgreSQL."""

from __future__ import annotations

import ast
import sqlite3
import threading
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Engine, MetaData, event, insert, inspect, text

from bot.storage import migrate, migrations
from bot.storage.database import connect
from bot.storage.engines import DatabaseUrlError, parse
from bot.storage.schema import metadata


def migrated(engine: Engine) -> None:
    """All migrations one by one, as on a database that was there already."""
    with engine.begin() as connection:
        migrate._command(connection, command.upgrade, "head")


@pytest.mark.parametrize("make", [migrate.upgrade, migrated])
def test_a_new_database_and_a_migrated_one_are_what_the_code_expects(
    empty_database_url: str, make: Callable[[Engine], None]
) -> None:
    database = connect(empty_database_url)
    make(database.engine)
    migrate.upgrade(database.engine)
    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
        assert migrate.found(connection) == migrate.newest()
        found = {
            table: {index["name"] for index in inspect(connection).get_indexes(table) if not index["unique"]}
            for table in metadata.tables
        }
    assert found == {
        name: {index.name for index in table.indexes if not index.unique}
        for name, table in metadata.tables.items()
    }
    database.close()


def test_a_new_database_is_the_same_as_a_migrated_one(empty_database_url: str) -> None:
    """Down to the last constraint and trigger."""
    database = connect(empty_database_url)
    migrate.upgrade(database.engine)
    made = described(database.engine)
    migrate.downgrade(database.engine, "base")
    with database.engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    migrated(database.engine)
    assert described(database.engine) == made
    assert len(made) > 30
    database.close()


def described(engine: Engine) -> set[tuple[str, ...]]:
    """All that the database itself tells about its tables, indexes, constraints, functions and triggers."""
    own = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'"
    tables = "FROM pragma_table_list t JOIN sqlite_master m ON m.type = 'table' AND m.name = t.name"
    queries = {
        "sqlite": [
            f"SELECT t.name, t.wr, t.strict, instr(m.sql, 'AUTOINCREMENT') > 0 {tables}",
            f"SELECT t.name, c.* {tables}, pragma_table_xinfo(t.name) c",
            f"SELECT t.name, k.* {tables}, pragma_foreign_key_list(t.name) k",
            f"SELECT t.name, i.[unique], i.origin, i.partial, group_concat(x.name || x.[desc]), "
            f"CASE i.origin WHEN 'c' THEN i.name END {tables}, pragma_index_list(t.name) i, "
            f"pragma_index_xinfo(i.name) x GROUP BY t.name, i.name",
            "SELECT name, sql FROM sqlite_master WHERE type IN ('trigger', 'view') OR sql LIKE '%WHERE%'",
        ],
        "postgresql": [
            "SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity, "
            "character_maximum_length, "
            "row_number() OVER (PARTITION BY table_name ORDER BY ordinal_position) "
            "FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
            f"SELECT c.relname, o.conname, pg_get_constraintdef(o.oid) {own} JOIN pg_constraint o ON "
            f"o.conrelid = c.oid",
            f"SELECT c.relname, pg_get_triggerdef(t.oid) {own} JOIN pg_trigger t ON t.tgrelid = c.oid AND "
            f"NOT t.tgisinternal",
            "SELECT proname, prosrc, pg_get_function_result(oid) FROM pg_proc WHERE pronamespace = "
            "'public'::regnamespace",
        ],
    }[engine.dialect.name]
    with engine.connect() as connection:
        rows = [tuple(map(str, row)) for query in queries for row in connection.execute(text(query))]
    return {tuple("".join(value.split()) for value in row) for row in rows}


def test_down_to_nothing_and_up_again(empty_database_url: str) -> None:
    database = connect(empty_database_url)
    migrate.upgrade(database.engine)
    migrate.downgrade(database.engine, "base")
    with database.engine.connect() as connection:
        assert set(inspect(connection).get_table_names()) == {"alembic_version"}
    migrate.upgrade(database.engine)
    database.close()


def test_people_schools_and_invitations_of_before_stay(empty_database_url: str) -> None:
    database = connect(empty_database_url)
    with database.engine.begin() as connection:
        migrate._command(connection, command.upgrade, "0004")
        connection.execute(text("INSERT INTO schools VALUES ('de-ark', 'De Ark')"))
        connection.execute(text("INSERT INTO people VALUES ('telegram:42', 'directie', '[\"de-ark\"]', 5)"))
        connection.execute(text("INSERT INTO invitations VALUES ('h', 'bestuur', '[]', NULL, 9, 7, 'x:1')"))
    migrate.upgrade(database.engine)
    with database.engine.connect() as connection:
        for table, row in (
            ("schools", ("de-ark", "De Ark", None)),
            ("people", ("telegram:42", "directie", '["de-ark"]', 5, None)),
            ("invitations", ("h", "bestuur", "[]", None, 9, 7, "x:1", None)),
        ):
            assert connection.execute(text(f"SELECT * FROM {table}")).all() == [row]  # noqa: S608
    database.close()


def test_many_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    failed: list[BaseException] = []

    def start() -> None:
        database = connect(empty_database_url)
        try:
            migrate.upgrade(database.engine)
        except BaseException as error:
            failed.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []


def test_a_database_of_a_later_version_is_left_alone(empty_database_url: str) -> None:
    database = connect(empty_database_url)
    migrate.upgrade(database.engine)
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(migrate.TooNewError, match="later version"):
        migrate.upgrade(database.engine)
    database.close()


def test_a_migration_that_fails_leaves_nothing(
    empty_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = connect(empty_database_url)

    def fail(config: Config, revision: str) -> None:
        command.upgrade(config, revision)
        raise OSError

    with database.engine.connect() as connection, pytest.raises(OSError), connection.begin():  # noqa: PT011
        migrate._command(connection, fail, "head")
    with database.engine.connect() as connection:
        assert inspect(connection).get_table_names() == []
    database.close()


@pytest.mark.parametrize(
    "url", ["", "mysql://a/b", "sqlite://", "sqlite:///:memory:", "data/bot.db", "postgresql+asyncpg://a/b"]
)
def test_an_address_that_is_none_of_ours_is_told(url: str) -> None:
    with pytest.raises(DatabaseUrlError):
        parse(url)


@pytest.mark.parametrize(
    "url", ["postgresql://u:p@h/d", "postgres://u:p@h/d", "postgresql+psycopg://u:p@h/d"]
)
def test_postgresql_is_spoken_to_through_psycopg(url: str) -> None:
    assert parse(url).drivername == "postgresql+psycopg"


def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    database = connect(f"sqlite:///{tmp_path}/bot.db")
    settings = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "secure_delete": 1,
        "trusted_schema": 0,
    }

    def read(_: object = None) -> dict[str, object]:
        with database.engine.connect() as connection:
            return {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in settings}

    assert read() == settings
    with pytest.raises(ZeroDivisionError):
        database.transact(lambda connection: 1 / 0, durable=False)
    assert read() == settings
    database.close()


def test_the_newest_revision_is_told_by_its_files_name_as_alembic_tells_it() -> None:
    scripts = ScriptDirectory.from_config(migrate._config())
    assert migrate.newest() == scripts.get_current_head()
    assert {script.revision for script in scripts.walk_revisions()} == migrate._revisions()


def test_a_start_waits_for_another_that_switches_the_new_database_to_wal(tmp_path: Path) -> None:
    """SQLite says at once that it is busy, whatever its time-out: one start of thousands failed by it."""

    class Busy(sqlite3.Connection):
        times = 3

        def execute(self, sql: str, *parameters: Any) -> sqlite3.Cursor:
            if "journal_mode" in sql and Busy.times:
                Busy.times -= 1
                error = sqlite3.OperationalError("database is locked")
                error.sqlite_errorcode = sqlite3.SQLITE_BUSY
                raise error
            return super().execute(sql, *parameters)

    database = connect(f"sqlite:///{tmp_path / 'bot.db'}")

    def factory(dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> None:
        parameters["factory"] = Busy

    event.listen(database.engine, "do_connect", factory)
    migrate.upgrade(database.engine)
    assert Busy.times == 0
    with database.engine.connect() as connection:
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
    database.close()


SCHEMAS = Path(__file__).parent / "schemas"
RELEASED = sorted({file.name.split(".")[0] for file in SCHEMAS.iterdir()})
"""Every schema that any revision of the program made, as the database itself tells it: revision-commit."""


@pytest.mark.parametrize("released", RELEASED)
def test_every_released_schema_becomes_what_a_new_database_is(
    empty_database_url: str, released: str, tmp_path: Path
) -> None:
    database = connect(empty_database_url)
    script = (SCHEMAS / f"{released}.{database.name}.sql").read_text()
    execute_script(database.engine, script)
    fill(database.engine)
    before = counted(database.engine)
    migrate.upgrade(database.engine)
    made = described(database.engine)
    after = counted(database.engine)
    assert {table: after[table] for table in before if table != "alembic_version"} == {
        table: number for table, number in before.items() if table != "alembic_version"
    }
    with database.engine.begin() as connection:
        migrate._command(connection, command.downgrade, released.partition("-")[0])
    migrate.upgrade(database.engine)
    assert described(database.engine) == made
    database.close()
    assert made == fresh(empty_database_url, tmp_path)


def execute_script(engine: Engine, script: str) -> None:
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        if engine.dialect.name == "sqlite":
            driver.executescript(script)
        else:
            driver.execute(script)


def fill(engine: Engine) -> None:
    """A row in every table that has no other in it, so that a migration shows what it does with what is
    there.
    """
    with engine.begin() as connection:
        tables = MetaData()
        tables.reflect(connection)
        for table in tables.sorted_tables:
            if table.name == "alembic_version":
                continue
            values = {
                column.name: value_of(column)
                for column in table.columns
                if not (column.primary_key and column.autoincrement is True)
            }
            connection.execute(insert(table), values)


def value_of(column: Column[Any]) -> object:
    kinds: dict[type, object] = {bytes: b"x", int: 1, bool: True, date: date(2026, 11, 26), str: "x"}
    return next(value for kind, value in kinds.items() if issubclass(column.type.python_type, kind))


def counted(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table: connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one()  # noqa: S608
            for table in inspect(connection).get_table_names()
        }


def fresh(url: str, folder: Path) -> set[tuple[str, ...]]:
    """What a new database of the same kind tells about itself."""
    if url.startswith("sqlite"):
        database = connect(f"sqlite:///{folder / 'fresh.db'}")
    else:
        database = connect(url)
        with database.engine.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    migrate.upgrade(database.engine)
    made = described(database.engine)
    database.close()
    return made


FROZEN = {
    "0009_audit": "dbde8aa4ae0e0ba6",
    "0001_start": "e219590f4c7439c6",
    "0002_people": "c72032323180c323",
    "0003_cases": "0d5e64a5f943281b",
    "0004_reminders": "c4af47d21b050dbb",
    "0005_people": "1e74d5cf4bfeec86",
    "0006_missing_tables": "3bf2f85f504bdc59",
    "0007_senders": "b59beb9d6c89fad6",
    "0008_case_list": "6b91d8d6912d5ecc",
}
"""Migration → SHA-256 of its code. One that is committed may have been run: it is never changed, another is
added."""


def test_migrations_are_never_changed_once_they_are_committed() -> None:
    (folder,) = migrations.__path__
    found = {
        file.stem: sha256(ast.dump(ast.parse(file.read_text())).encode()).hexdigest()[:16]
        for file in sorted(Path(folder, "versions").glob("[0-9]*.py"))
    }
    assert found == FROZEN
