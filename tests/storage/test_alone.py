"""What was being sent when a process was killed is sent at once by the next, where that one is alone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from bot.storage import SqlStore
from bot.storage.outbox import LEASE
from bot.storage.single_process import taken_over
from tests.database import make_store
from tests.storage.talk import NOON, reply, say, turn


async def waits(store: SqlStore) -> bool:
    """Whether the message is still somebody else's a second later."""
    return not await store.claim("test", 1, NOON + timedelta(seconds=1))


async def test_the_next_life_takes_over_at_once_on_sqlite_and_waits_for_the_minute_on_postgresql(
    database_url: str,
) -> None:
    store = make_store(database_url)
    await say(store, turn(), reply("a"))
    assert await store.claim("test", 1, NOON)
    with taken_over(store.database, NOON):
        assert await waits(store) is (store.database.name == "postgresql")
    assert await store.claim("test", 1, NOON + LEASE + timedelta(seconds=2))
    await store.close()


async def test_nothing_is_taken_from_a_process_that_is_still_there(
    sqlite_template: Path, tmp_path: Path
) -> None:
    database = tmp_path / "bot.db"
    database.write_bytes(sqlite_template.read_bytes())
    first, second = make_store(f"sqlite:///{database}"), make_store(f"sqlite:///{database}")
    with taken_over(first.database, NOON):
        await say(first, turn(), reply("a"))
        assert await first.claim("test", 1, NOON)
        with taken_over(second.database, NOON):
            assert await waits(second)
    with taken_over(second.database, NOON):
        assert not await waits(second)
    await first.close()
    await second.close()
