"""The program `bot`: every command is a module of `bot/commands/`."""

from __future__ import annotations

import os
import sys

import typer

from bot.commands import (
    ask,
    audit,
    backup,
    board,
    chat,
    check,
    evaluate,
    export,
    flow,
    keys,
    learn,
    pack,
    people,
    run,
    teams_package,
    unanswered,
)

app = typer.Typer(
    name="bot",
    help="The assistant that answers questions from a school board's social media protocol.",
    epilog="Settings come from the environment or a file .env; see .env.example.",
    no_args_is_help=False,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

INTERRUPTED = 130


def main() -> None:
    """Run the program; what goes wrong is one clear message and an exit code, never a traceback."""
    try:
        app()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


@app.callback(invoke_without_command=True)
def start(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        run.run()


for command in (
    run, chat, ask, check, flow, teams_package, evaluate, pack, people, export, unanswered, learn, keys,
    board, backup, audit,
):  # fmt: skip
    command.register(app)
