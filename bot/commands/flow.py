"""`bot flow`: a guided talk as a drawing, and how answers and stories told to it are understood."""

from __future__ import annotations

import sys
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.commands import common
from knowledge.files.problems import PackError

if TYPE_CHECKING:
    from knowledge.language.words import Language


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("flow")(flow)


def flow(
    name: Annotated[
        str, typer.Argument(help="The guided talk: the name of its file under flows/, such as foto.")
    ],
    language: Annotated[str, typer.Option("--language", help="nl or en.")] = "nl",
    question: Annotated[str, typer.Option("--question", help="A question of the talk, by its id.")] = "",
    say: Annotated[str, typer.Option("--say", help="An answer to it: tells how that is understood.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="As one line of JSON.")] = False,
    batch: Annotated[
        bool,
        typer.Option("--batch", help='Lines {"question", "say"} from stdin, one JSON line out for each.'),
    ] = False,
    story: Annotated[
        typer.FileText | None, typer.Option("--story", help="A file with a told story: tells how it is read.")
    ] = None,
    table: Annotated[
        bool, typer.Option("--table", help="Every case of the step plan: answers, decisions, steps.")
    ] = False,
    today: Annotated[
        datetime | None,
        typer.Option("--today", formats=["%Y-%m-%d"], help="The day it is told on; without it today."),
    ] = None,
) -> None:
    """Draw a guided talk as a Mermaid flowchart, or tell how an answer or a story is understood."""
    from bot.commands import flow_answers, flow_story, flow_table
    from knowledge.files.problems import did_you_mean
    from knowledge.pack import flow_chart, loading

    try:
        pack = loading.load(common.load_settings().protocol, learnable=False)
        found = pack.flow(name)
    except PackError as error:
        common.fail(error)
    except KeyError:
        known = list(dict.fromkeys(one.id for one in pack.flows))
        common.wrong_usage(
            f'there is no guided talk "{name}"{did_you_mean(name, known)}; '
            f"known are: {', '.join(known) or 'none'}"
        )
    spoken: Language = "en" if language == "en" else "nl"
    try:
        if story:
            told, text = _day(today), story.read()
            if as_json:
                common.print_json(flow_story.story_line(found, text, told))
            else:
                print(flow_story.story_in_words(found, text, told, spoken))
        elif batch:
            for line in flow_answers.understood_batch(found, sys.stdin, spoken):
                print(line, flush=True)
        elif question and as_json:
            common.print_json(flow_answers.understood_line(found, question, say, spoken))
        elif question:
            print(flow_answers.understood_in_words(found, question, say, spoken))
        else:
            drawing = "\n".join(flow_table.lines(pack, found, spoken)) + "\n" if table else None
            print(drawing or flow_chart.mermaid(found, spoken), end="")
    except flow_answers.NoSuchQuestionError as error:
        common.wrong_usage(str(error))


def _day(today: datetime | None) -> date:
    from handlers.dates.working_days import AMSTERDAM

    return (today or datetime.now(AMSTERDAM)).date()
