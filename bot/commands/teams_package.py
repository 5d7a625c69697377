"""`bot teams-package`: the app package for Microsoft Teams."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.commands import common
from knowledge.files.problems import PackError


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("teams-package")(teams_package)


def teams_package(
    out: Annotated[Path, typer.Option("--out", help="The zip to write.")] = Path("teams-package.zip"),
) -> None:
    """Write the app package that is uploaded to Microsoft Teams."""
    from bot.channels.teams import package
    from handlers import texts
    from knowledge.pack import loading

    settings = common.load_settings()
    try:
        board = loading.load(settings.protocol, learnable=False).name
        content = package.make(settings.teams_client_id or "", settings.public_url or "", board, texts.load())
        out.write_bytes(content)
    except PackError as error:
        common.fail(error)
    except (package.PackageError, OSError) as error:
        common.fail(error)
    print(f"{out} is ready. docs/teams.md tells where to upload it.")
