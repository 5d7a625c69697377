"""The one client of the Bot API that all parts of the channel share."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from telegram import Bot
from telegram.error import RetryAfter

from bot.channels.telegram.request import AiohttpRequest

os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library warns at each use of its older form, numbers

OFFICIAL = "https://api.telegram.org/bot"
CONNECTIONS = 8
"""Calls at once: at a tenth of a second each that is more than Telegram takes."""
AT_WEBHOOK = 16
"""Updates that Telegram posts at once, at most."""
TIMEOUT = 10.0
"""Seconds for connecting, and for each wait for an answer to an ordinary call."""
UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""The kinds of update that we ask for."""

RawUpdate = Mapping[str, Any]
"""An update as the Bot API wrote it."""


class Client(Bot):
    """The Bot API; updates come raw, so that one that cannot be read does not stop those after it."""

    async def raw_updates(self, offset: int | None, seconds: int, limit: int = 100) -> Sequence[RawUpdate]:
        """The updates from `offset` on, which confirms those before it; waits up to `seconds` for the first.
        Raises `TelegramError`.
        """
        data = {"timeout": seconds, "limit": limit, "allowed_updates": list(UPDATES)}
        if offset is not None:
            data["offset"] = offset
        found = await self._post("getUpdates", data, read_timeout=TIMEOUT + seconds)
        return cast("list[RawUpdate]", found)

    async def shutdown(self) -> None:
        """Close the connections, also those of calls before `initialize`, of which the library knows
        nothing.
        """
        await super().shutdown()
        for request in self._request:
            await request.shutdown()

    async def call(self, method: str, **given: object) -> Any:
        """A method of the Bot API with its own names, what is None or empty left out; its result as the API
        wrote it.

        For what every reply needs: building the library's objects for it and from its answer took a third of
        the work of sending.
        """
        return await self._post(method, {name: value for name, value in given.items() if value})


def connect(token: str, base_url: str | None = None) -> Client:
    """A client; nothing is sent before its first call. `base_url` as "http://host:port/bot" for a Bot API
    server of one's own.
    """

    base = base_url or OFFICIAL
    return Client(
        token,
        base_url=base,
        base_file_url=f"{base.removesuffix('/bot')}/file/bot",
        request=AiohttpRequest(base, CONNECTIONS, TIMEOUT),
        get_updates_request=AiohttpRequest(base, 1, TIMEOUT),
    )


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
