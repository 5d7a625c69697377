"""The tables. Texts of people are in encrypted columns only (LargeBinary, `bot/storage/encryption.py`). A
change here needs a new migration: those that are committed are frozen.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    }
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """A moment, aware and in UTC; kept as microseconds since 1970, the same on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else EPOCH + value * MICROSECOND


Id = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers rows by itself only in a column of this type."""

chats = Table(
    "chats",
    metadata,
    Column("id", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("address", String, nullable=False),
    Column("person", String, index=True),
    Column("language", String),
    Column("updated", Instant, nullable=False, index=True),
)
"""`person` is set for a private chat only: where a notice for that person goes. `language` is that of the
last reply.
"""

sessions = Table(
    "sessions",
    metadata,
    Column("chat", String, ForeignKey("chats.id"), primary_key=True),
    Column("person", String, primary_key=True, index=True),
    Column("data", LargeBinary, nullable=False),
    Column("updated", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)

keyboards = Table(
    "keyboards",
    metadata,
    Column("id", String, primary_key=True),
    Column("chat", String, ForeignKey("chats.id"), nullable=False, index=True),
    Column("person", String, index=True),
    Column("actions", LargeBinary, nullable=False),
    Column("created", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""The buttons of one message. `person` is empty in a group: there anybody may press."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("chat", String, ForeignKey("chats.id"), nullable=False),
    Column("channel", String, nullable=False),
    Column("token", String, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("due", Instant, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("sender", String),
    Column("weight", Integer, nullable=False, server_default="1"),
    Index(None, "channel", "id"),
    Index(None, "chat", "id"),
    Index(
        "ix_outbox_sender",
        "sender",
        sqlite_where=text("sender IS NOT NULL"),
        postgresql_where=text("sender IS NOT NULL"),
    ),
    sqlite_autoincrement=True,
)
"""`token` is random: what the payload is encrypted for. `due` is when it may be tried (again). `attempts`
counts the claims. `sender` is who claimed it and is sending it, until that settles it or dies. `weight` is
how many messages it adds to the chat (0 for an edit or a deletion), as far as is known before it is sent.
Ids are never used twice.
"""

senders = Table(
    "senders",
    metadata,
    Column("id", String, primary_key=True),
    Column("seen", Instant, nullable=False),
)
"""Processes that send, and when each last said that it lives (by the clock of the database)."""

rate_limits = Table(
    "rate_limits",
    metadata,
    Column("name", String, primary_key=True),
    Column("full_at", Instant, nullable=False, index=True),
)
"""Token buckets that all processes share (`bot/delivery/rate_limit.py`), by channel and by chat."""

sent = Table(
    "sent",
    metadata,
    Column("chat", String, ForeignKey("chats.id"), primary_key=True),
    Column("ref", String, primary_key=True),
    Column("messages", String, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""What `Message.ref` became on the platform; `messages` is a JSON list of its ids."""

unanswered = Table(
    "unanswered",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("day", Date, nullable=False),
    Column("language", String, nullable=False),
    Column("question", String, nullable=False),
    Column("label", String),
)
"""Scrubbed before it comes here; neither person nor chat, and no time but the day."""

feedback = Table(
    "feedback",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("day", Date, nullable=False),
    Column("label", String, nullable=False),
    Column("helpful", Boolean, nullable=False),
    Column("question", String, nullable=False),
)

board_keys = Table(
    "board_keys",
    metadata,
    Column("id", String, primary_key=True),
    Column("proof", LargeBinary, nullable=False),
)
"""The ids of the keys that this database was encrypted with; `proof` opens only with the true key, so a start
with a wrong key file is refused.
"""

web_messages = Table(
    "web_messages",
    metadata,
    Column("chat", String, primary_key=True),
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("changed", Integer, nullable=False),
    Column("delivery", String, nullable=False),
    Column("data", LargeBinary),
    Column("at", Instant, nullable=False, index=True),
    UniqueConstraint("chat", "changed"),
    UniqueConstraint("chat", "delivery"),
)
"""What stands on the web page. `data` is empty where it was taken away: pages that show it still have to hear
that.
"""

teams_cards = Table(
    "teams_cards",
    metadata,
    Column("chat", String, primary_key=True),
    Column("message", String, primary_key=True),
    Column("card", LargeBinary, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Cards of Teams whose buttons can still be pressed, to mark the pressed one: only such as quote the
protocol.
"""

teams_offers = Table(
    "teams_offers",
    metadata,
    Column("token", String, primary_key=True),
    Column("chat", String, nullable=False),
    Column("name", String, nullable=False),
    Column("what", String, nullable=False),
    Column("at", Instant, nullable=False, index=True),
    sqlite_with_rowid=False,
)
"""Files on offer in Teams; `token` is the hash of what the card or the link carries. The file itself is made
when it is taken.
"""
