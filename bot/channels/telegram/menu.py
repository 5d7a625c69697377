"""What Telegram shows about us outside a conversation: the menu of commands, and who we are."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from telegram import BotCommand
from telegram.error import TelegramError

from bot.channels.telegram.client import Client
from bot.channels.telegram.transport import reason
from handlers.conversation.commands import COMMANDS
from handlers.texts import Texts
from knowledge.language.words import Language

log = logging.getLogger(__name__)

CODES: Mapping[Language, str] = {"nl": "", "en": "en"}
"""The language under which Telegram keeps each: Dutch is what everybody sees who has no English app."""


async def introduce(client: Client, texts: Mapping[Language, Texts]) -> None:
    """Set menu and descriptions where they are not as they should be. What fails is logged: the talk works
    without.
    """
    for language, said in texts.items():
        code = CODES[language] or None
        commands = tuple(
            BotCommand(command.name(language), said(f"command_{command.id}"))
            for command in COMMANDS
            if command.menu
        )
        try:
            await _introduce(client, code, commands, said("about_long"), said("about_short"))
        except (
            Exception
        ) as error:  # also an answer that cannot be read: nothing here may keep us from receiving
            why = reason(error) if isinstance(error, TelegramError) else type(error).__name__
            log.warning("menu and descriptions were not set (%s): %s", language, why)


async def _introduce(
    client: Client, code: str | None, commands: tuple[BotCommand, ...], about: str, short: str
) -> None:
    """One call to look spares most starts the call to change, of which Telegram allows few."""
    if await client.get_my_commands(language_code=code) != commands:
        await client.set_my_commands(commands, language_code=code)
    if (await client.get_my_description(language_code=code)).description != about:
        await client.set_my_description(about, language_code=code)
    if (await client.get_my_short_description(language_code=code)).short_description != short:
        await client.set_my_short_description(short, language_code=code)
