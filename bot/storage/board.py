"""Whose database it is: one of another board, or with cases of a talk that the pack lost, is refused; a board
that took another id moves its cases.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, func, inspect, select, union, update

from bot.storage.case_repository import CLOSED, CONTENT, INVOLVED, OWN_KEY
from bot.storage.case_tables import case_events, case_numbers, cases
from bot.storage.encryption import Cipher
from knowledge.pack.identity import identity, talks


def refusals(connection: Connection, pack: Path) -> list[str]:
    """Why this database and this pack do not go together; nothing is changed."""
    if not inspect(connection).has_table(cases.name):
        return []
    own = identity(pack)
    found = [
        f'DATABASE_URL: this database holds the cases of board "{other}", but PROTOCOL ({pack}) is the pack '
        f'of board "{own.board}" ({own.name}). Set PROTOCOL to the pack of "{other}"; or, if "{own.board}" '
        f"is the new id of the same board, move its cases: bot board move {other}"
        for other in boards(connection)
        if other != own.board
    ]
    told = select(cases.c.flow, cases.c.flow_version, func.count()).where(
        cases.c.board == own.board, cases.c.key.is_not(None)
    )
    known = talks(pack)
    for flow, version, count in connection.execute(told.group_by(cases.c.flow, cases.c.flow_version)):
        if (flow, version) not in known:
            were = "cases were" if count > 1 else "case was"
            found.append(
                f'{pack}/flows: {count} {were} told with version {version} of "{flow}", and the pack has '
                f"that version no more. Put the old file back beside the new one, as "
                f"flows/{flow}-{version}.yaml."
            )
    return found


def boards(connection: Connection) -> list[str]:
    """The ids of the boards whose cases or numbers are in this database."""
    return sorted(connection.execute(union(select(cases.c.board), select(case_numbers.c.board))).scalars())


class MoveError(Exception):
    """The cases cannot be moved; the text says why."""


def move(connection: Connection, cipher: Cipher, old: str, new: str) -> int:
    """Give all cases, numbers and log entries of a board to its new id, encrypted for their new place; the
    number of cases. Raises `MoveError`.
    """
    there = boards(connection)
    if old == new or old not in there:
        raise MoveError(
            f'There are no cases of board "{old}" to move; known are: {", ".join(there) or "none"}.'
        )
    if new in there:
        raise MoveError(f'Board "{new}" has cases of its own already: two boards are never made one.')
    rows = connection.execute(select(cases).where(cases.c.board == old).with_for_update()).all()
    for row in rows:
        values: dict[str, object] = {"board": new}
        if row.involved:
            values["involved"] = INVOLVED.write(
                cipher, INVOLVED.read(cipher, row.involved, old, row.id), new, row.id
            )
        if row.key:
            key = cipher.unwrap(row.key, "cases", "key", old, row.id)
            own = Cipher({OWN_KEY: key}, OWN_KEY)
            values["key"] = cipher.wrap(key, "cases", "key", new, row.id)
            # byte for byte: the content is bound to it
            choices = own.decrypt(row.closed, CLOSED.table, CLOSED.column, old, row.id)
            values["closed"] = own.encrypt(choices, CLOSED.table, CLOSED.column, new, row.id)
            values["content"] = CONTENT.write(own, CONTENT.read(own, row.content, old, row.id), new, row.id)
        connection.execute(update(cases).where(cases.c.id == row.id).values(**values))
    for table in (case_events, case_numbers):
        connection.execute(update(table).where(table.c.board == old).values(board=new))
    return len(rows)
