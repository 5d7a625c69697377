"""What every command shares: settings, the matcher, consoles, and ending with one clear message."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NoReturn, TypeVar

import typer
from rich.console import Console

from bot import settings as settings_module
from bot.settings import Settings, SettingsError
from knowledge.files.problems import PackError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.ports.audit import AuditEntry, AuditHead
    from bot.storage.audit.log import AuditLog
    from knowledge.matching.matcher import Matcher
    from knowledge.pack.loading import Pack

Result = TypeVar("Result")
WRONG = 1
"""Exit code if something in the pack, the settings or the input is wrong."""


def load_settings() -> Settings:
    try:
        return settings_module.load()
    except SettingsError as error:
        fail(error)


def load_pack(settings: Settings) -> Pack:
    """The pack without its phrasings."""
    from knowledge.pack import loading

    try:
        return loading.load(settings.protocol, learnable=False)
    except PackError as error:
        fail(error)


def load_matcher(settings: Settings) -> Matcher:
    from bot.runtime.load_matcher import make_matcher

    try:
        return make_matcher(settings, errors())
    except PackError as error:
        fail(error)


def transact(work: Callable[[Connection], Result]) -> Result:
    """Do some work in one transaction on the database that the settings name."""
    from bot.ports.store import StoreUnavailableError
    from bot.storage.open_store import StorageError, open_database  # slow to import, seldom needed

    try:
        database = open_database(load_settings())
    except StorageError as error:
        fail(error)
    try:
        return database.transact(work)
    except StoreUnavailableError as error:
        fail(error)
    finally:
        database.close()


def transact_audited(work: Callable[[Connection, AuditLog], tuple[Result, Sequence[AuditEntry]]]) -> Result:
    """Do some work in one transaction, with what the audit log is to keep of it."""
    from bot.ports.store import StoreUnavailableError
    from bot.storage.audit.head_file import HeadFile
    from bot.storage.audit.log import AuditLog
    from bot.storage.open_store import StorageError, board_cipher, open_database
    from knowledge.pack.identity import identity

    settings = load_settings()
    try:
        database = open_database(settings)
    except StorageError as error:
        fail(error)
    try:
        log = AuditLog(
            identity(settings.protocol).board,
            board_cipher(settings, database),
            HeadFile(settings.audit_head_file),
        )

        def whole(connection: Connection) -> tuple[Result, AuditHead | None]:
            result, entries = work(connection, log)
            return result, log.append(connection, entries)

        result, head = database.transact(whole)
        log.publish(head)
        return result
    except (StorageError, StoreUnavailableError) as error:
        fail(error)
    finally:
        database.close()


def fail(error: Exception | str) -> NoReturn:
    """End the command with what is wrong, a line for each problem."""
    console = errors()
    lines = error.problems if isinstance(error, PackError) else (error,)
    for line in lines:
        console.print(str(line), markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(WRONG) from None


def wrong_usage(message: str) -> NoReturn:
    raise typer.BadParameter(message)


def draw(head: Sequence[str], rows: Sequence[Sequence[str]], none: str) -> None:
    """Print a table; without rows what `none` says."""
    from rich.table import Table

    if not rows:
        print(none)
        return
    table = Table(box=None, pad_edge=False)
    for name in head:
        table.add_column(name, no_wrap=name in ("id", "person", "until", "since", "seq", "at", "who"))
    for row in rows:
        table.add_row(*row)
    Console(highlight=False, markup=False).print(table)


def print_json(value: object) -> None:
    print(json.dumps(value, ensure_ascii=False), flush=True)


def output() -> Console:
    return Console(highlight=False)


def errors() -> Console:
    return Console(stderr=True, highlight=False)
