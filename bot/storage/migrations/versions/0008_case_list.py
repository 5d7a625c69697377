"""An index for the board's list of cases, the newest first."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_index("ix_cases_board_opened", "cases", ["board", "opened"])


def downgrade() -> None:
    op.drop_index("ix_cases_board_opened", "cases")
