# ruff: noqa: S608 (statements made of constants)
"""A database that many people used for long: what does it cost there, against an empty one?

python -m tests.proofs.growth [sqlite|postgresql] ...

Turns and the sender's claims on an empty database, on a full one that was never analysed, and on the same
after ANALYZE; and a round of reminders over many cases. Exit code 1 if something takes more than twice its
empty time and `SLACK` more; but for the claim, after ANALYZE.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path

from rich.console import Console
from sqlalchemy import Connection, text

from bot.runtime.load_matcher import make_matcher
from bot.runtime.reminders import remind
from bot.settings import Settings
from bot.storage import SqlStore, migrate, outbox
from bot.storage.case_repository import INVOLVED
from bot.storage.database import connect
from bot.storage.engines import BACKGROUND
from bot.storage.outbox import Place
from bot.storage.retention import delete_expired
from bot.storage.schema import EPOCH, MICROSECOND
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.reply import Message, Paragraph
from handlers.turn import Act, Person, Pressed, Said, Turn
from tests.benchmarks import table
from tests.database import CIPHER, PostgresServer, postgres_url
from tests.incident.desk import BEGIN, Desk, Office

DATABASES = ("sqlite", "postgresql")
TIMES = 15
"""Of each measurement; the median counts."""
ALLOWED = 2.0
"""How many times its empty time something may take."""
SLACK = 3.0
"""Milliseconds: a smaller difference counts for nothing."""
CLAIM = "a claim of 32 messages"
"""May not take longer on a table that was empty when its statistics were made either: answers come in a
flood.
"""
OWN_LIST = "/zaken, a director"
A_ROUND = 250.0
"""Milliseconds that a round of reminders or a batch of retention may take: on SQLite turns wait for it."""
BATCHES = 5
"""Of retention."""


@dataclass(frozen=True)
class Size:
    chats: int
    keyboards: int
    cases: int
    waiting: int
    """Messages in the outbox, one a chat."""
    schools: int
    directors: int


EMPTY = Size(chats=500, keyboards=0, cases=0, waiting=500, schools=2, directors=0)
"""With so much waiting that a claim finds as many as on the full one."""
FULL = Size(chats=50_000, keyboards=500_000, cases=5_000, waiting=33_000, schools=100, directors=100)
MANY_CASES = Size(chats=2_000, keyboards=0, cases=10_000, waiting=0, schools=200, directors=2_000)
INVOLVED_EVERY = 50
"""In one case of so many somebody is involved."""
OPEN_EVERY = 4
"""One case of so many is still worked on."""
SERIES = {
    "postgresql": "generate_series(1, CAST(:many AS bigint)) AS series(n)",
    "sqlite": "(WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :many) "
    "SELECT n FROM series)",
}
ROWS: dict[str, tuple[str, str, Callable[[Size], int]]] = {
    "schools": ("id, name", "'school' || (n + 1), 'School ' || (n + 1)", lambda size: size.schools - 1),
    "chats": (
        "id, channel, private, address, person, language, updated",
        "'other:' || n, 'other', true, '', 'other:' || n, 'nl', :now - n * 1000000",
        lambda size: size.chats,
    ),
    "sessions": (
        "chat, person, data, updated",
        "'other:' || n, 'other:' || n, :blob, :now - n * 1000000",
        lambda size: size.chats // 2,
    ),
    "deliveries": ("id, at", "'other:' || n, :now - n * 1000000", lambda size: size.chats),
    "keyboards": (
        "id, chat, person, actions, created",
        "'board' || n, 'other:' || (n % :chats + 1), 'other:' || (n % :chats + 1), :blob, :now - n * 1000000",
        lambda size: size.keyboards,
    ),
    "people": (
        "person, role, schools, since",
        "'other:' || n, 'directie', '[\"school' || (n % :schools + 1) || '\"]', :now",
        lambda size: size.directors,
    ),
    "cases": (
        "id, board, number, school, state, reporter, keeper, opened, changed, revision, flow, flow_version",
        "'case' || n, :board, '2025-' || n, 'school' || ((n % :directors + 1) % :schools + 1), "
        "CASE n % :every WHEN 0 THEN 'in_behandeling' ELSE 'afgerond' END, "
        "'other:' || (n % :directors + 1), 'other:' || (n % :directors + 1), "
        ":now - n * 3600000000, :changed, 1, 'incident', 1",
        lambda size: size.cases,
    ),
}
"""Table → columns, what row n has there, and how many there are."""


def fill(connection: Connection, office: Office, size: Size, changed: datetime) -> None:
    """As many rows as that. What is not read here is not encrypted, and every case was changed then."""
    file = office.store.casefile
    values = {
        "now": (BEGIN - EPOCH) // MICROSECOND,
        "changed": (changed - EPOCH) // MICROSECOND,
        "blob": b"\x00" * 150,
        "board": file.board,
        "every": OPEN_EVERY,
        **{name: getattr(size, name) for name in ("chats", "schools", "directors")},
    }
    series = SERIES[connection.dialect.name]
    for name, (columns, row, many) in ROWS.items():
        if many(size):
            into = text(f"INSERT INTO {name} ({columns}) SELECT {row} FROM {series}")
            used = {key: value for key, value in values.items() if f":{key}" in row}
            connection.execute(into, {**used, "many": many(size)})
    messages = [
        (Place(f"other:{n}", "other", f"other:{n}"), Message((Paragraph("x"),)))
        for n in range(1, size.waiting + 1)
    ]
    outbox.put(connection, office.store.cipher, "nl", messages, BEGIN)
    for number in range(1, size.cases + 1, INVOLVED_EVERY):
        case = f"case{number}"
        sealed = INVOLVED.write(file.cipher, ("other:somebody",), file.board, case)
        connection.execute(
            text("UPDATE cases SET involved = :who WHERE id = :id"), {"who": sealed, "id": case}
        )


class Bench:
    """One database with an office on it; milliseconds of what happens there."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._numbers = count()

    async def prepare(self) -> None:
        await self.office.store.call(self._add_school)
        self.director = await self.office.somebody("test:director", "directie", "School 1")
        self.board = await self.office.somebody("test:board", "bestuur")
        self.teachers = [Desk(self.office, f"test:{number}") for number in range(3 * TIMES)]
        for teacher in self.teachers:
            for question in ("Mag ik een foto van een leerling op Facebook zetten?", "Mag ik appen?"):
                await teacher.say(question)
        await self.office.reported("test:director", "school1")

    def _add_school(self, connection: Connection) -> None:
        connection.execute(text("INSERT INTO schools (id, name) VALUES ('school1', 'School 1')"))

    async def fill(self, size: Size, changed: datetime = BEGIN) -> None:
        def work(connection: Connection) -> None:
            connection.execute(text("DELETE FROM outbox"))
            fill(connection, self.office, size, changed)

        await asyncio.to_thread(self.office.store.database.transact, work)

    def analyse(self) -> None:
        self.office.store.database.transact(lambda connection: connection.execute(text("ANALYZE")))

    async def measure(self) -> dict[str, float]:
        forgetting, self.teachers = self.teachers[:TIMES], self.teachers[TIMES:]
        return {
            "a question": await median(lambda: self._handle(self.teachers[0], Said("mag ik appen?"))),
            OWN_LIST: await median(lambda: self._handle(self.director, Said("/zaken"))),
            "/zaken, the board": await median(lambda: self._handle(self.board, Said("/zaken"))),
            "/vergeet, confirmed": statistics.median([await self._forget(one) for one in forgetting]),
            CLAIM: await median(self._claim),
            "nothing to claim": await median(lambda: self._claim("nobody")),
        }

    async def round(self, at: datetime) -> tuple[int, float]:
        """A round of reminders: how many people had one, and milliseconds."""
        began = time.perf_counter()
        return await remind(self.office.store, at), (time.perf_counter() - began) * 1000

    async def retention(self) -> float:
        """The longest of some batches where nearly everything has expired."""
        later = BEGIN + timedelta(days=400)
        store, took = self.office.store, []
        for _ in range(BATCHES):
            began = time.perf_counter()
            await store.call(lambda connection: delete_expired(connection, later, store.periods), BACKGROUND)
            took.append((time.perf_counter() - began) * 1000)
        return max(took)

    async def _handle(self, desk: Desk, act: Act) -> None:
        self.office.at += timedelta(seconds=10)
        delivery = f"growth:{next(self._numbers)}"
        turn = Turn(delivery, Person(desk.person), desk.chat, act, self.office.at)
        handled = await self.office.service.handle(turn)
        assert handled.reply

    async def _forget(self, desk: Desk) -> float:
        await desk.say("/vergeet")
        [button] = [key for label, key in desk.buttons.items() if label.startswith("Ja")]
        return await median(lambda: self._handle(desk, Pressed(button)), 1)

    async def _claim(self, channel: str = "other") -> None:
        await self.office.store.claim(channel, 32, self.office.at)


async def median(work: Callable[[], Awaitable[None]], times: int = TIMES) -> float:
    """Milliseconds."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        await work()
        took.append((time.perf_counter() - began) * 1000)
    return statistics.median(took)


@asynccontextmanager
async def bench(url: str, conversation: Conversation) -> AsyncIterator[Bench]:
    store = SqlStore(connect(url), CIPHER)
    migrate.upgrade(store.database.engine)
    made = Bench(Office(store, conversation))
    try:
        yield made
    finally:
        await store.close()


async def prove(url: Callable[[str], str], conversation: Conversation) -> list[tuple[str, list[float], bool]]:
    """What was measured: its name, milliseconds on the empty database, on the full one and with statistics,
    and whether that is good enough.
    """
    async with bench(url("growth_empty"), conversation) as empty:
        await empty.prepare()
        await empty.fill(EMPTY)
        before = await empty.measure()
    async with bench(url("growth_full"), conversation) as full:
        await full.prepare()
        await full.fill(FULL)
        fresh = await full.measure()
        full.analyse()
        analysed = await full.measure()
        batch = await full.retention()
    rows = [(f"retention, the longest of {BATCHES} batches", [batch], batch <= A_ROUND)]
    for what, alone in before.items():
        took = [alone, fresh[what], analysed[what]]
        worst = max(took) if what == CLAIM else analysed[what]
        rows.append((what, took, worst <= max(ALLOWED * alone, alone + SLACK)))
    async with bench(url("growth_cases"), conversation) as many:
        await many.prepare()
        await many.fill(MANY_CASES, BEGIN - timedelta(days=30))
        own = await median(lambda: many._handle(many.director, Said("/zaken")))
        rounds = [await many.round(BEGIN + timedelta(minutes=5 + number)) for number in range(8)]
    alone = before[OWN_LIST]
    what = f"{OWN_LIST} with {MANY_CASES.cases // MANY_CASES.schools} of {MANY_CASES.cases} cases"
    rows.append((what, [alone, own, own], own <= max(ALLOWED * alone, alone + SLACK)))
    for which, (people, long) in (("first", rounds[0]), ("last", rounds[-1])):
        what = f"reminders, the {which} round: {people} people"
        rows.append((what, [long], long <= A_ROUND and (people > 0) == (which == "first")))
    return rows


def _sqlite(folder: Path, name: str) -> str:
    return f"sqlite:///{folder / name}.db"


def _postgresql(server: PostgresServer, name: str) -> str:
    server.create(name)
    return postgres_url(server.folder, name)


def main(names: Sequence[str]) -> int:
    conversation = Conversation(make_matcher(Settings(), Console(stderr=True)), texts.load())
    holds = True
    table.head("database", "what", "empty, ms", "full, ms", "analysed, ms", "holds")
    for name in names or DATABASES:
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            if name == "sqlite":
                rows = asyncio.run(prove(partial(_sqlite, folder), conversation))
            else:
                server = stack.enter_context(PostgresServer.started())
                rows = asyncio.run(prove(partial(_postgresql, server), conversation))
        for what, took, good in rows:
            table.row(name, what, *(took if len(took) == 3 else ["", *took, ""]), "yes" if good else "NO")
            holds = holds and good
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
