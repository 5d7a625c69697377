"""Bringing a database's tables up to this program, once, however many processes start at the same time."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from bot.storage import (
    case_tables,  # noqa: F401 (enter their tables)
    leases,  # noqa: F401 (enter their tables)
    migrations,
    people_tables,  # noqa: F401 (enter their tables)
    pin_repository,  # noqa: F401 (enter their tables)
    reminder_repository,  # noqa: F401 (enter their tables)
    school_repository,  # noqa: F401 (enter their tables)
)
from bot.storage.schema import metadata

if TYPE_CHECKING:
    from alembic.config import Config

LOCK = 8_241_733_605
"""PostgreSQL's advisory lock for migrating: any number that nobody else uses."""
TOO_NEW = (
    "DATABASE_URL: the database was made by a later version of this program; start that version, or "
    "restore a backup."
)


class TooNewError(Exception):
    """The database was made by a later version of the program."""


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date, all or nothing. Raises `TooNewError`."""
    with engine.begin() as connection:  # on SQLite this is the lock
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        revision = found(connection)
        if revision == newest():
            return
        if revision is None and not inspect(connection).get_table_names():
            create(connection)
            return
        from alembic import command

        _command(connection, command.upgrade, "head")


def create(connection: Connection) -> None:
    """All tables, in an empty database: what the migrations make, without Alembic, which would double the
    time until the first answer.
    """
    metadata.create_all(connection, checkfirst=False)
    connection.execute(
        text(
            "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL, CONSTRAINT "
            "alembic_version_pkc PRIMARY KEY (version_num))"
        )
    )
    connection.execute(text("INSERT INTO alembic_version VALUES (:newest)"), {"newest": newest()})


def make(connection: Connection, revision: str) -> None:
    """The tables of an earlier revision, or of this one, in an empty database."""
    if revision == newest():
        create(connection)
        return
    from alembic import command

    _command(connection, command.upgrade, revision)


def finish(connection: Connection) -> None:
    """Bring tables of an earlier revision up to this program's, in the transaction that is open."""
    if found(connection) != newest():
        from alembic import command

        _command(connection, command.upgrade, "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Back to an earlier revision; "base" drops all tables."""
    from alembic import command

    with engine.begin() as connection:
        _command(connection, command.downgrade, revision)


def found(connection: Connection) -> str | None:
    """The database's revision; None before the first migration."""
    # not asked of Alembic: that is slow to import, and a start seldom needs a migration
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def newest() -> str | None:
    """The program's revision."""
    return max(_revisions(), default=None)


def known(revision: str) -> bool:
    """Whether this program has that revision."""
    return revision in _revisions()


def _revisions() -> set[str]:
    """A migration's file is named after its revision."""
    (folder,) = migrations.__path__
    return {file.name.partition("_")[0] for file in Path(folder, "versions").glob("[0-9]*.py")}


def _command(connection: Connection, run: Callable[[Config, str], None], revision: str) -> None:
    from alembic.util import CommandError

    config = _config()
    config.attributes["connection"] = connection
    try:
        run(config, revision)
    except CommandError as error:
        raise TooNewError(TOO_NEW) from error


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bot.storage:migrations")
    config.set_main_option("path_separator", "os")
    return config
