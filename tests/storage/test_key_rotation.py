"""Keys by number: a new one taken up while it runs, everything encrypted anew, the old one away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, update

from bot.settings import Settings
from bot.storage import SqlStore, StorageError, encryption, key_rotation, open_store
from bot.storage.database import connect
from bot.storage.encryption import Cipher, KeyFileError
from bot.storage.key_source import live_keys, read_keys
from bot.storage.recovery_sheet import WordsError, from_words, to_words
from bot.storage.schema import metadata, sessions
from handlers.reply import Reply
from handlers.session import Asked, Session
from tests.storage.talk import NOON, drain, reply, say, session_of, text, turn
from tests.storage.test_audit import report

NOT_THE_BOARDS = {
    "board_keys.proof",  # a key proves itself
    "cases.closed",  # the case's own key
    "cases.content",
    "pins.salt",  # hashes
    "pins.hash",
    "pin_proposals.salt",
    "pin_proposals.hash",
}


def test_every_encrypted_column_is_rotated() -> None:
    encrypted = {
        f"{name}.{column.name}"
        for name, table in metadata.tables.items()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    assert encrypted == NOT_THE_BOARDS | {column.name for column in key_rotation.COLUMNS}


@pytest.fixture
def settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr("bot.storage.key_source.LOOK_EVERY", 0.0)
    return Settings(database_url=database_url, data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]


@pytest.fixture
async def stores(settings: Settings) -> AsyncIterator[list[SqlStore]]:
    """Two replicas that share one key file."""
    made = [open_store(settings) for _ in range(2)]
    yield made
    for store in made:
        await store.close()


def with_new_key(settings: Settings) -> Cipher:
    """As `bot keys rotate` begins."""
    cipher = encryption.with_new_key(read_keys(settings))
    encryption.replace(settings.key_file, cipher)
    database = connect(settings.database)
    database.transact(lambda connection: key_rotation.enter_key(connection, cipher))
    database.close()
    return cipher


class Killed(BaseException):
    pass


async def test_rotation_under_load_killed_and_resumed_loses_nothing(
    stores: list[SqlStore], settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(key_rotation, "BATCH", 2)
    old = stores[0].cipher.current
    case = await report(stores[0])
    for n in range(20):
        answer = Reply("nl", (text(f"woord {n}", f"rule:{n}"),))
        await say(stores[n % 2], turn(f"test:{n}"), answer, Session(asked=Asked(f"{n}?", NOON, None)))
    cipher = with_new_key(settings)
    stopped = False

    async def load() -> int:
        turns = 0
        while not stopped:
            n = turns % 20
            assert (await session_of(stores[turns % 2], turn(f"test:{n}"))).asked
            await say(stores[turns % 2], turn(f"test:{n}"), reply("weer"))
            turns += 1
        return turns

    loading = asyncio.create_task(load())
    kills = 0

    def progress(changed: int) -> None:
        if changed:
            raise Killed

    for _ in range(20):
        await asyncio.sleep(0.02)
        database = connect(settings.database)
        try:
            await asyncio.to_thread(key_rotation.rotate, database, cipher, progress)
        except Killed:
            kills += 1
        database.close()
    database = connect(settings.database)
    done = await asyncio.to_thread(key_rotation.rotate, database, cipher)
    stopped = True
    assert await loading > 10
    assert kills == 20
    assert (done.left, done.damaged) == (0, ())
    assert database.transact(lambda connection: key_rotation.count_under(connection, old)) == {}
    assert database.transact(lambda connection: key_rotation.unreadable(connection, cipher)) == {}
    assert database.transact(lambda connection: key_rotation.retire(connection, old)) == 0
    database.close()
    encryption.replace(
        settings.key_file, Cipher({cipher.current: cipher.keys[cipher.current]}, cipher.current)
    )
    for store in stores:
        async with store.unit(turn()) as unit:
            assert unit
            head = await unit.cases.head(case)
            assert head
            assert (await unit.cases.load(head)).number == "2026-0001"
        assert (await session_of(store, turn("test:3"))).asked
        assert store.cipher.current == cipher.current
    await drain(stores[0])


async def test_no_start_without_every_key_that_is_used(stores: list[SqlStore], settings: Settings) -> None:
    cipher = with_new_key(settings)
    old = next(iter(cipher.keys))
    for kept in (old, cipher.current):
        encryption.replace(settings.key_file, Cipher({kept: cipher.keys[kept]}, kept))
        with pytest.raises(StorageError, match="not among the keys"):
            open_store(settings)
    encryption.replace(settings.key_file, cipher)
    await open_store(settings).close()


async def test_a_key_that_is_used_is_not_retired(stores: list[SqlStore], settings: Settings) -> None:
    await say(stores[0], turn(), reply("x"), Session(asked=Asked("?", NOON, None)))
    old = stores[0].cipher.current
    with_new_key(settings)
    assert await stores[0].call(lambda connection: key_rotation.retire(connection, old)) > 0


async def test_a_damaged_value_stops_nothing_and_is_named(stores: list[SqlStore], settings: Settings) -> None:
    for n in range(3):
        await say(stores[0], turn(f"test:{n}"), reply("x"), Session(asked=Asked("?", NOON, None)))
    broken = stores[0].cipher.encrypt(b"x", "elsewhere")
    await stores[0].call(
        lambda c: c.execute(update(sessions).where(sessions.c.chat == "test:1").values(data=broken))
    )
    cipher = with_new_key(settings)
    database = connect(settings.database)
    done = await asyncio.to_thread(key_rotation.rotate, database, cipher)
    assert (done.left, done.damaged) == (1, ("sessions.data",))
    assert database.transact(lambda c: key_rotation.unreadable(c, cipher)) == {"sessions.data": 1}
    database.close()


async def test_quite_another_key_file_does_not_disturb_a_running_assistant(
    stores: list[SqlStore], settings: Settings
) -> None:
    done = turn()
    await say(stores[0], done, reply("x"), Session(asked=Asked("?", NOON, None)))
    encryption.replace(settings.key_file, encryption.fresh())
    assert (await session_of(stores[0], turn())).asked


@pytest.mark.parametrize("command", [False, True])
def test_a_value_under_a_key_that_was_added_a_moment_ago_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: bool
) -> None:
    monkeypatch.setattr("bot.storage.key_source.ASK_EVERY", 0.0)
    path = tmp_path / "board.key"
    first = encryption.create(path)
    asked = f"cat {path}" if command else None
    settings = Settings(bot_key_command=asked, data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    running = live_keys(settings, read_keys(settings))
    rotated = encryption.with_new_key(first)
    encryption.replace(path, rotated)
    assert running.decrypt(rotated.encrypt(b"x", "a"), "a") == b"x"
    assert running.current == rotated.current


def test_keys_may_come_from_a_command(tmp_path: Path) -> None:
    path = tmp_path / "keys"
    cipher = encryption.create(path)

    def settings(command: str) -> Settings:
        return Settings(bot_key_command=command, data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]

    assert read_keys(settings(f"cat {path}")) == cipher
    for wrong in ("false", "no-such-command", "echo", "'"):
        with pytest.raises(KeyFileError, match="BOT_KEY_COMMAND"):
            read_keys(settings(wrong))


@pytest.mark.parametrize("halves", [False, True])
def test_a_recovery_sheet_gives_the_key_back_and_a_slip_is_noticed(halves: bool) -> None:
    key = encryption.new_key()
    shares = to_words(key, halves)
    assert len(shares) == (2 if halves else 1)
    assert from_words([f" {share.upper()} " for share in reversed(shares)]) == key
    words = shares[0].split()
    words[7] = "academic" if words[7] != "academic" else "acid"
    with pytest.raises(WordsError):
        from_words([" ".join(words), *shares[1:]])
    with pytest.raises(WordsError):
        from_words([])
    if halves:
        with pytest.raises(WordsError):
            from_words(shares[:1])
        with pytest.raises(WordsError):
            from_words([shares[0], to_words(key, True)[1]])
