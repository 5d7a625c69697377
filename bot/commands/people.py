"""`bot invite`, `bot people`, `bot revoke`, `bot schools`: who may keep cases, for whoever runs the
assistant.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar, get_args

import typer
from rich.console import Console
from rich.table import Table

from bot import settings as settings_module
from bot.settings import SettingsError

if TYPE_CHECKING:
    from sqlalchemy import Connection

Result = TypeVar("Result")
WRONG = 1


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (invite, people_list, revoke, schools):
        app.command("people" if command is people_list else command.__name__)(command)


def invite(
    role: Annotated[str, typer.Option(help="directie, bestuur or beheerder.")],
    school: Annotated[
        list[str] | None, typer.Option(help="For directie: the school; may be given several times.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="Only redeemable there: telegram, teams, web or terminal.")
    ] = None,
) -> None:
    """Print a code that gives one person a role, once, within 72 hours."""
    from bot.storage import people_repository  # slow to import, and most commands need no database
    from handlers.people import INVITATION_LASTS
    from handlers.turn import Role

    chosen: Role | None = next(
        (known for known in get_args(Role) if known == role and known != "medewerker"), None
    )
    if chosen is None:
        _fail(f'There is no role "{role}" to invite for; it is one of directie, bestuur, beheerder.')
    code = _transact(
        lambda connection: people_repository.invite(
            connection, chosen, school or [], channel, datetime.now(UTC)
        )
    )
    print(f"/start {code}")
    hours = int(INVITATION_LASTS.total_seconds() // 3600)
    where = f" on {channel}" if channel else ""
    _errors().print(
        f"Give this line to one person, who sends it to the assistant in a private chat{where} within "
        f"{hours} hours.",
        soft_wrap=True,
    )


def people_list() -> None:
    """List everybody with a role."""
    from bot.storage import people_repository  # slow to import, and most commands need no database

    found = _transact(
        lambda connection: (
            people_repository.everybody(connection),
            dict(people_repository.all_schools(connection)),
        )
    )
    everybody, names = found
    table = Table("person", "role", "schools", "since", box=None, pad_edge=False)
    for one in everybody:
        table.add_row(
            one.person,
            one.role,
            ", ".join(names.get(school, school) for school in one.schools),
            f"{one.since:%Y-%m-%d}",
        )
    Console(highlight=False).print(
        table
        if everybody
        else 'Nobody has a role yet. Invite somebody: bot invite --role directie --school "…"'
    )


def revoke(person: Annotated[str, typer.Argument(help="As `bot people` names them: telegram:42.")]) -> None:
    """Take somebody's role away, at once."""
    from bot.storage import people_repository  # slow to import, and most commands need no database

    if not _transact(lambda connection: people_repository.revoke(connection, person)):
        _fail(f'"{person}" has no role; see: bot people')
    print(f"{person} has no role any more.")


def schools(
    add: Annotated[list[str] | None, typer.Option(help="Enter a school; may be given several times.")] = None,
) -> None:
    """List the board's schools, or enter one with --add."""
    from bot.storage import people_repository  # slow to import, and most commands need no database

    for name in add or []:
        _transact(lambda connection, name=name: people_repository.add_school(connection, name))  # type: ignore[misc]
    found = _transact(people_repository.all_schools)
    print(
        "\n".join(name for _, name in found)
        if found
        else 'No school yet. Enter one: bot schools --add "De Vlieger"'
    )


def _transact(work: Callable[[Connection], Result]) -> Result:
    from bot.ports.store import StoreUnavailableError
    from bot.storage.open_store import StorageError, open_database
    from bot.storage.people_repository import PeopleError

    try:
        database = open_database(settings_module.load())
    except (SettingsError, StorageError) as error:
        _fail(str(error))
    try:
        return database.transact(work)
    except (PeopleError, StoreUnavailableError) as error:
        _fail(str(error))
    finally:
        database.close()


def _fail(message: str) -> NoReturn:
    _errors().print(message, markup=False, highlight=False, soft_wrap=True)
    raise typer.Exit(WRONG)


def _errors() -> Console:
    return Console(stderr=True, highlight=False)
