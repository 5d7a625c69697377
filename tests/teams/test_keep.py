"""What Teams keeps, the same in memory, in SQLite and in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.ports.teams_state import Offer
from bot.storage import SqlStore
from bot.storage.teams_state import SqlKeep
from handlers.reply import ProtocolDocument
from tests.database import make_store


@pytest.fixture
def store(database_url: str) -> Iterator[SqlStore]:
    store = make_store(database_url)
    yield store
    store.database.close()


async def test_an_offer_is_taken_once_and_within_the_hour(store: SqlStore) -> None:
    clock = [datetime(2026, 11, 26, 12, tzinfo=UTC)]
    keep = SqlKeep(store.database, store.cipher, lambda: clock[0])
    for token in ("one", "late"):
        await keep.keep_offer(token, Offer("teams:a", "protocol.pdf", ProtocolDocument("nl")))
    assert await keep.take_offer("other") is None
    assert await keep.take_offer("one") == Offer("teams:a", "protocol.pdf", ProtocolDocument("nl"))
    assert await keep.take_offer("one") is None
    clock[0] += timedelta(hours=1, seconds=1)
    assert await keep.take_offer("late") is None


async def test_a_card_is_kept_and_replaced_for_its_own_message_only(store: SqlStore) -> None:
    keep = SqlKeep(store.database, store.cipher)
    await keep.keep_card("teams:a", "1", {"body": ["old"]})
    await keep.keep_card("teams:a", "1", {"body": ["new"]})
    assert await keep.card("teams:a", "1") == {"body": ["new"]}
    assert await keep.card("teams:a", "2") is None
    assert await keep.card("teams:b", "1") is None
