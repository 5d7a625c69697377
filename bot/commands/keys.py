"""`bot keys`: the file with the board's keys, for whoever runs the assistant."""

from __future__ import annotations

from typing import NoReturn

import typer
from rich.console import Console

from bot import settings as settings_module
from bot.settings import SettingsError

WRONG = 1

commands = typer.Typer(help="The file with the keys that seal what people wrote.", no_args_is_help=True)


def enter(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(commands, name="keys")


@commands.command()
def new() -> None:
    """Make the key file, once; one that is there is left alone."""
    from bot.storage import encryption

    try:
        path = settings_module.load().key_file
        if path.exists():
            encryption.read(path)
            _fail(f"{path} is there already and was left alone.")
        encryption.create(path)
    except (SettingsError, encryption.KeyFileError) as error:
        _fail(str(error))
    print(
        f"{path} is made. Keep a copy elsewhere, apart from backups of the database: without it nothing "
        f"that was kept can be read again."
    )


@commands.callback()
def group() -> None:
    """Makes a group of it, though there is one command yet."""


def _fail(message: str) -> NoReturn:
    Console(stderr=True, highlight=False).print(message, markup=False, soft_wrap=True)
    raise typer.Exit(WRONG)
