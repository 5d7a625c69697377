"""What can be wrong with Telegram's settings, in words for whoever filled them in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

from telegram.error import InvalidToken, TelegramError

from bot.channels.telegram.client import connect
from bot.channels.telegram.polling import REFUSED
from bot.channels.telegram.transport import reason
from bot.channels.telegram.webhook import SECRET
from bot.settings import Settings

_TOKEN = re.compile(r"[0-9]+:[A-Za-z0-9_-]+")


def problems(settings: Settings) -> Sequence[str]:
    """Everything wrong with them, without asking Telegram; empty where Telegram is not set up at all."""
    token = settings.telegram_token.get_secret_value() if settings.telegram_token else ""
    secret = settings.telegram_webhook_secret.get_secret_value() if settings.telegram_webhook_secret else ""
    found = []
    if token and not _TOKEN.fullmatch(token):
        found.append(
            "TELEGRAM_TOKEN is not a token; @BotFather gives one like 123456789:AAE... Copy it whole, "
            "without spaces."
        )
    if not token and (secret or settings.telegram_base_url):
        found.append("TELEGRAM_TOKEN is missing, while other settings of Telegram are filled in.")
    base = settings.telegram_base_url
    if base and not re.fullmatch(r"https?://[^/\s]+(/\S*)?/bot", base):
        found.append(
            f'TELEGRAM_BASE_URL "{base}" must look like http://localhost:8081/bot, with /bot at its end.'
        )
    if secret:
        found += _webhook_problems(secret, settings)
    return found


async def refusal(settings: Settings) -> str | None:
    """What Telegram says against the token; None where it takes it, or none is set."""
    if settings.telegram_token is None:
        return None
    client = connect(settings.telegram_token.get_secret_value(), settings.telegram_base_url)
    try:
        await client.initialize()
    except InvalidToken:
        return REFUSED
    except TelegramError as error:
        return f"Telegram cannot be reached, so TELEGRAM_TOKEN was not tried: {reason(error)}"
    finally:
        await client.shutdown()
    return None


def _webhook_problems(secret: str, settings: Settings) -> list[str]:
    found = []
    if not SECRET.fullmatch(secret):
        found.append(
            "TELEGRAM_WEBHOOK_SECRET must be 32 to 256 characters of A-Z a-z 0-9 _ -; "
            'make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    public = urlsplit(settings.public_url or "")
    if not public.hostname:
        found.append(
            "PUBLIC_URL is missing: with TELEGRAM_WEBHOOK_SECRET Telegram must know where to post. Leave "
            "the secret out to use long polling."
        )
    elif public.scheme != "https" and not settings.telegram_base_url:
        found.append("PUBLIC_URL must begin with https://: Telegram posts nowhere else.")
    return found
