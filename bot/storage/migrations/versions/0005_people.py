"""Notes on people and invitations, closed schools, PINs that were typed once:
`bot/storage/people_repository.py`.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ADDED = {
    "schools": ("closed", sa.BigInteger),
    "people": ("note", sa.String),
    "invitations": ("note", sa.String),
}
"""Table → its new last column."""


def upgrade() -> None:
    for table, (name, kind) in ADDED.items():
        if op.get_bind().dialect.name == "sqlite":
            _rebuild(table)
        else:
            op.add_column(table, sa.Column(name, kind()))
    op.create_table(
        "pin_proposals",
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("person", name="pk_pin_proposals"),
    )


def downgrade() -> None:
    op.drop_table("pin_proposals")
    for table, (name, _) in ADDED.items():
        op.drop_column(table, name)


def _rebuild(table: str) -> None:
    """The table with its new column, as a new database has it: SQLite itself would put the column behind the
    constraints.
    """
    columns = [column["name"] for column in sa.inspect(op.get_bind()).get_columns(table)]
    listed = ", ".join(columns)
    op.rename_table(table, f"{table}_before")
    _create(table)
    op.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM {table}_before")  # noqa: S608
    op.drop_table(f"{table}_before")


def _create(table: str) -> None:
    match table:
        case "schools":
            op.create_table(
                "schools",
                sa.Column("id", sa.String(), nullable=False),
                sa.Column("name", sa.String(), nullable=False),
                sa.Column("closed", sa.BigInteger()),
                sa.PrimaryKeyConstraint("id", name="pk_schools"),
                sa.UniqueConstraint("name", name="uq_schools_name"),
            )
        case "people":
            op.create_table(
                "people",
                sa.Column("person", sa.String(), nullable=False),
                sa.Column("role", sa.String(), nullable=False),
                sa.Column("schools", sa.String(), nullable=False),
                sa.Column("since", sa.BigInteger(), nullable=False),
                sa.Column("note", sa.String()),
                sa.PrimaryKeyConstraint("person", name="pk_people"),
            )
        case "invitations":
            op.create_table(
                "invitations",
                sa.Column("hash", sa.String(), nullable=False),
                sa.Column("role", sa.String(), nullable=False),
                sa.Column("schools", sa.String(), nullable=False),
                sa.Column("channel", sa.String()),
                sa.Column("expires", sa.BigInteger(), nullable=False),
                sa.Column("used", sa.BigInteger()),
                sa.Column("person", sa.String()),
                sa.Column("note", sa.String()),
                sa.PrimaryKeyConstraint("hash", name="pk_invitations"),
            )
