"""`bot unanswered`: what people asked in vain, for whoever teaches the assistant."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot.commands import common

if TYPE_CHECKING:
    from bot.storage.question_log import InVain, Judged

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins like this for a formula."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("unanswered")(unanswered)


def unanswered(
    csv_file: Annotated[
        Path | None,
        typer.Option("--csv", help="Write them to this file instead, for a spreadsheet.", show_default=False),
    ] = None,
) -> None:
    """List the questions that found no answer, newest first, and the answers that people found of no help."""
    from bot.storage import question_log  # slow to import, and most commands need no database

    asked, judged = common.transact(
        lambda connection: (question_log.in_vain(connection), question_log.judged(connection))
    )
    if csv_file is None:
        _draw(asked, judged)
        return
    try:
        write_csv(csv_file, asked)
    except OSError as error:
        common.fail(f"{csv_file} cannot be written: {error.strerror}.")
    print(f"{len(asked)} questions are in {csv_file}.")


def write_csv(path: Path, asked: Sequence[InVain]) -> None:
    """UTF-8 with a mark and semicolons, as a Dutch Excel opens it in columns. Raises `OSError`."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(("question", "times", "last", "language", "nearest"))
        for one in asked:
            question = f"'{one.question}" if one.question.startswith(FORMULA) else one.question
            writer.writerow((question, one.times, one.last.isoformat(), one.language, one.nearest or ""))


def _draw(asked: Sequence[InVain], judged: Sequence[Judged]) -> None:
    console = common.output()
    if not asked:
        console.print("No question went unanswered yet.")
    else:
        table = Table("last", "times", "language", "nearest", "question", box=None, pad_edge=False)
        for one in asked:
            table.add_row(
                one.last.isoformat(), str(one.times), one.language, one.nearest or "", Text(one.question)
            )
        console.print(table)
        console.print(f"{sum(one.times for one in asked)} times in all, {len(asked)} different questions.")
    if judged:
        table = Table("answer", "helped", "did not help", box=None, pad_edge=False)
        for answer in judged:
            table.add_row(answer.label, str(answer.helpful), str(answer.unhelpful))
        console.print()
        console.print(table)
