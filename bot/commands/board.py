"""`bot board`: whose database it is."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.commands import common

commands = typer.Typer(help="Whose cases the database holds.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(commands, name="board")


@commands.command()
def move(
    old: Annotated[str, typer.Argument(help="The id that the board had: what a refused start names.")],
) -> None:
    """Give a board's cases to the id that `board` in pack.yaml has now; stop the bot and copy the database
    first.
    """
    from bot.storage import board as boards
    from bot.storage.open_store import StorageError, board_cipher, open_database
    from bot.storage.serialization import LostRecordError
    from knowledge.pack.identity import identity

    settings = common.load_settings()
    new = identity(settings.protocol).board
    try:
        database = open_database(settings)
    except StorageError as error:
        common.fail(error)
    try:
        cipher = board_cipher(settings, database)
        moved = database.transact(lambda connection: boards.move(connection, cipher, old, new))
    except (StorageError, boards.MoveError, LostRecordError) as error:
        common.fail(error)
    finally:
        database.close()
    print(f'Moved from "{old}" to "{new}": {moved} case{"s" if moved != 1 else ""}.')


@commands.callback()
def group() -> None:
    """Makes a group of it, though there is one command yet."""
