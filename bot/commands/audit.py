"""`bot audit`: proving and reading the log of who did what with which case."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.clock import utc_now
from bot.commands import common

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.ports.audit import AuditEntry, AuditHead, AuditRow
    from bot.storage.audit.log import AuditLog
    from bot.storage.audit.verify import Verified

commands = typer.Typer(help="The log of who did what with which case.", no_args_is_help=True)
COLUMNS = ("seq", "at", "who", "function", "schools", "act", "number", "about", "outcome")
SHORT_HEAD = re.compile(r"(\d+)\s+([0-9a-f]{4}(?:-?[0-9a-f]{4}){3,15})")


def register(app: typer.Typer) -> None:
    """Add the commands to the program."""
    app.add_typer(commands, name="audit")


@commands.command()
def verify(
    head: Annotated[
        list[str] | None,
        typer.Option(help='A head from the board\'s chat: "1234 9f2a-01cc-77d0-b3e1"; may be given again.'),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object.")] = False,
) -> None:
    """Prove the log: what was deleted, changed, swapped, put back or cut off, and where. Exit code 1 if
    anything is wrong.
    """
    from bot.ports.audit import by_operator
    from bot.storage.audit.head_file import HeadFileError
    from bot.storage.audit.verify import damaged_cases
    from bot.storage.audit.verify import verify as prove

    told = [_head(text) for text in head or []]

    def work(connection: Connection, log: AuditLog) -> tuple[Verified, list[AuditEntry]]:
        known = log.file.read_all(log.board) if log.file else []
        damaged = damaged_cases(connection, log)  # before the log is locked
        verified = prove(connection, log, [*known, *told])
        verified = replace(verified, findings=(*verified.findings, *damaged))
        entry = by_operator(
            "log_verified",
            utc_now(),
            f"{verified.entries}:{len(verified.findings)}",
            "failed" if verified.findings else "done",
        )
        # a log whose key is gone cannot be added to, and one that is gone must not begin anew unseen
        fits = not any(found.kind in ("no_key", "empty", "cut") for found in verified.findings)
        return verified, [entry] if fits and verified.entries else []

    try:
        found = common.transact_audited(work)
    except HeadFileError as error:
        common.fail(error)
    if json:
        findings = [{**asdict(one), "text": str(one)} for one in found.findings]
        common.print_json({"entries": found.entries, "head": found.head.short, "findings": findings})
    else:
        for one in found.findings:
            print(one)
        state = f"{len(found.findings)} things are wrong" if found.findings else "nothing is wrong"
        print(f"{found.entries} entries, head {found.head.short}: {state}.")
    if found.findings:
        raise typer.Exit(common.WRONG)


@commands.command()
def show(
    case: Annotated[str | None, typer.Option(help="Only of this case: 2026-0001.")] = None,
    person: Annotated[
        str | None, typer.Option(help="Only of this person: telegram:42, or the pseudonym in the log.")
    ] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on.")] = None,
    json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False,
    csv_file: Annotated[
        Path | None, typer.Option("--csv", help="Write a spreadsheet to this file; it must not be there yet.")
    ] = None,
) -> None:
    """Show the log; that it was shown is entered in it."""
    from bot.ports.audit import by_operator
    from handlers.dates.working_days import AMSTERDAM

    if csv_file and csv_file.exists():
        common.fail(f"{csv_file} is there already; choose another name.")
    start = since.replace(tzinfo=AMSTERDAM) if since else None

    def work(connection: Connection, log: AuditLog) -> tuple[list[AuditRow], list[AuditEntry]]:
        rows = list(log.entries(connection, case=case, person=person, since=start))
        which = "+".join(name for name, one in (("case", case), ("person", person), ("since", since)) if one)
        entry = by_operator("log_read", utc_now(), f"{which or 'all'}:{len(rows)}", whom=person or "")
        return rows, [entry]

    rows = common.transact_audited(work)
    if json:
        for row in rows:
            common.print_json(_values(row, AMSTERDAM))
    elif csv_file:
        _write_csv(csv_file, [_values(row, AMSTERDAM) for row in rows])
        print(f"{csv_file}: {len(rows)} entries, for your eyes only (mode 600)")
    else:
        common.draw(COLUMNS, _lines(rows, AMSTERDAM), "Nothing of this is in the log.")


def _values(row: AuditRow, zone: Any) -> dict[str, object]:
    return {**asdict(row), "at": row.at.astimezone(zone).isoformat()}


def _lines(rows: Iterable[AuditRow], zone: Any) -> list[Sequence[str]]:
    return [
        tuple(
            f"{row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}" if name == "at" else str(getattr(row, name))
            for name in COLUMNS
        )
        for row in rows
    ]


def _write_csv(path: Path, rows: list[dict[str, object]]) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        common.fail(f"{path} cannot be written: {error.strerror}.")
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, [*COLUMNS, "case", "revision", "mac", "hash"], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


def _head(text: str) -> AuditHead:
    """What people copy from a chat. Its hash may be only the beginning of the whole one."""
    from bot.ports.audit import AuditHead

    form = SHORT_HEAD.fullmatch(text.strip().lower())
    if form is None:
        common.wrong_usage(f'"{text}" is no head; it looks like "1234 9f2a-01cc-77d0-b3e1"')
    return AuditHead("", int(form[1]), form[2].replace("-", ""))
