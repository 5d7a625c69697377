"""What the Teams channel keeps: cards whose buttons can still be pressed, and files on offer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol

from handlers.reply import DocumentOrder


@dataclass(frozen=True, slots=True)
class Offer:
    """A file on offer, made when it is taken."""

    chat: str
    name: str
    document: DocumentOrder
    """What to make when it is taken."""


class Keep(Protocol):
    async def keep_card(self, chat: str, message: str, card: dict[str, Any]) -> None:
        """Only cards that quote the protocol are kept, so that no case content is."""

    async def card(self, chat: str, message: str) -> dict[str, Any] | None: ...

    async def keep_offer(self, token: str, offer: Offer) -> None: ...

    async def take_offer(self, token: str) -> Offer | None:
        """The offer, once; None where it was taken, never made, or is older than an hour."""


@dataclass
class KeepInMemory:
    """For tests."""

    cards: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    offers: dict[str, Offer] = field(default_factory=dict)

    async def keep_card(self, chat: str, message: str, card: dict[str, Any]) -> None:
        self.cards[chat, message] = card

    async def card(self, chat: str, message: str) -> dict[str, Any] | None:
        return self.cards.get((chat, message))

    async def keep_offer(self, token: str, offer: Offer) -> None:
        self.offers[token] = offer

    async def take_offer(self, token: str) -> Offer | None:
        return self.offers.pop(token, None)
