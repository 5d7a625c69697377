"""Reminders and leases: `bot/storage/reminder_repository.py`."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "reminders",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("reminded", sa.BigInteger()),
        sa.Column("snoozed", sa.BigInteger()),
        sa.PrimaryKeyConstraint("person", "case", name="pk_reminders"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )


def downgrade() -> None:
    op.drop_table("leases")
    op.drop_table("reminders")
