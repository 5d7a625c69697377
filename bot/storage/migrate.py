"""Bringing a database's tables up to this program, once, however many processes start at the same time."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, text

LOCK = 8_241_733_605
"""PostgreSQL's advisory lock for migrating: any number that nobody else uses."""
TOO_NEW = "DATABASE_URL: the database was made by a later version of this program; start that version, or restore a backup."


class TooNewError(Exception):
    """The database was made by a later version of the program."""


def upgrade(engine: Engine) -> None:
    """Bring the tables up to date, all or nothing. Raises `TooNewError`."""
    with engine.begin() as connection:  # on SQLite this is the lock
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        if found(connection) == newest():
            return
        _command(connection, command.upgrade, "head")


def downgrade(engine: Engine, revision: str) -> None:
    """Back to an earlier revision; "base" drops all tables."""
    with engine.begin() as connection:
        _command(connection, command.downgrade, revision)


def found(connection: Connection) -> str | None:
    """The database's revision; None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The program's revision."""
    return ScriptDirectory.from_config(_config()).get_current_head()


def known(revision: str) -> bool:
    """Whether this program has that revision."""
    return revision in {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}


def _command(connection: Connection, run: Callable[[Config, str], None], revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    try:
        run(config, revision)
    except CommandError as error:
        raise TooNewError(TOO_NEW) from error


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "bot.storage:migrations")
    config.set_main_option("path_separator", "os")
    return config
