"""`bot eval`: score a labelled question set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import common
from knowledge.files.problems import PackError

if TYPE_CHECKING:
    from knowledge.evaluation import Score


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("eval")(evaluate)


def evaluate(
    file: Annotated[
        Path, typer.Argument(help="A labelled question set: JSON lines with q, labels and lang.")
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
) -> None:
    """Score a labelled question set, per rule and confusion."""
    from bot.commands import evaluation_report
    from knowledge import evaluation

    matcher = common.load_matcher(common.load_settings())
    try:
        questions = evaluation.read_questions(file, [rule.id for rule in matcher.pack.protocol])
    except PackError as error:
        common.fail(error)
    scores: dict[str, Score] = {}
    for language in ("nl", "en"):
        spoken = [labelled for labelled in questions if labelled.language == language]
        if spoken:
            scores[language] = evaluation.evaluate(spoken, matcher.ask)
    if as_json:
        common.print_json(evaluation_report.as_json(scores))
    else:
        evaluation_report.draw(scores, common.output())
