"""`bot eval`: score a labelled question set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import common
from knowledge.files.problems import PackError
from knowledge.language.words import LANGUAGES

if TYPE_CHECKING:
    from knowledge.evaluation import Score


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("eval")(evaluate)


def evaluate(
    file: Annotated[
        Path | None,
        typer.Argument(
            help="A labelled question set: JSON lines with q, labels and lang. By default the pack's own.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as one JSON object.")] = False,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the answers of today as what later ones are compared with.")
    ] = False,
) -> None:
    """Score a labelled question set, per rule and confusion, and list every answer that is another than the
    kept one.
    """
    from bot.commands import evaluation_report
    from knowledge import evaluation
    from knowledge.teaching import baseline, trial

    settings = common.load_settings()
    matcher = common.load_matcher(settings)
    path = file or settings.protocol / trial.QUESTIONS
    try:
        questions = evaluation.read_questions(path, [rule.id for rule in matcher.pack.protocol])
        changed = baseline.compare(path, questions, matcher.ask)
    except PackError as error:
        common.fail(error)
    scores: dict[str, Score] = {}
    for language in LANGUAGES:
        spoken = [labelled for labelled in questions if labelled.language == language]
        if spoken:
            scores[language] = evaluation.evaluate(spoken, matcher.ask)
    if as_json:
        common.print_json(evaluation_report.as_json(scores, changed))
    else:
        evaluation_report.draw(scores, changed, common.output())
    if keep:
        try:
            kept = baseline.keep(path, questions, matcher.ask)
        except OSError as error:
            common.fail(f"{error.filename} cannot be written: {error.strerror}.")
        common.errors().print(f"Kept: {kept}", markup=False)
