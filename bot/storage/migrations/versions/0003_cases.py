"""The case file: `bot/storage/case_repository.py`. Its events can be added to and read, nothing else."""

import sqlalchemy as sa
from alembic import op

from bot.storage.schema import Id

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("number", sa.String()),
        sa.Column("school", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("keeper", sa.String(), nullable=False),
        sa.Column("opened", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("agreed", sa.Date()),
        sa.Column("flow", sa.String(), nullable=False),
        sa.Column("flow_version", sa.Integer(), nullable=False),
        sa.Column("involved", sa.LargeBinary()),
        sa.Column("key", sa.LargeBinary()),
        sa.Column("closed", sa.LargeBinary()),
        sa.Column("content", sa.LargeBinary()),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.UniqueConstraint("board", "number", name="uq_cases_board_number"),
    )
    op.create_table(
        "case_events",
        sa.Column("id", Id, autoincrement=True, nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("case", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("function", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_events"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_events_case", "case_events", ["case"])
    op.create_table(
        "case_numbers",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("board", "year", name="pk_case_numbers"),
    )
    if op.get_bind().dialect.name == "postgresql":
        refuse = "BEGIN RAISE EXCEPTION 'case_events is append-only'; END"
        op.execute(f"CREATE FUNCTION case_events_stay() RETURNS trigger LANGUAGE plpgsql AS $$ {refuse} $$")
        when = "BEFORE UPDATE OR DELETE OR TRUNCATE ON case_events FOR EACH STATEMENT"
        op.execute(f"CREATE TRIGGER case_events_stay {when} EXECUTE FUNCTION case_events_stay()")
    else:
        for what in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER case_events_no_{what} BEFORE {what} ON case_events BEGIN SELECT "
                f"RAISE(ABORT, 'case_events is append-only'); END"
            )


def downgrade() -> None:
    for table in ("case_numbers", "case_events", "cases"):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION case_events_stay()")
