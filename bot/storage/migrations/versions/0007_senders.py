"""Who is sending a message, rate limits that all processes share, and indexes for what grows."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

INDEXES = {
    "ix_outbox_channel_id": ("outbox", ("channel", "id")),
    "ix_chats_updated": ("chats", ("updated",)),
    "ix_sessions_person": ("sessions", ("person",)),
    "ix_sessions_updated": ("sessions", ("updated",)),
    "ix_keyboards_chat": ("keyboards", ("chat",)),
    "ix_keyboards_person": ("keyboards", ("person",)),
    "ix_cases_board_state_school_opened": ("cases", ("board", "state", "school", "opened")),
    "ix_cases_reporter_state": ("cases", ("reporter", "state")),
    "ix_cases_keeper_state": ("cases", ("keeper", "state")),
    "ix_reminders_reminded": ("reminders", ("reminded",)),
}
"""Name → table and columns."""
PARTIAL = {
    "ix_outbox_sender": ("outbox", ("sender",), "sender IS NOT NULL"),
    "ix_cases_guarded": ("cases", ("board", "school"), "involved IS NOT NULL"),
}


def upgrade() -> None:
    op.add_column("outbox", sa.Column("sender", sa.String()))
    op.add_column("outbox", sa.Column("weight", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "senders",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_senders"),
    )
    op.create_table(
        "rate_limits",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_rate_limits"),
    )
    op.create_index("ix_rate_limits_full_at", "rate_limits", ["full_at"])
    op.drop_index("ix_outbox_channel_due", "outbox")
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)
    for name, (table, columns, where) in PARTIAL.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, made in {**INDEXES, **PARTIAL}.items():
        op.drop_index(name, str(made[0]))
    op.create_index("ix_outbox_channel_due", "outbox", ["channel", "due"])
    op.drop_table("rate_limits")
    op.drop_table("senders")
    op.drop_column("outbox", "weight")
    op.drop_column("outbox", "sender")
