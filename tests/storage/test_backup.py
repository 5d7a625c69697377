"""A backup while the assistant runs, and putting it back on an empty machine."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, insert, select

from bot.ports.audit import by_operator
from bot.storage import SqlStore, backup, backup_file, encryption, migrate
from bot.storage.audit.head_file import HeadFile
from bot.storage.audit.log import AuditLog
from bot.storage.audit.verify import verify
from bot.storage.backup_file import BackupError
from bot.storage.database import Database, connect
from bot.storage.people_tables import people
from bot.storage.schema import chats, sessions
from handlers import texts
from handlers.cases.case import Actor, start, submit
from handlers.turn import Pressed
from tests.database import CIPHER, make_store
from tests.storage.talk import NOON, drain, press, reply, say, session_of, text, turn, words
from tests.storage.test_store import FULL

NL = texts.load()["nl"]
LOG = AuditLog("allure", CIPHER)
KEEPER = Actor("test:anna", "directie")


async def filled(store: SqlStore) -> str:
    """A conversation with buttons, a role and a submitted case; returns the case's id."""
    await say(store, turn(), reply(text("kies", "rule:a")), FULL)
    await say(store, turn("test:gone"), reply("dit wacht nog"))
    draft, began = start(KEEPER, "de-ark", "incident", 1, NOON)
    async with store.unit(turn()) as unit:
        assert unit
        await unit.cases.save(draft, began)
        head = await unit.cases.head(draft.id)
        assert head
        case = await unit.cases.load(head)
        sent, event = submit(case, await unit.cases.next_number(2026), case.revision, KEEPER, NOON)
        await unit.cases.save(sent, event)
        unit.save(unit.session, reply("ingediend"))
    row = {"person": "test:anna", "role": "directie", "schools": '["de-ark"]', "since": NOON}
    await store.call(lambda connection: connection.execute(insert(people), [row]) and None)
    return draft.id


@pytest.fixture
def target(empty_database_url: str) -> Iterator[Database]:
    made = connect(empty_database_url)
    yield made
    made.close()


def restored(target: Database, file: Path, log: AuditLog = LOG) -> backup.Copied:
    return backup.restore(target, log, file, NOON, NL)


@pytest.mark.parametrize("before", ["nothing", "empty tables"])
async def test_what_was_kept_is_there_again(
    database_url: str, target: Database, tmp_path: Path, before: str
) -> None:
    store = make_store(database_url)
    case_id = await filled(store)
    (button,) = [out.buttons[0] for out in await drain(store) if out.buttons]
    file = tmp_path / "copy.backup"
    made = backup.make(store.database, LOG, file, NOON)
    assert made.counts["cases"] == 1
    assert backup.verify(file, CIPHER) == made
    await store.close()
    if before == "empty tables":
        migrate.upgrade(target.engine)
    assert restored(target, file) == made
    there = SqlStore(target, CIPHER)
    assert await session_of(there, turn()) == FULL
    assert await press(there, turn(act=Pressed(button))) == "rule:a"
    async with there.unit(turn()) as unit:
        assert unit
        head = await unit.cases.head(case_id)
        assert head
        assert (await unit.cases.load(head)).number == "2026-0001"
        # numbers that were given after the backup never come back
        assert await unit.cases.next_number(2026) == "2026-0102"
    await say(there, turn(), reply("en verder"))  # ids go on where they were


async def test_what_waited_is_not_sent_and_people_are_told(
    database_url: str, target: Database, tmp_path: Path
) -> None:
    store = make_store(database_url)
    await filled(store)
    file = tmp_path / "copy.backup"
    backup.make(store.database, LOG, file, NOON)
    await store.close()
    restored(target, file)
    out = await drain(SqlStore(target, CIPHER), NOON + timedelta(days=1))
    assert [(one.chat.id, words(one)[:41]) for one in out] == [
        ("test:anna", "Er is een reservekopie teruggezet van 26-")
    ]


async def test_it_is_one_snapshot_though_others_write_meanwhile(
    database_url: str, target: Database, tmp_path: Path
) -> None:
    store = make_store(database_url)
    await filled(store)
    row = {"channel": "test", "private": True, "address": "", "updated": NOON}
    many = [{**row, "id": f"test:{number:04d}"} for number in range(backup.BATCH)]
    await store.call(lambda connection: connection.execute(insert(chats), many) and None)
    other = connect(database_url)
    written: list[int] = []

    def meanwhile(rows: int) -> None:
        """A chat and its session: of a torn copy the session would refer to a chat that is not there."""
        late = {**row, "id": f"test:late{rows}"}
        session = {"chat": late["id"], "person": "test:late", "data": b"x", "updated": NOON}
        other.transact(lambda connection: connection.execute(insert(chats), [late]) and None)
        other.transact(lambda connection: connection.execute(insert(sessions), [session]) and None)
        written.append(rows)

    file = tmp_path / "copy.backup"
    made = backup.make(store.database, LOG, file, NOON, meanwhile)
    assert written != []
    assert made.counts["chats"] == 2 + backup.BATCH
    assert made.counts["sessions"] == 1
    assert restored(target, file) == made
    other.close()
    await store.close()


async def test_a_backup_shows_nothing_without_its_key(database_url: str, tmp_path: Path) -> None:
    store = make_store(database_url)
    await filled(store)
    file = tmp_path / "copy.backup"
    backup.make(store.database, LOG, file, NOON)
    await store.close()
    content = file.read_bytes()
    assert b"test:anna" not in content
    assert CIPHER.keys[CIPHER.current] not in content
    assert file.stat().st_mode & 0o077 == 0
    other = encryption.fresh()
    with pytest.raises(BackupError, match="which is not in BOT_KEY_FILE"):
        backup.verify(file, other)


async def test_every_damage_is_noticed(database_url: str, target: Database, tmp_path: Path) -> None:
    store = make_store(database_url)
    await filled(store)
    file, other = tmp_path / "copy.backup", tmp_path / "other.backup"
    backup.make(store.database, LOG, file, NOON)
    backup.make(store.database, LOG, other, NOON)
    await store.close()
    whole, second = file.read_bytes(), other.read_bytes()
    start_of = whole.index(b"\n", len(backup_file.MAGIC)) + 1
    damaged = [
        whole[:-1],
        whole[:start_of],
        whole[: start_of + 2],
        whole + b"x",
        whole[:-9] + bytes([whole[-9] ^ 1]) + whole[-8:],
        whole.replace(b'"allure"', b'"weide!"'),
        whole[:start_of] + second[second.index(b"\n", len(backup_file.MAGIC)) + 1 :],
        b"SQLite format 3\0" + whole,
        b"",
    ]
    for content in damaged:
        file.write_bytes(content)
        with pytest.raises(BackupError):
            restored(target, file)
    with target.engine.connect() as connection:
        assert migrate.found(connection) is None


async def test_nothing_is_left_of_a_backup_that_was_broken_off(database_url: str, tmp_path: Path) -> None:
    store = make_store(database_url)
    await filled(store)
    for number in range(backup.BATCH):
        await say(store, turn(f"test:{number}"), reply("hoi"))

    def full(rows: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        backup.make(store.database, LOG, tmp_path / "copy.backup", NOON, full)
    assert [file.name for file in tmp_path.iterdir() if "backup" in file.name] == []
    await store.close()


async def test_a_backup_is_only_put_into_an_empty_database(database_url: str, tmp_path: Path) -> None:
    store = make_store(database_url)
    await filled(store)
    file = tmp_path / "copy.backup"
    backup.make(store.database, LOG, file, NOON)
    with pytest.raises(BackupError, match="not empty"):
        restored(store.database, file)
    with pytest.raises(BackupError, match="is there already"):
        backup.make(store.database, LOG, file, NOON)
    count = await store.call(lambda connection: connection.scalar(select(func.count()).select_from(chats)))
    assert count == 2
    await store.close()


async def test_the_audit_log_says_that_it_was_restored_and_goes_on_from_there(
    database_url: str, target: Database, tmp_path: Path
) -> None:
    heads = HeadFile(tmp_path / "heads")
    log = AuditLog("allure", CIPHER, heads)
    store = SqlStore(connect(database_url), CIPHER, board="allure", head_file=heads)
    await filled(store)
    file = tmp_path / "copy.backup"
    made = backup.make(store.database, log, file, NOON)
    await say(store, turn("test:later"), reply("later"))
    for _ in range(5):
        store.database.transact(lambda connection: log.append(connection, [by_operator("invited", NOON)]))
    await store.close()
    restored(target, file, log)

    def look(connection: Connection) -> tuple[list[str], bool]:
        acts = [row.act for row in log.entries(connection)]
        return acts, not verify(connection, log, heads.read_all("allure")).findings

    acts, in_order = target.transact(look)
    assert acts[-1] == "restored"
    assert "backup_made" not in acts
    assert made.header.audit.split()[0] == str(len(acts) - 1)
    assert in_order


async def test_a_backup_of_another_board_is_refused(
    database_url: str, target: Database, tmp_path: Path
) -> None:
    store = make_store(database_url)
    await filled(store)
    file = tmp_path / "copy.backup"
    backup.make(store.database, LOG, file, NOON)
    await store.close()
    with pytest.raises(BackupError, match='of the board "allure", and the pack is of "weideveld"'):
        restored(target, file, AuditLog("weideveld", CIPHER))
