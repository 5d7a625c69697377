"""`bot check`: everything that is wrong with the settings, the pack, the database and the keys."""

from __future__ import annotations

from datetime import date

import typer

from bot.commands import common, safety
from bot.settings import Settings, unknown_settings
from knowledge.files.problems import PackError


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("check")(check)


def check() -> None:
    """Check the settings, the pack, the database and the keys; report everything wrong at once."""
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
    except PackError as error:
        for fault in setting_faults(settings):
            print(fault)
        common.fail(error)
    safety_data, safety_problems = examine_safety()
    problems += (*safety_problems, *examine_story_words()[1])
    wrong = [*setting_faults(settings), *map(str, problems)]
    for problem in wrong:
        print(problem)
    if wrong:
        common.errors().print(f"{len(wrong)} problem{'s' if len(wrong) > 1 else ''} found.")
        raise typer.Exit(common.WRONG)
    counts = (
        f"{sum(1 for _ in found.protocol)} rules, {len(found.topics)} topics, {len(found.phrasings)} "
        f"phrasings, {len(found.concepts)} concepts"
    )
    print(f"{settings.protocol} is in order: {counts}.")
    for advice in safety.stale_helplines(safety_data, date.today()):
        print(advice)


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
