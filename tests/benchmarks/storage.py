"""What a turn's transaction costs, with and without the two tricks that speed it up on SQLite.

python -m tests.benchmarks.storage

Compiled statements: `bot.storage.compiled_statement`. Inline: `bot.storage.database` runs a turn's
statements on the event loop instead of in a thread. A trick that shows no gain here any more is to be
taken out.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from sqlalchemy import Dialect, Executable

from bot.storage import SqlStore, encryption, migrate
from bot.storage.compiled_statement import Statement, insert_of
from bot.storage.database import connect
from bot.storage.schema import Instant
from handlers.session import Asked, Session
from tests.benchmarks import table
from tests.storage.talk import NOON, reply, say, text, turn

TURNS = 2000
ROUNDS = 3


def main() -> None:
    table.head("SQLite", "ms a turn (median)", "CPU ms a turn")
    for name, compiled, inline in (
        ("compiled, inline (as it runs)", True, True),
        ("compiled, in threads", True, False),
        ("through SQLAlchemy, inline", False, True),
        ("through SQLAlchemy, in threads", False, False),
    ):
        rounds = [asyncio.run(measure(compiled, inline)) for _ in range(ROUNDS)]
        table.row(name, min(wall for wall, _ in rounds), min(cpu for _, cpu in rounds))


async def measure(compiled: bool, inline: bool) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder, plain(not compiled):
        database = connect(f"sqlite:///{folder}/bot.db")
        migrate.upgrade(database.engine)
        database.inline = inline
        store = SqlStore(database, encryption.fresh())
        await talk(store, 100)
        before = time.process_time()
        took = await talk(store, TURNS)
        cpu = time.process_time() - before
        await store.close()
    return statistics.median(took) * 1000, cpu / TURNS * 1000


async def talk(store: SqlStore, turns: int) -> list[float]:
    took = []
    for number in range(turns):
        before = time.perf_counter()
        session = Session(asked=Asked("mag deze foto op insta?", NOON, "profilering-4"))
        await say(store, turn(f"test:{number % 50}"), reply(text("a", "rule:x", "rule:y")), session)
        took.append(time.perf_counter() - before)
    return took


@contextmanager
def plain(wanted: bool) -> Iterator[None]:
    """Statements run by `Connection.execute` instead of the driver."""
    if not wanted:
        yield
        return

    def built(statement: Any, connection: Any) -> Executable:
        made: dict[str, Executable] = statement.__dict__.setdefault("_plain", {})
        name = connection.dialect.name
        if name not in made:
            make = statement._make
            made[name] = make if isinstance(make, Executable) else make(insert_of(name))
        return made[name]

    def run_each(statement: Any, connection: Any, values: Sequence[Any]) -> None:
        connection.execute(built(statement, connection), list(values))

    def as_number(kind: Any, value: int | None, dialect: Dialect) -> datetime | int | None:
        return value

    with (
        patch.object(Statement, "first", lambda s, c, **v: c.execute(built(s, c), v).fetchone()),
        patch.object(Statement, "all", lambda s, c, **v: c.execute(built(s, c), v).fetchall()),
        patch.object(Statement, "run", lambda s, c, **v: c.execute(built(s, c), v).rowcount),
        patch.object(Statement, "run_each", run_each),
        patch.object(Instant, "process_result_value", as_number),
    ):
        yield


if __name__ == "__main__":
    main()
