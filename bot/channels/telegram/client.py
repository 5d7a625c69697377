"""The one client of the Bot API that all parts of the channel share."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, cast

from telegram import Bot
from telegram.error import RetryAfter
from telegram.request import HTTPXRequest

os.environ.setdefault("PTB_TIMEDELTA", "1")  # the library warns at each use of its older form, numbers

OFFICIAL = "https://api.telegram.org/bot"
CONNECTIONS = 8
"""Calls at once. More makes each call slower: the pool is walked through at every request (research: 256 cost five times the CPU)."""
AT_WEBHOOK = 16
"""Updates that Telegram posts at once, at most."""
TIMEOUT = 10.0
"""Seconds for connecting, writing and reading an ordinary call."""
UPDATES = ("message", "edited_message", "callback_query", "inline_query", "my_chat_member")
"""The kinds of update that we ask for."""

RawUpdate = Mapping[str, Any]
"""An update as the Bot API wrote it."""


class Client(Bot):
    """The Bot API; updates come raw, so that one that cannot be read does not stop those after it."""

    async def raw_updates(self, offset: int | None, seconds: int, limit: int = 100) -> Sequence[RawUpdate]:
        """The updates from `offset` on, which confirms those before it; waits up to `seconds` for the first. Raises `TelegramError`."""
        data = {"timeout": seconds, "limit": limit, "allowed_updates": list(UPDATES)}
        if offset is not None:
            data["offset"] = offset
        found = await self._post("getUpdates", data, read_timeout=TIMEOUT + seconds)
        return cast("list[RawUpdate]", found)


def connect(token: str, base_url: str | None = None) -> Client:
    """A client; nothing is sent before its first call. `base_url` as "http://host:port/bot" for a Bot API server of one's own."""

    def request(size: int) -> HTTPXRequest:
        return HTTPXRequest(size, read_timeout=TIMEOUT, write_timeout=TIMEOUT, connect_timeout=TIMEOUT, pool_timeout=TIMEOUT)

    base = base_url or OFFICIAL
    return Client(
        token, base_url=base, base_file_url=f"{base.removesuffix('/bot')}/file/bot", request=request(CONNECTIONS), get_updates_request=request(1)
    )


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait."""
    after = error.retry_after
    return after.total_seconds() if isinstance(after, timedelta) else float(after)
