"""`bot backup` and `bot restore`: keeping a copy of everything, and putting it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.clock import utc_now
from bot.commands import common

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.storage.audit.log import AuditLog
    from bot.storage.backup import Copied, Progress
    from bot.storage.database import Database
    from bot.storage.encryption import Cipher

JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write it; it must not be there yet.")],
    as_json: JsonOption = False,
) -> None:
    """Write a whole copy of the database while the assistant runs, encrypted to the board's key, which is not
    in it: keep the key file elsewhere.
    """
    from bot.storage import backup as backups

    settings = common.load_settings()
    copied = _with_database(
        settings, lambda database, log, progress: backups.make(database, log, file, utc_now(), progress)
    )
    _say(copied, as_json, f"{file} holds")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `bot backup` made.")],
    check: Annotated[bool, typer.Option("--check", help="Only read it to its end and count.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Put a backup into an empty database; the key file it was made with must be there. Case numbers go on
    behind a reserve of a hundred, nothing that was waiting is sent, and everybody with a role is told.
    """
    from bot.storage import backup as backups
    from handlers import texts

    settings = common.load_settings()
    if check:
        copied = _guarded(lambda: backups.verify(file, _keys(settings)))
        _say(copied, as_json, f"{file} is whole and holds")
        return
    spoken = texts.load()["nl"]
    copied = _with_database(
        settings,
        lambda database, log, progress: backups.restore(database, log, file, utc_now(), spoken, progress),
        empty=True,
    )
    _say(copied, as_json, f"{file} is put back:")
    common.errors().print(
        f"What was done after {copied.header.made} (UTC) is not in it. Case numbers go on {backups.RESERVE} "
        f"further, so that none is given twice. Start the assistant now.",
        soft_wrap=True,
    )


def _with_database(
    settings: Settings, work: Callable[[Database, AuditLog, Progress], Copied], empty: bool = False
) -> Copied:
    from bot.storage.audit.head_file import HeadFile
    from bot.storage.audit.log import AuditLog
    from bot.storage.open_store import StorageError, open_database, open_unchecked
    from knowledge.pack.identity import identity

    log = AuditLog(identity(settings.protocol).board, _keys(settings), HeadFile(settings.audit_head_file))
    try:
        database = open_unchecked(settings) if empty else open_database(settings)
    except (StorageError, ValueError) as error:
        common.fail(error)
    console = common.errors()
    try:
        with console.status("Reading the database ...") as status:
            return _guarded(lambda: work(database, log, lambda rows: status.update(f"{rows} rows ...")))
    finally:
        database.close()


def _guarded(work: Callable[[], Copied]) -> Copied:
    from sqlalchemy.exc import SQLAlchemyError

    from bot.ports.store import StoreUnavailableError
    from bot.storage.backup_file import BackupError
    from bot.storage.open_store import explain

    try:
        return work()
    except (BackupError, StoreUnavailableError) as error:
        common.fail(error)
    except SQLAlchemyError as error:
        common.fail(explain(error))
    except FileNotFoundError as error:
        common.fail(f"There is no {error.filename}.")
    except OSError as error:
        common.fail(f"{error.filename or 'The file'} cannot be written or read: {error.strerror}.")


def _keys(settings: Settings) -> Cipher:
    from bot.storage import encryption
    from bot.storage.key_source import read_keys

    try:
        return read_keys(settings)
    except encryption.KeyFileError as error:
        common.fail(error)
    except FileNotFoundError:
        common.fail(f"BOT_KEY_FILE: {settings.key_file} is missing; put back the copy that you kept.")


def _say(copied: Copied, as_json: bool, begins: str) -> None:
    if as_json:
        common.print_json(copied.as_json())
        return
    rows, cases = sum(copied.counts.values()), copied.counts.get("cases", 0)
    about = f"{copied.size / 1024:.0f} kB, made {copied.header.made}"
    print(f"{begins} {cases} cases and {rows} rows in all, {about}.")
