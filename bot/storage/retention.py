"""Deleting what is too old to be of use: by its time, never by its number."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from bot.storage.schema import deliveries, keyboards, sent, sessions, teams_cards, teams_offers, web_messages
from bot.storage.turn_unit import SEEN_FOR

log = logging.getLogger(__name__)

BUTTONS_FOR = timedelta(days=90)
"""How long a button can be pressed: incident reports are taken up again after weeks."""
OFFERED_FOR = timedelta(hours=1)
"""How long a file on offer can be taken."""
EVERY = 3600.0
"""Seconds between two sweeps."""
SESSIONS_FOR = timedelta(days=90)
"""How long a talk is remembered after its last turn. A report under way stands in its case, so it is not lost
by this.
"""
REPLACED_FOR = timedelta(days=3)
"""How long a message can be replaced by its `ref`; Telegram itself lets no message be edited after 48
hours.
"""

WEB_FOR = timedelta(days=180)
"""How long a message stands on the web page."""


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows were deleted."""

    deliveries: int
    keyboards: int
    sent: int
    sessions: int
    web_messages: int
    teams: int
    """Cards and file offers of Teams."""


def sweep(connection: Connection, now: datetime) -> Swept:
    return Swept(
        connection.execute(delete(deliveries).where(deliveries.c.at < now - SEEN_FOR)).rowcount,
        connection.execute(delete(keyboards).where(keyboards.c.created < now - BUTTONS_FOR)).rowcount,
        connection.execute(delete(sent).where(sent.c.at < now - REPLACED_FOR)).rowcount,
        connection.execute(delete(sessions).where(sessions.c.updated < now - SESSIONS_FOR)).rowcount,
        connection.execute(delete(web_messages).where(web_messages.c.at < now - WEB_FOR)).rowcount,
        connection.execute(delete(teams_cards).where(teams_cards.c.at < now - BUTTONS_FOR)).rowcount
        + connection.execute(delete(teams_offers).where(teams_offers.c.at < now - OFFERED_FOR)).rowcount,
    )


@asynccontextmanager
async def swept(sweeping: Callable[[], Awaitable[Swept]], every: float = EVERY) -> AsyncIterator[None]:
    """Sweep now and again and again, as long as this is open; a sweep that fails is tried at the next
    time.
    """

    async def go_on() -> None:
        while True:
            try:
                log.debug("swept: %s", await sweeping())
            except Exception as error:
                log.error("sweeping failed: %s", type(error).__name__)
            await asyncio.sleep(every)

    task = asyncio.create_task(go_on())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
