"""What was being sent when a process was killed is sent at once by the next, where that one is alone."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import Settings
from bot.storage import SqlStore, StorageError, school_repository
from bot.storage.open_store import open_database
from bot.storage.single_process import only_process
from knowledge.matching.matcher import Matcher
from tests.database import make_store
from tests.storage.talk import NOON, reply, say, turn
from tests.web.site import Site, running


async def waits(store: SqlStore) -> bool:
    """Whether the message is still somebody else's a second later."""
    return not (await store.claim("test", 1, NOON + timedelta(seconds=1))).outgoing


async def test_the_next_life_takes_over_at_once(sqlite_template: Path, tmp_path: Path) -> None:
    store = make_store(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'bot.db')}")
    await say(store, turn(), reply("a"))
    assert (await store.claim("test", 1, NOON)).outgoing
    assert await waits(store)
    with only_process(store.database, NOON):
        assert not await waits(store)
    await store.close()


def test_a_second_assistant_on_one_database_is_refused_by_name(mini: Matcher, tmp_path: Path) -> None:
    with running(Site(mini, tmp_path)):
        second = Site(mini, tmp_path)
        with pytest.raises(StorageError) as refused:
            second.start()
    assert "runs on this database already: process" in str(refused.value)
    assert str(os.getpid()) in str(refused.value)
    with running(Site(mini, tmp_path)):
        pass


def test_commands_work_beside_it(mini: Matcher, tmp_path: Path) -> None:
    with running(Site(mini, tmp_path)):
        database = open_database(Settings(data_dir=tmp_path))
        database.transact(lambda connection: school_repository.add_school(connection, "De Ark"))
        database.close()


def test_a_folder_in_the_place_of_the_lock_is_said_in_one_sentence(mini: Matcher, tmp_path: Path) -> None:
    (tmp_path / "bot.db-lock").mkdir()
    with pytest.raises(StorageError, match=r"bot\.db-lock, .* cannot be opened: Is a directory\.$"):
        Site(mini, tmp_path).start()


def test_a_disk_without_locks_is_no_reason_to_refuse(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(handle: int, what: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    store = make_store(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'bot.db')}")
    with only_process(store.database, NOON):
        assert "No locks available" in caplog.text
    store.database.close()
