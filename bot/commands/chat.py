"""`bot chat`: the conversation in the terminal."""

from __future__ import annotations

import typer

from bot.commands import common


def register(app: typer.Typer) -> None:
    """Add the command to the program."""
    app.command("chat")(chat)


def chat() -> None:
    """Talk with the assistant in the terminal."""
    import asyncio

    from bot.channels.terminal.chat import chat as talk
    from bot.service import Service
    from bot.storage.in_memory import InMemory
    from handlers import texts
    from handlers.conversation.router import Conversation

    matcher = common.load_matcher(common.load_settings())
    asyncio.run(talk(Service(Conversation(matcher, texts.load()), InMemory()), common.output()))
