"""The board's schools in the database. Functions of an open transaction."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, func, insert, select, update

from bot.storage.schema import Instant, metadata

schools = Table(
    "schools",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", String, nullable=False, unique=True),
    Column("closed", Instant),
)
"""`closed`: since when nobody is invited to it and nothing is reported for it; its cases stay."""


class PeopleError(Exception):
    """What was asked for cannot be; the text says why and what to do."""


def all_schools(connection: Connection) -> list[tuple[str, str]]:
    """(id, name) of every school, closed ones included, by name."""
    return [
        (row.id, row.name) for row in connection.execute(select(schools).order_by(func.lower(schools.c.name)))
    ]


def open_schools(connection: Connection) -> list[tuple[str, str]]:
    """(id, name) of the schools that are not closed, by name."""
    closed = closed_schools(connection)
    return [(identity, name) for identity, name in all_schools(connection) if identity not in closed]


def closed_schools(connection: Connection) -> frozenset[str]:
    """Ids of the schools that were closed."""
    query = select(schools.c.id).where(schools.c.closed.is_not(None))
    return frozenset(connection.execute(query).scalars())


def add_school(connection: Connection, name: str) -> str:
    """Enter a school; returns its id, which never changes. Raises `PeopleError` if the name is taken."""
    name = _free_name(connection, name)
    known = dict(all_schools(connection))
    stem = "".join(letter if letter.isalnum() else "-" for letter in name.casefold()).strip("-")
    identity = next(
        made
        for number in range(1, len(known) + 2)
        if (made := stem if number == 1 else f"{stem}-{number}") not in known
    )
    connection.execute(insert(schools), {"id": identity, "name": name})
    return identity


def rename_school(connection: Connection, old: str, new: str) -> None:
    """Give a school another name; people and cases follow, because they go by its id. Raises
    `PeopleError`.
    """
    identity = school_id(connection, old)
    name = _free_name(connection, new, besides=identity)
    connection.execute(update(schools).where(schools.c.id == identity).values(name=name))


def close_school(connection: Connection, name: str, at: datetime) -> None:
    """Nobody is invited to it any more and nothing is reported for it; who has it keeps its cases. Raises
    `PeopleError`.
    """
    connection.execute(update(schools).where(schools.c.id == school_id(connection, name)).values(closed=at))


def reopen_school(connection: Connection, name: str) -> None:
    """Undo `close_school`. Raises `PeopleError`."""
    connection.execute(update(schools).where(schools.c.id == school_id(connection, name)).values(closed=None))


def school_id(connection: Connection, name: str) -> str:
    """The id of the school with this name, whatever its capitals. Raises `PeopleError`."""
    wanted = " ".join(name.split()).casefold()
    for identity, known in all_schools(connection):
        if known.casefold() == wanted:
            return identity
    raise PeopleError(f'There is no school "{name}". Enter it first: bot schools --add "{name}"')


def _free_name(connection: Connection, name: str, besides: str = "") -> str:
    """The name without superfluous spaces. Raises `PeopleError` if another school has it."""
    name = " ".join(name.split())
    if not name:
        raise PeopleError("A school needs a name.")
    taken = {other.casefold() for identity, other in all_schools(connection) if identity != besides}
    if name.casefold() in taken:
        raise PeopleError(f'There is a school "{name}" already.')
    return name
