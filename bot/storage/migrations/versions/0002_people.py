"""Schools, roles, invitations and PINs: `bot/storage/people_repository.py`."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import Id

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "schools",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_schools"),
        sa.UniqueConstraint("name", name="uq_schools_name"),
    )
    op.create_table(
        "people",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("schools", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_people"),
    )
    op.create_table(
        "invitations",
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("schools", sa.String(), nullable=False),
        sa.Column("channel", sa.String()),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger()),
        sa.Column("person", sa.String()),
        sa.PrimaryKeyConstraint("hash", name="pk_invitations"),
    )
    op.create_table(
        "tries",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tries"),
    )
    op.create_index("ix_tries_person_kind_at", "tries", ["person", "kind", "at"])
    op.create_table(
        "pins",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_pins"),
    )
    op.create_table(
        "unlocked",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("chat", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("seen", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", "chat", name="pk_unlocked"),
    )


def downgrade() -> None:
    for table in ("unlocked", "pins", "tries", "invitations", "people", "schools"):
        op.drop_table(table)
