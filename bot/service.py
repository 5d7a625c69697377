"""One turn from beginning to end, the same for every channel: lock the chat, claim the delivery, answer,
store, commit; only then send.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.ports.store import Store, StoreConflictError, StoreUnavailableError
from handlers.context import said
from handlers.reply import Reply
from handlers.router import Conversation
from handlers.turn import Turn

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of a delivery."""

    reply: Reply | None
    """None for a duplicate delivery. Its messages are in the outbox by now; the toast is the channel's to
    show.
    """


class Service:
    def __init__(self, conversation: Conversation, store: Store) -> None:
        self._conversation = conversation
        self._store = store

    async def handle(self, turn: Turn) -> Handled:
        """Handle one delivery once. A fault of the program is told to the person and logged. Raises
        `StoreUnavailableError` if the store fails; the channel leaves the delivery unacknowledged, so that it
        is redelivered.
        """
        try:
            try:
                return await self._answer(turn)
            except StoreConflictError:
                log.info("a turn is done again", extra={"delivery": turn.delivery})
                return await self._answer(turn)
        except StoreUnavailableError:
            raise
        except Exception as error:
            handled = await self._apologise(turn)
            log.exception("a turn failed", extra={"delivery": turn.delivery, "error": type(error).__name__})
            return handled

    async def _answer(self, turn: Turn) -> Handled:
        async with self._store.unit(turn) as unit:
            if unit is None:
                return Handled(None)
            response = await self._conversation.respond(unit.turn, unit.session, unit)
            unit.save(response.session, response.reply)
        return Handled(response.reply)

    async def _apologise(self, turn: Turn) -> Handled:
        async with self._store.unit(turn) as unit:
            if unit is None:
                return Handled(None)
            reply = said(self._conversation.texts[unit.session.speaks(turn.person.language)], "failed")
            unit.save(unit.session, reply)
        return Handled(reply)
