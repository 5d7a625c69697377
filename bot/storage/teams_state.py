"""What the Teams channel keeps, in the database: see `bot.ports.teams_state`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from pydantic import TypeAdapter
from sqlalchemy import Connection, delete, select

from bot.clock import utc_now
from bot.ports.teams_state import Offer
from bot.storage.database import Database
from bot.storage.encryption import Cipher, DecryptionError
from bot.storage.retention import OFFERED_FOR
from bot.storage.schema import teams_cards, teams_offers
from handlers.reply import DocumentOrder

_ORDERS: TypeAdapter[DocumentOrder] = TypeAdapter(DocumentOrder)


class SqlKeep:
    def __init__(self, database: Database, cipher: Cipher, now: Callable[[], datetime] = utc_now) -> None:
        self._database = database
        self._cipher = cipher
        self._now = now

    async def keep_card(self, chat: str, message: str, card: dict[str, Any]) -> None:
        encrypted = self._cipher.encrypt(json.dumps(card).encode(), "teams_cards", "card", chat, message)

        def work(connection: Connection) -> None:
            connection.execute(
                delete(teams_cards).where(teams_cards.c.chat == chat, teams_cards.c.message == message)
            )
            connection.execute(
                teams_cards.insert(), {"chat": chat, "message": message, "card": encrypted, "at": self._now()}
            )

        await self._database.transaction(work, durable=False)

    async def card(self, chat: str, message: str) -> dict[str, Any] | None:
        def work(connection: Connection) -> bytes | None:
            query = select(teams_cards.c.card).where(
                teams_cards.c.chat == chat, teams_cards.c.message == message
            )
            return connection.execute(query).scalar_one_or_none()

        encrypted = await self._database.transaction(work, durable=False)
        try:
            return (
                None
                if encrypted is None
                else cast(
                    "dict[str, Any]",
                    json.loads(self._cipher.decrypt(encrypted, "teams_cards", "card", chat, message)),
                )
            )
        except DecryptionError:
            return None

    async def keep_offer(self, token: str, offer: Offer) -> None:
        row = {
            "token": _hashed(token),
            "chat": offer.chat,
            "name": offer.name,
            "what": _ORDERS.dump_json(offer.document).decode(),
            "at": self._now(),
        }
        await self._database.transaction(
            lambda connection: connection.execute(teams_offers.insert(), row) and None
        )

    async def take_offer(self, token: str) -> Offer | None:
        def work(connection: Connection) -> Offer | None:
            taken = delete(teams_offers).where(teams_offers.c.token == _hashed(token)).returning(teams_offers)
            row = connection.execute(taken).one_or_none()
            fresh = row is not None and self._now() - row.at <= OFFERED_FOR
            return (
                Offer(row.chat, row.name, _ORDERS.validate_json(row.what))
                if row is not None and fresh
                else None
            )

        return await self._database.transaction(work)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
