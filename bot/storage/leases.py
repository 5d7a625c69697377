"""Work that one process at a time may do: of any number of replicas that try, one gets the lease."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, bindparam, func, or_, select

from bot.storage.compiled_statement import Insert, PerDialect
from bot.storage.schema import Instant, metadata

leases = Table(
    "leases", metadata, Column("name", String, primary_key=True), Column("until", Instant, nullable=False)
)
"""Which work is taken, and until when."""


def take(connection: Connection, name: str, now: datetime, until: datetime) -> bool:
    """Take a lease if it is free; never waits for another process. One that ends later than twice the time
    asked for was taken by a clock that went wrong, and is not believed.
    """
    if connection.dialect.name == "postgresql":
        free = select(func.pg_try_advisory_xact_lock(func.hashtextextended(f"lease:{name}", 0)))
        if not connection.execute(free).scalar():
            return False
    values = {"name": name, "until": until, "now": now, "latest": until + (until - now)}
    return connection.execute(_TAKE[connection.dialect.name], values).first() is not None


def _take(insert_: Insert) -> Insert:
    new = insert_(leases)
    return new.on_conflict_do_update(
        index_elements=["name"],
        set_={"until": new.excluded.until},
        where=or_(
            leases.c.until <= bindparam("now", type_=Instant),
            leases.c.until > bindparam("latest", type_=Instant),
        ),
    ).returning(leases.c.name)


_TAKE = PerDialect(_take)
