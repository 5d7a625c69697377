"""`bot check`: everything that is wrong with the settings, the pack, the database and the keys."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import typer

from bot.commands import common, safety
from bot.settings import Settings, unknown_settings
from knowledge.files.problems import PackError, Problem

ADVICE_SHOWN = 3
"""Of each file, where not all is asked for."""


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("check")(check)


def check(
    strict: Annotated[
        bool, typer.Option("--strict", help="Also advice ends with exit code 1, and all of it is shown.")
    ] = False,
) -> None:
    """Check the settings, the pack, the database and the keys; report everything wrong at once.

    Errors (it cannot run well) end with exit code 1; advice (it could be better) does not.
    """
    from bot.runtime.load_matcher import watched
    from handlers import texts
    from knowledge import check as checks
    from knowledge.intake.story_words import examine_story_words
    from knowledge.safety.reading import examine_safety

    settings = common.load_settings()
    try:
        texts.load()
        found, problems = watched(
            "Checking the pack", common.errors(), lambda progress: checks.examine(settings.protocol, progress)
        )
        safety_data, safety_problems = examine_safety()
        problems += (*safety_problems, *examine_story_words()[1])
    except PackError as error:
        for fault in setting_faults(settings):
            print(fault)
        common.fail(error)
    wrong = [*setting_faults(settings), *(str(problem) for problem in problems if not problem.advice)]
    for problem in wrong:
        print(problem)
    advice = [problem for problem in problems if problem.advice]
    _print_advice(advice, len(advice) if strict else ADVICE_SHOWN)
    if wrong or (strict and advice):
        count = len(wrong) + (len(advice) if strict else 0)
        common.errors().print(f"{count} problem{'s' if count > 1 else ''} found.")
        raise typer.Exit(common.WRONG)
    counts = (
        f"{sum(1 for _ in found.protocol)} rules, {len(found.topics)} topics, {len(found.phrasings)} "
        f"phrasings, {len(found.concepts)} concepts"
    )
    print(f"{settings.protocol} is in order: {counts}.")
    for line in safety.stale_helplines(safety_data, date.today()):
        print(line)


def _print_advice(advice: Sequence[Problem], shown: int) -> None:
    """The first of each file, and how many more there are."""
    for path in dict.fromkeys(problem.path for problem in advice):
        own = [problem for problem in advice if problem.path == path]
        for problem in own[:shown]:
            print(f"advice: {problem}")
        if len(own) > shown:
            print(f"advice: {path}: {len(own) - shown} more (bot check --strict shows all)")


def setting_faults(settings: Settings) -> list[str]:
    """What is wrong with the settings of channels, database and keys; what is well formed is tried."""
    import asyncio

    from bot.runtime.serve import faults
    from bot.storage import check

    found = [*map(str, unknown_settings()), *faults(settings)]
    if settings.telegram_token and not found:
        from bot.channels.telegram.settings import refusal

        if refused := asyncio.run(refusal(settings)):
            found.append(refused)
    return found + check.problems(settings)
