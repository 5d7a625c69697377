"""SQLite while another process writes: a turn waits for it, and nobody else waits for the turn."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.ports.store import StoreUnavailableError
from tests.database import make_store
from tests.storage.talk import drain, reply, say, turn, words


async def test_a_turn_waits_for_another_process_without_holding_up_the_rest(
    sqlite_template: Path, tmp_path: Path
) -> None:
    file = shutil.copy(sqlite_template, tmp_path / "bot.db")
    store = make_store(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        talking = asyncio.create_task(say(store, turn(), reply("hallo")))
        for _ in range(50):  # the loop goes round: it is not the one that waits
            await asyncio.sleep(0.002)
        assert not talking.done()
        other.execute("COMMIT")
        await talking
    assert [words(outgoing) for outgoing in await drain(store)] == ["hallo"]
    await store.close()


async def test_a_turn_that_waited_too_long_fails_and_the_next_one_works(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.engines.BUSY", 0.1)
    file = shutil.copy(sqlite_template, tmp_path / "bot.db")
    store = make_store(f"sqlite:///{file}")
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailableError, match="held by others"):
            await say(store, turn(), reply("nee"))
        other.execute("ROLLBACK")
    await say(store, turn(), reply("ja"))
    assert [words(outgoing) for outgoing in await drain(store)] == ["ja"]
    await store.close()
