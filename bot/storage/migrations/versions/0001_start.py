"""All tables. Until the first release this one migration is changed together with `bot/storage/schema.py`."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import Id

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("private", sa.Boolean(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("person", sa.String()),
        sa.Column("language", sa.String()),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_chats"),
    )
    op.create_index("ix_chats_person", "chats", ["person"])
    op.create_table(
        "sessions",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column("updated", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "person", name="pk_sessions"),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_sessions_chat"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "deliveries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_deliveries_at", "deliveries", ["at"])
    op.create_table(
        "keyboards",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("person", sa.String()),
        sa.Column("actions", sa.LargeBinary(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_keyboards"),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_keyboards_chat"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_keyboards_created", "keyboards", ["created"])
    op.create_table(
        "outbox",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_outbox_chat"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outbox_channel_due", "outbox", ["channel", "due"])
    op.create_index("ix_outbox_chat_id", "outbox", ["chat", "id"])
    op.create_table(
        "sent",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("ref", sa.String(), nullable=False),
        sa.Column("messages", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "ref", name="pk_sent"),
        sa.ForeignKeyConstraint(["chat"], ["chats.id"], name="fk_sent_chat"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sent_at", "sent", ["at"])
    op.create_table(
        "unanswered",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("label", sa.String()),
        sa.PrimaryKeyConstraint("id", name="pk_unanswered"),
    )
    op.create_table(
        "feedback",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("label", sa.String(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("question", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_feedback"),
    )
    op.create_table(
        "board_keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("proof", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_board_keys"),
    )
    op.create_table(
        "web_messages",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("changed", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("data", sa.LargeBinary()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "id", name="pk_web_messages"),
        sa.UniqueConstraint("chat", "changed", name="uq_web_messages_chat_changed"),
        sa.UniqueConstraint("chat", "delivery", name="uq_web_messages_chat_delivery"),
    )
    op.create_index("ix_web_messages_at", "web_messages", ["at"])
    op.create_table(
        "teams_cards",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "message", name="pk_teams_cards"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_teams_cards_at", "teams_cards", ["at"])
    op.create_table(
        "teams_offers",
        sa.Column("token", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token", name="pk_teams_offers"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_teams_offers_at", "teams_offers", ["at"])


def downgrade() -> None:
    for table in (
        "teams_offers",
        "teams_cards",
        "web_messages",
        "board_keys",
        "feedback",
        "unanswered",
        "sent",
        "outbox",
        "keyboards",
        "deliveries",
        "sessions",
        "chats",
    ):
        op.drop_table(table)
