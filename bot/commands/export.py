"""`bot export`: the record of a case as a file, for whoever holds the database and the keys."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from bot.clock import utc_now
from bot.commands import common

if TYPE_CHECKING:
    from handlers.actions import Form
    from knowledge.pack.policy import Policy


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("export")(export)


def export(
    number: Annotated[str, typer.Argument(help="The case: 2026-0001.")],
    edition: Annotated[
        str,
        typer.Option(help="A record of steps.yaml, or how its name begins; bestuur is the complete one."),
    ],
    out: Annotated[Path, typer.Option(help="The file to write; it must not be there yet.")],
    form: Annotated[Literal["pdf", "docx", "json"], typer.Option("--format")] = "pdf",
    language: Annotated[
        Literal["nl", "en"], typer.Option(help="Of our own words; rules stay as the document has them.")
    ] = "nl",
) -> None:
    """Write the record of a case to a file; that it was made is kept with the case."""
    if out.exists():
        common.fail(f"{out} is there already; choose another name.")
    content = asyncio.run(_make(number, edition, form, language))
    try:
        handle = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        common.fail(f"{out} cannot be written: {error.strerror}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    print(f"{out}: {len(content)} bytes, for your eyes only (mode 600)")


async def _make(number: str, edition: str, form: Form, language: Literal["nl", "en"]) -> bytes:
    from bot.documents.maker import Maker  # slow to import, as the database is
    from bot.storage.open_store import StorageError, open_store

    settings = common.load_settings()
    found = common.load_pack(settings)
    which = record_called(edition, found.policy)
    try:
        store = open_store(settings)
    except StorageError as error:
        common.fail(error)
    try:
        return await Maker(store, found, utc_now).for_operator(number, which, form, language)
    except KeyError:
        common.fail(f'There is no case "{number}".')
    finally:
        await store.close()


def record_called(name: str, policy: Policy) -> str:
    """The record with this name or beginning; stops the program where there is none."""
    from knowledge.files.problems import did_you_mean
    from knowledge.pack.policy import COMPLETE

    begins = [record for record in policy.records if record.startswith(name)]
    if name not in ("bestuur", COMPLETE) and name not in begins and len(begins) != 1:
        known = [*policy.records, "bestuur"]
        near = did_you_mean(name, known)
        common.wrong_usage(f'there is no record "{name}"{near}; known are: {", ".join(known)}')
    return name if name in begins else begins[0] if begins else COMPLETE
