"""Tables that a database made by an early revision lacks: 0001 was changed after it had been run (commit
bf77b09 and before).
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    there = sa.inspect(op.get_bind()).get_table_names()
    for table, create in (
        ("web_messages", _web_messages),
        ("teams_cards", _teams_cards),
        ("teams_offers", _teams_offers),
    ):
        if table not in there:
            create()
            op.create_index(f"ix_{table}_at", table, ["at"])


def downgrade() -> None:
    """They belong to 0001."""


def _web_messages() -> None:
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


def _teams_cards() -> None:
    op.create_table(
        "teams_cards",
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("chat", "message", name="pk_teams_cards"),
        sqlite_with_rowid=False,
    )


def _teams_offers() -> None:
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
