"""The audit log (`bot/storage/audit/`), and the roles that people had (`bot/storage/role_history.py`)."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import Id

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    texts = ("who", "function", "schools", "act", "case", "number", "about", "outcome")
    op.create_table(
        "audit",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in texts),
        sa.Column("revision", sa.Integer()),
        sa.Column("mac", sa.String(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("board", "seq", name="pk_audit"),
    )
    op.create_index("ix_audit_board_case_seq", "audit", ["board", "case", "seq"])
    op.create_table(
        "audit_heads",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("board", name="pk_audit_heads"),
    )
    if op.get_bind().dialect.name == "postgresql":
        refuse = "BEGIN RAISE EXCEPTION 'audit is append-only'; END"
        op.execute(f"CREATE FUNCTION audit_stay() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$")
        when = "BEFORE UPDATE OR DELETE OR TRUNCATE ON audit FOR EACH STATEMENT"
        op.execute(f"CREATE TRIGGER audit_stay {when} EXECUTE FUNCTION audit_stay()")
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER audit_no_{what} BEFORE {what} ON audit BEGIN SELECT "
                f"RAISE(ABORT, 'audit is append-only'); END"
            )
    op.create_table(
        "role_history",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("schools", sa.String(), nullable=False),
        sa.Column("note", sa.String()),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_role_history"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_role_history_person", "role_history", ["person"])
    op.execute(
        "INSERT INTO role_history (person, role, schools, note, since) "
        "SELECT person, role, schools, note, since FROM people"
    )


def downgrade() -> None:
    for table in ("role_history", "audit_heads", "audit"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_stay()")
