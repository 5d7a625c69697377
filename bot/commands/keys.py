"""`bot keys`: the file with the board's keys, for whoever runs the assistant."""

from __future__ import annotations

import typer

from bot.commands import common

commands = typer.Typer(help="The file with the keys that encrypt what people wrote.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(commands, name="keys")


@commands.command()
def new() -> None:
    """Make the key file, once; one that is there is left alone, and none is made beside a database that
    another key encrypted.
    """
    from bot.storage import encryption
    from bot.storage.open_store import StorageError, missing, used_keys

    settings = common.load_settings()
    path = settings.key_file
    try:
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


@commands.callback()
def group() -> None:
    """Makes a group of it, though there is one command yet."""
