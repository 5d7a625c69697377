"""One turn from beginning to end, the same for every channel: lock the chat, claim the delivery, answer,
store, commit; only then send.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.ports.store import LASTING, Store, StoreConflictError, StoreUnavailableError
from handlers.context import said
from handlers.conversation.router import Conversation
from handlers.reply import Reply
from handlers.turn import Opened, Turn
from knowledge.matching.search import search
from knowledge.pack.loading import Pack

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Handled:
    """What became of a delivery."""

    reply: Reply | None
    """None for a duplicate delivery. Its messages are in the outbox by now; the toast is the channel's to
    show.
    """


TOLD_FOR = 600.0
"""Seconds in which a chat is not told a second time that nothing can be stored."""
PASSES_WITHIN = 30.0
"""Seconds that a failure may last that tends to pass by itself, before people are told of it."""


class Service:
    def __init__(
        self, conversation: Conversation, store: Store, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._conversation = conversation
        self._store = store
        self._clock = clock
        self._failing_since: float | None = None
        self._told: dict[str, float] = {}
        """Chat → when it was told that nothing can be stored."""

    @property
    def pack(self) -> Pack:
        """What is answered from now."""
        return self._conversation.matcher.pack

    def search(self, typed: str, most: int) -> list[str]:
        """The ids of up to `most` rules for a few words, the best first. Nothing of it is kept."""
        rules, _ = search(self._conversation.matcher, typed, most)
        return [rule.id for rule in rules]

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
            if self._failing_since is None:
                self._failing_since = self._clock()
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
        self._failing_since = None
        return Handled(response.reply)

    async def move_chat(self, old: str, new: str) -> None:
        """A chat goes on under another id. Raises `StoreUnavailableError`."""
        if await self._store.move_chat(old, new):
            log.info("a chat goes on under another id")

    def hears_danger(self, text: str) -> bool:
        """Whether a text is answered with help for somebody in danger, and nothing else."""
        return self._conversation.hears_danger(text)

    def cannot_store(self, turn: Turn, error: StoreUnavailableError) -> str | None:
        """What to tell the person past the store, whose failure left the delivery unacknowledged; None if
        they were told, or if the failure may pass before they notice. Help for somebody in danger is told at
        once, each time.
        """
        if help_text := self._conversation.help_text(turn):
            return help_text
        now = self._clock()
        lasts = error.failure in LASTING or now - (self._failing_since or now) >= PASSES_WITHIN
        if (
            isinstance(turn.act, Opened)
            or not lasts
            or now - self._told.get(turn.chat.id, -TOLD_FOR) < TOLD_FOR
        ):
            return None
        self._told[turn.chat.id] = now
        return self._conversation.texts[turn.person.language or "nl"]("cannot_store")

    async def _apologise(self, turn: Turn) -> Handled:
        async with self._store.unit(turn) as unit:
            if unit is None:
                return Handled(None)
            reply = said(self._conversation.texts[unit.session.speaks(turn.person.language)], "failed")
            unit.save(unit.session, reply)
        return Handled(reply)
