"""`bot keys`: the keys that encrypt what people wrote, for whoever runs the assistant."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from bot.clock import utc_now
from bot.commands import common

if TYPE_CHECKING:
    from bot.ports.audit import Act
    from bot.settings import Settings
    from bot.storage.database import Database
    from bot.storage.encryption import Cipher
    from bot.storage.key_rotation import Rotated

commands = typer.Typer(help="The keys that encrypt what people wrote.", no_args_is_help=True)
JsonOption = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(commands, name="keys")


@commands.command()
def new(
    add: Annotated[
        bool, typer.Option("--add", help="A further key beside those that are there; `rotate` then uses it.")
    ] = False,
    show: Annotated[
        bool, typer.Option("--print", help="Print the key file and write none: for a secret store.")
    ] = False,
) -> None:
    """Make the key file, once; one that is there is left alone, and none is made beside a database that
    another key encrypted.
    """
    from bot.storage import encryption
    from bot.storage.open_store import StorageError, missing, used_keys

    settings = common.load_settings()
    path = settings.key_file
    try:
        if add:
            cipher = _read(settings)
            added = encryption.with_new_key(cipher)
            kept = encryption.Cipher(added.keys, cipher.current)
            if show:
                print(encryption.as_text(kept))
                return
            _write(settings, kept)
            print(f"Key {added.current} stands in {path} beside the others. On every machine: put this file.")
            print("Then: bot keys rotate")
            return
        if show:
            print(encryption.as_text(encryption.fresh()))
            return
        if path.exists():
            encryption.read(path)
            common.fail(f"{path} is there already and was left alone.")
        try:
            used = used_keys(settings)
        except StorageError as error:
            used = []
            common.errors().print(f"The database was not looked at. {error}", markup=False, soft_wrap=True)
        if used:
            common.fail(missing(path, used))
        encryption.create(path)
    except encryption.KeyFileError as error:
        common.fail(error)
    print(
        f"{path} is made. Keep a copy elsewhere, apart from backups of the database: without it nothing "
        f"that was kept can be read again."
    )


@commands.command("list")
def list_keys(as_json: JsonOption = False) -> None:
    """The keys, which one is in use, and how many values are encrypted with each."""
    from bot.storage.key_rotation import count_under

    _, cipher, database = _opened()
    with_database = database.transact(
        lambda connection: {key: count_under(connection, key) for key in cipher.keys}
    )
    database.close()
    if as_json:
        common.print_json(
            [
                {"id": key, "current": key == cipher.current, "values": with_database[key]}
                for key in cipher.keys
            ]
        )
        return
    rows = [
        (key, "in use" if key == cipher.current else "", str(sum(with_database[key].values())))
        for key in cipher.keys
    ]
    common.draw(("id", "", "values"), rows, "")


@commands.command()
def rotate(as_json: JsonOption = False) -> None:
    """Encrypt everything anew with a new key, while the assistant runs. Broken off, it goes on where it was
    when it is called again. The old key stays until `bot keys retire`.
    """
    from bot.storage import encryption, key_rotation

    settings, cipher, database = _opened()
    try:
        newest = list(cipher.keys)[-1]
        if newest != cipher.current:
            cipher = encryption.Cipher(cipher.keys, newest)
        elif not database.transact(lambda c: key_rotation.count_others(c, newest)):
            if settings.bot_key_command:
                common.fail(
                    "There is no newer key. Put one into the secret store behind BOT_KEY_COMMAND: "
                    "bot keys new --add --print"
                )
            cipher = encryption.with_new_key(cipher)
        if not settings.bot_key_command:
            _write(settings, cipher)
        database.transact(lambda connection: key_rotation.enter_key(connection, cipher))
        with common.errors().status("") as status:
            done = key_rotation.rotate(
                database, cipher, lambda count: status.update(f"{count} values encrypted anew ...")
            )
        _enter(settings, database, cipher, "key_rotated", f"{cipher.current}:{done.changed}")
    finally:
        database.close()
    _say_rotated(done, cipher.current, as_json)


@commands.command()
def retire(key: Annotated[str, typer.Argument(help="The id of a key, as `bot keys list` has it.")]) -> None:
    """Take a key away that nothing is encrypted with any more. Backups that were made with it need it still:
    keep its recovery sheet as long as those.
    """
    from bot.storage import encryption, key_rotation

    settings, cipher, database = _opened()
    try:
        if key not in cipher.keys:
            common.fail(f'There is no key "{key}"; see: bot keys list')
        if key == cipher.current:
            common.fail(f"Key {key} is in use. First: bot keys rotate")
        left = database.transact(lambda connection: key_rotation.retire(connection, key))
        if left:
            common.fail(f"{left} values are still encrypted with key {key}. First: bot keys rotate")
        others = {one: value for one, value in cipher.keys.items() if one != key}
        if not settings.bot_key_command:
            _write(settings, encryption.Cipher(others, cipher.current))
        _enter(settings, database, cipher, "key_retired", key)
    finally:
        database.close()
    print(f"Key {key} is retired. Backups that were made with it cannot be read without its recovery sheet.")


@commands.command()
def check(as_json: JsonOption = False) -> None:
    """Whether every value in the database can be read with these keys. Exit code 1 if not."""
    from bot.storage.key_rotation import unreadable

    _, cipher, database = _opened()
    found = database.transact(lambda connection: unreadable(connection, cipher))
    database.close()
    if as_json:
        common.print_json({"keys": list(cipher.keys), "current": cipher.current, "unreadable": found})
    else:
        for column, count in found.items():
            print(f"{column}: {count} values cannot be read")
        print("Some values cannot be read." if found else "Every value can be read.")
    if found:
        raise typer.Exit(common.WRONG)


@commands.command()
def sheet(
    out: Annotated[Path, typer.Option(help="The file to write, to print and then delete.")],
    halves: Annotated[
        bool, typer.Option("--halves", help="Two files, each worth nothing without the other.")
    ] = False,
) -> None:
    """Write the key in use as words on a recovery sheet, for a safe: `bot keys recover` reads it again."""
    from bot.storage.recovery_sheet import to_words

    settings, cipher, database = _opened()
    shares = to_words(cipher.keys[cipher.current], halves)
    paths = [out] if not halves else [out.with_stem(f"{out.stem}-{number}") for number in (1, 2)]
    for path, share in zip(paths, shares, strict=True):
        words = share.split()
        lines = [" ".join(words[at : at + 6]) for at in range(0, len(words), 6)]
        half = " (one half of two)" if halves else ""
        _write_new(
            path, "\n".join([f"Recovery sheet{half}", f"Key: {cipher.current}", "", *lines, ""]), "sheet"
        )
    _enter(settings, database, cipher, "recovery_sheet_made", f"{cipher.current}:{len(shares)}")
    database.close()
    print(f"{' and '.join(map(str, paths))}: print, put away apart from the database, and delete.")


@commands.command()
def recover(
    key: Annotated[str, typer.Argument(help="The id of the key, as it stands on the sheet.")],
) -> None:
    """Make a key file from the words of a recovery sheet, or of both halves: one a line, on standard
    input. A key file that is there gets the key beside its own.
    """
    from bot.storage import encryption
    from bot.storage.recovery_sheet import WordsError, from_words

    settings = common.load_settings()
    path = settings.key_file
    shares = [line for line in sys.stdin.read().splitlines() if line.strip()]
    try:
        found = from_words(shares)
        cipher = encryption.Cipher({key: found}, key)
        if path.exists():
            before = encryption.read(path)
            if before.keys.get(key, found) != found:
                common.fail(f'{path} has another key "{key}" already, and was left alone.')
            encryption.replace(path, encryption.Cipher({key: found, **before.keys}, before.current))
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
            encryption.replace(path, cipher)
    except (WordsError, ValueError, encryption.KeyFileError) as error:
        common.fail(error)
    print(f"{path} has key {key}. Whether it is the right one: bot keys check")


def _read(settings: Settings) -> Cipher:
    from bot.storage.encryption import KeyFileError
    from bot.storage.key_source import read_keys

    try:
        return read_keys(settings)
    except KeyFileError as error:
        common.fail(error)
    except FileNotFoundError:
        common.fail(f"{settings.key_file} is missing. Make it once with: bot keys new")


def _opened() -> tuple[Settings, Cipher, Database]:
    """The settings, the keys and the database, which go together; the database is to be closed."""
    from bot.storage.open_store import StorageError, board_cipher, open_database

    settings = common.load_settings()
    try:
        database = open_database(settings)
    except StorageError as error:
        common.fail(error)
    try:
        return settings, board_cipher(settings, database), database
    except StorageError as error:
        database.close()
        common.fail(error)


def _write(settings: Settings, cipher: Cipher) -> None:
    from bot.storage import encryption

    if settings.bot_key_command:
        common.fail("The keys come from BOT_KEY_COMMAND, where this cannot write; add --print.")
    try:
        encryption.replace(settings.key_file, cipher)
    except OSError as error:
        common.fail(f"{settings.key_file} cannot be written: {error.strerror}.")


def _write_new(path: Path, text: str, what: str) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        common.fail(f"{path} is there already; choose another name for the {what}.")
    except OSError as error:
        common.fail(f"{path} cannot be written: {error.strerror}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)


def _enter(settings: Settings, database: Database, cipher: Cipher, act: Act, about: str) -> None:
    """Into the audit log."""
    from bot.ports.audit import by_operator
    from bot.storage.audit.head_file import HeadFile
    from bot.storage.audit.log import AuditLog
    from knowledge.pack.identity import identity

    log = AuditLog(identity(settings.protocol).board, cipher, HeadFile(settings.audit_head_file))
    entry = by_operator(act, utc_now(), about)
    log.publish(database.transact(lambda connection: log.append(connection, [entry])))


def _say_rotated(done: Rotated, key: str, as_json: bool) -> None:
    if as_json:
        common.print_json(
            {"key": key, "changed": done.changed, "left": done.left, "damaged": list(done.damaged)}
        )
    else:
        print(f"{done.changed} values are now encrypted with key {key}.")
        if done.damaged:
            print(f"Some values cannot be read with any key, and stay: {', '.join(done.damaged)}")
    if done.left:
        _not_done(done.left)


def _not_done(left: int) -> NoReturn:
    common.fail(
        f"{left} values are still encrypted with an older key. Does every machine have this key file? Then "
        f"once more: bot keys rotate"
    )
