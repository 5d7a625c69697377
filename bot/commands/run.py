"""`bot run`: start every configured channel."""

from __future__ import annotations

import gc
from datetime import date

import typer

from bot.commands import common, safety
from bot.settings import SettingsError, unknown_settings


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("run")(run)


def run() -> None:
    """Start every configured channel; with nothing configured: the web page on this machine."""
    # until the start is over: what is made meanwhile stays, and searching it for garbage again and again
    # takes a tenth of the time
    gc.disable()
    from bot.runtime import serve as running
    from bot.storage.open_store import StorageError
    from knowledge.safety.reading import load_safety

    settings = common.load_settings()
    for unknown in unknown_settings():
        common.errors().print(str(unknown), markup=False, soft_wrap=True)
    for advice in safety.stale_helplines(load_safety(), date.today(), never=False):
        common.errors().print(advice, markup=False, soft_wrap=True)
    matcher = common.load_matcher(settings)
    try:
        running.run(settings, matcher, common.output())
    except (SettingsError, StorageError) as error:
        common.fail(error)
