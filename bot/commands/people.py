"""`bot invite`, `bot invitations`, `bot people`, `bot revoke`, `bot schools`: who may keep cases, for whoever
runs the assistant.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar, get_args

import typer

from bot.clock import utc_now
from bot.commands import common
from bot.commands.common import draw, errors, fail, transact
from bot.ports.audit import by_operator

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.ports.audit import AuditEntry
    from bot.storage.audit.log import AuditLog
    from handlers.turn import Role

Result = TypeVar("Result")


def register(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (invite, invitations, people_list, revoke, schools):
        app.command("people" if command is people_list else command.__name__)(command)


def invite(
    role: Annotated[str, typer.Option(help="directie, bestuur or beheerder.")] = "",
    school: Annotated[
        list[str] | None, typer.Option(help="For directie: the school; may be given several times.")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help="Only redeemable there: telegram, teams, web or terminal.")
    ] = None,
    note: Annotated[
        str, typer.Option(help="Who it is for, as `bot people` will show it; else role, school and day.")
    ] = "",
    forgot_pin: Annotated[
        str, typer.Option(help="Instead of a role: the person (telegram:42) who needs a new PIN.")
    ] = "",
) -> None:
    """Print a code that gives one person a role, once, within 72 hours."""
    from bot.storage import people_repository  # slow to import, and most commands need no database
    from handlers.people import INVITATION_LASTS

    now = utc_now()
    if forgot_pin:
        if role or school or channel or note:
            fail("--forgot-pin stands alone: the person keeps role, schools and note.")
        code = _transact_audited(
            lambda connection: people_repository.invite_again(connection, forgot_pin, now),
            by_operator("invited", now, "forgot-pin", whom=forgot_pin),
        )
        to = f"{forgot_pin} alone"
    else:
        chosen = _role(role)
        about = note or _default_note(role, school or [], now)
        code = _transact_audited(
            lambda connection: people_repository.invite(
                connection, chosen, school or [], channel, now, about
            ),
            by_operator("invited", now, chosen),
        )
        to = "one person"
    print(f"/start {code}")
    hours = int(INVITATION_LASTS.total_seconds() // 3600)
    where = f" on {channel}" if channel else ""
    errors().print(
        f"Give this line to {to}, who sends it to the assistant in a private chat{where} within {hours} "
        "hours.",
        soft_wrap=True,
        highlight=False,
    )


def invitations(
    withdraw: Annotated[
        list[str] | None, typer.Option(help="Make this invitation useless, named by its id.")
    ] = None,
) -> None:
    """List the invitations that can still be used, or withdraw one."""
    from bot.storage import people_repository, school_repository

    now = utc_now()
    for identity in withdraw or []:
        if not _transact_audited(
            lambda connection, one=identity: people_repository.withdraw(connection, one, now),  # type: ignore[misc]
            by_operator("withdrawn", now, identity),
        ):
            fail(f'No invitation "{identity}" is open; see: bot invitations')
        print(f"Invitation {identity} no longer works.")
    found, names = _transact(
        lambda connection: (
            people_repository.open_invitations(connection, now),
            dict(school_repository.all_schools(connection)),
        )
    )
    rows = [
        (
            one.id,
            one.role,
            _names(one.schools, names),
            one.person or one.channel or "",
            f"{one.expires.astimezone():%Y-%m-%d %H:%M}",
            one.note,
        )
        for one in found
    ]
    draw(("id", "role", "schools", "only for", "until", "note"), rows, "No invitation is open.")


def people_list(
    note: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="PERSON TEXT", help='Write down who somebody is: telegram:42 "directie De Ark".'
        ),
    ] = None,
    on: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Who had access on this day.")
    ] = None,
) -> None:
    """List everybody with a role."""
    from bot.storage import people_repository, school_repository

    if note and not _transact(lambda connection: people_repository.annotate(connection, *note)):
        fail(f'"{note[0]}" has no role; see: bot people')
    if on:
        _people_on(on)
        return
    everybody, names = _transact(
        lambda connection: (
            people_repository.everybody(connection),
            dict(school_repository.all_schools(connection)),
        )
    )
    rows = [
        (one.person, one.role, _names(one.schools, names), f"{one.since:%Y-%m-%d}", one.note)
        for one in everybody
    ]
    nobody = 'Nobody has a role yet. Invite somebody: bot invite --role directie --school "…"'
    draw(("person", "role", "schools", "since", "note"), rows, nobody)


def _people_on(day: datetime) -> None:
    """Who had which role at some moment of a day."""
    from bot.storage import role_history, school_repository
    from handlers.dates.working_days import AMSTERDAM

    start = day.replace(tzinfo=AMSTERDAM)
    found, names = _transact(
        lambda connection: (
            role_history.roles_between(connection, start, start + timedelta(days=1)),
            dict(school_repository.all_schools(connection)),
        )
    )
    rows = [
        (
            one.person,
            one.role,
            _names(one.schools, names),
            f"{one.since.astimezone(AMSTERDAM):%Y-%m-%d}",
            f"{one.until.astimezone(AMSTERDAM):%Y-%m-%d}" if one.until else "",
            one.note,
        )
        for one in found
    ]
    nobody = f"Nobody had a role on {day:%Y-%m-%d}."
    draw(("person", "role", "schools", "since", "until", "note"), rows, nobody)


def revoke(person: Annotated[str, typer.Argument(help="As `bot people` names them: telegram:42.")]) -> None:
    """Take somebody's role away, at once."""
    from bot.storage import people_repository

    now = utc_now()

    def take_away(connection: Connection, log: AuditLog) -> tuple[bool, list[AuditEntry]]:
        role, schools = people_repository.role_of(connection, person)
        if not people_repository.revoke(connection, person, now):
            return False, []
        return True, [replace(by_operator("role_taken", now, role, whom=person), schools=schools)]

    if not common.transact_audited(take_away):
        fail(f'"{person}" has no role; see: bot people')
    print(f"{person} has no role any more.")


def schools(
    add: Annotated[list[str] | None, typer.Option(help="Enter a school; may be given several times.")] = None,
    rename: Annotated[
        tuple[str, str] | None, typer.Option(metavar="OLD NEW", help="Give a school another name.")
    ] = None,
    close: Annotated[
        list[str] | None, typer.Option(help="Nothing is reported for it any more; its cases stay.")
    ] = None,
    reopen: Annotated[list[str] | None, typer.Option(help="Undo --close.")] = None,
) -> None:
    """List the board's schools; enter, rename, close or reopen one."""
    from bot.storage import school_repository

    now = utc_now()

    def change(connection: Connection) -> tuple[list[tuple[str, str]], frozenset[str]]:
        for name in add or []:
            school_repository.add_school(connection, name)
        if rename:
            school_repository.rename_school(connection, *rename)
        for name in close or []:
            school_repository.close_school(connection, name, now)
        for name in reopen or []:
            school_repository.reopen_school(connection, name)
        return school_repository.all_schools(connection), school_repository.closed_schools(connection)

    found, closed = _transact(change)
    print(
        "\n".join(f"{name} (closed)" if identity in closed else name for identity, name in found)
        if found
        else 'No school yet. Enter one: bot schools --add "De Vlieger"'
    )


def _transact_audited(work: Callable[[Connection], Result], entry: AuditEntry) -> Result:
    """The same, and the audit log keeps that it was done; nothing if the result is False."""
    from bot.storage.school_repository import PeopleError

    def whole(connection: Connection, log: AuditLog) -> tuple[Result, list[AuditEntry]]:
        result = work(connection)
        return result, [entry] if result else []

    try:
        return common.transact_audited(whole)
    except PeopleError as error:
        fail(error)


def _role(name: str) -> Role:
    from handlers.turn import Role

    chosen: Role | None = next(
        (known for known in get_args(Role) if known == name and known != "medewerker"), None
    )
    if chosen is None:
        fail(
            f'There is no role "{name}" to invite for; it is one of directie, bestuur, beheerder.'
            if name
            else "Which role? Give --role directie, bestuur or beheerder."
        )
    return chosen


def _default_note(role: str, schools: Sequence[str], now: datetime) -> str:
    """ "directie De Vlieger, 12 sept": enough to know later who that was."""
    from handlers.dates.in_words import day_in_words

    return f"{' '.join((role, ' + '.join(schools))).strip()}, {day_in_words(now, 'd MMM', 'nl')}"


def _names(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names.get(school, school) for school in ids)


def _transact(work: Callable[[Connection], Result]) -> Result:
    """Work in one transaction; what cannot be done ends the command with its reason."""
    from bot.storage.school_repository import PeopleError

    try:
        return transact(work)
    except PeopleError as error:
        fail(error)
