"""Tables that can only be added to and read: the database refuses anything else."""

from __future__ import annotations

from sqlalchemy import DDL, Table, event


def refuse_changes(table: Table) -> None:
    """Make the triggers together with the table."""
    for dialect in ("sqlite", "postgresql"):
        for statement in statements(table.name, dialect):
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))  # type: ignore[no-untyped-call]


def statements(name: str, dialect: str) -> list[str]:
    """What makes a table append-only on a database."""
    refuse = f"'{name} is append-only'"
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {name}_no_{what} BEFORE {what} ON {name} BEGIN SELECT "
            f"RAISE(ABORT, {refuse}); END"
            for what in ("UPDATE", "DELETE")
        ]
    return [
        f"CREATE FUNCTION {name}_stay() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION "
        f"{refuse}; END $$",
        f"CREATE TRIGGER {name}_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON {name} FOR EACH STATEMENT "
        f"EXECUTE FUNCTION {name}_stay()",
    ]
