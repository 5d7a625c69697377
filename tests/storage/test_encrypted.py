"""What somebody finds who has the database and not the keys."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import LargeBinary, select, update

from bot.storage import SqlStore, case_tables, migrate
from bot.storage.audit import tables
from bot.storage.encryption import DamagedError
from bot.storage.schema import keyboards, metadata, sessions
from handlers.reply import Reply
from handlers.session import Asked, Session
from handlers.turn import Pressed
from tests.database import CIPHER, make_store
from tests.storage.talk import NOON, drain, press, reply, say, session_of, text, turn

CANARY = "kanarie-7c1f"
PLAIN = {
    "board_keys": {"id"},
    "chats": {"id", "channel", "private", "address", "person", "language", "updated"},
    "deliveries": {"id", "at"},
    "feedback": {"id", "day", "label", "helpful", "question"},
    "invitations": {"hash", "role", "schools", "channel", "expires", "used", "person", "note"},
    "keyboards": {"id", "chat", "person", "created"},
    "leases": {"name", "until"},
    "outbox": {"id", "chat", "channel", "token", "due", "attempts", "sender", "weight"},
    "people": {"person", "role", "schools", "since", "note"},
    "pin_proposals": {"person", "at"},
    "pins": {"person"},
    "rate_limits": {"name", "full_at"},
    "role_history": {"id", "person", "role", "schools", "note", "since", "until"},
    "reminders": {"person", "case", "reminded", "snoozed"},
    "schools": {"id", "name", "closed"},
    "senders": {"id", "seen"},
    "sent": {"chat", "ref", "messages", "at"},
    "sessions": {"chat", "person", "updated"},
    "teams_cards": {"chat", "message", "at"},
    "teams_offers": {"token", "chat", "name", "what", "at"},
    "tries": {"id", "person", "kind", "at"},
    "unanswered": {"id", "day", "language", "question", "label"},
    "unlocked": {"person", "chat", "since", "seen"},
    "web_messages": {"chat", "id", "changed", "delivery", "at"},
}
"""Columns that are not encrypted, but for those of the case file, which `bot.storage.case_tables.PLAIN`
lists with their reasons. A new column or table must be thought about and entered here: nothing that people
wrote or that is secret may be in it.
"""


def test_every_column_of_every_table_that_is_not_encrypted_is_known() -> None:
    plain = {
        name: {column.name for column in table.columns if not isinstance(column.type, LargeBinary)}
        for name, table in metadata.tables.items()
    }
    of_cases: dict[str, set[str]] = {}
    for column in {**case_tables.PLAIN, **tables.PLAIN}:
        table, _, name = column.partition(".")
        of_cases.setdefault(table, set()).add(name)
    assert plain == {**PLAIN, **of_cases}


async def test_no_word_of_anybody_is_in_the_files_of_the_database(tmp_path: Path) -> None:
    store = make_store(f"sqlite:///{tmp_path / 'bot.db'}")
    migrate.upgrade(store.database.engine)
    try:
        for n in range(30):
            answer = Reply("nl", (text(f"{CANARY} {n}", f"rule:{CANARY}"),))
            await say(store, turn(f"test:{n}"), answer, Session(asked=Asked(f"{CANARY}?", NOON, CANARY)))
        names = {file.name for file in tmp_path.iterdir()}
        assert {"bot.db", "bot.db-wal"} <= names
        assert all(CANARY.encode() not in file.read_bytes() for file in tmp_path.iterdir())
        assert b"test:29" in b"".join(file.read_bytes() for file in tmp_path.iterdir())
        assert all(
            file.stat().st_mode & 0o077 == 0 for file in tmp_path.iterdir() if file.name.startswith("bot.db")
        )
        assert len(await drain(store)) == 30
    finally:
        await store.close()
    assert all(CANARY.encode() not in file.read_bytes() for file in tmp_path.iterdir())


@pytest.fixture
async def two_chats(database_url: str) -> AsyncIterator[SqlStore]:
    store = make_store(database_url)
    for chat in ("test:a", "test:b"):
        await say(
            store, turn(chat), reply(text("kies", f"rule:{chat}")), Session(asked=Asked(chat, NOON, None))
        )
    yield store
    await store.close()


async def test_a_session_moved_to_another_row_is_not_read(two_chats: SqlStore) -> None:
    foreign = select(sessions.c.data).where(sessions.c.chat == "test:b").scalar_subquery()
    await two_chats.call(
        lambda connection: connection.execute(
            update(sessions).where(sessions.c.chat == "test:a").values(data=foreign)
        )
    )
    assert await session_of(two_chats, turn("test:a")) == Session()


async def test_buttons_moved_to_another_row_do_nothing(two_chats: SqlStore) -> None:
    buttons = {outgoing.chat.id: outgoing.buttons[0] for outgoing in await drain(two_chats)}
    foreign = select(keyboards.c.actions).where(keyboards.c.chat == "test:b").scalar_subquery()
    await two_chats.call(
        lambda connection: connection.execute(
            update(keyboards).where(keyboards.c.chat == "test:a").values(actions=foreign)
        )
    )
    assert await press(two_chats, turn("test:a", act=Pressed(buttons["test:a"]))) is None
    assert await press(two_chats, turn("test:b", act=Pressed(buttons["test:b"]))) == "rule:test:b"


async def test_a_changed_byte_anywhere_is_noticed(two_chats: SqlStore) -> None:
    query = select(sessions.c.data).where(sessions.c.chat == "test:a")
    encrypted = await two_chats.call(lambda connection: connection.execute(query).scalar_one())
    place = ("sessions", "data", "test:a", "test:a")
    assert CIPHER.decrypt(encrypted, *place)
    for position in range(10, len(encrypted), 7):
        changed = encrypted[:position] + bytes((encrypted[position] ^ 1,)) + encrypted[position + 1 :]
        with pytest.raises(DamagedError):
            CIPHER.decrypt(changed, *place)
