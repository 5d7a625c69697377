"""`bot ask`: one answer, or many with --batch."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.commands import common, safety


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("ask")(ask)


def ask(
    question: Annotated[
        str | None, typer.Argument(help="The question, between quotes.", show_default=False)
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON line instead of words for people.")
    ] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Also say why.")] = False,
    batch: Annotated[
        bool,
        typer.Option(
            "--batch", help="Read questions from standard input, one a line; print one JSON line each."
        ),
    ] = False,
) -> None:
    """Answer one question, or many with --batch."""
    if batch:
        if question is not None:
            common.wrong_usage("--batch reads its questions from standard input; leave the question out")
        _ask_batch()
        return
    if question is None:
        common.wrong_usage('which question? For instance: bot ask "mag ik deze foto plaatsen?"')
    if safety.answered(question, as_json, explain):
        return
    from bot.channels.terminal import chat
    from handlers import texts
    from handlers.questions.about import explain as explained
    from handlers.questions.answers import say

    matcher = common.load_matcher(common.load_settings())
    outcome = matcher.ask(question)
    beside = safety.line_above(question)
    if as_json:
        described = outcome.as_json() | safety.aside_json(beside)
        if explain:
            described["like"] = [
                {"phrasing": text, "label": label, "likeness": round(score)}
                for text, label, score in matcher.like(outcome)
            ]
        common.print_json(described)
        return
    spoken = texts.load()[outcome.language]
    console = common.output()
    reply = say(outcome, matcher.pack, spoken)
    chat.draw(safety.above(reply, beside, spoken), console)
    if explain:
        chat.draw(explained(outcome, matcher, spoken, ours=True), console)


def _ask_batch() -> None:
    matcher = common.load_matcher(common.load_settings())
    for line in sys.stdin.buffer:
        question = line.decode("utf-8", "replace").rstrip("\r\n")
        beside = safety.line_above(question)
        heard = safety.stop_json(question)
        common.print_json(heard or matcher.ask(question).as_json() | safety.aside_json(beside))
