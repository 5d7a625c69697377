"""The web page: from nothing to the first answer, and many people at once on one process with SQLite; the
clients run on the same machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bot.settings import load
from knowledge.matching import index
from knowledge.pack import loading
from tests.benchmarks import table
from tests.test_run import free_port

STARTS = 5
PEOPLE = 200
QUESTIONS = 5
PAUSE = 4.0
"""Seconds that a person reads before the next question, on average."""
ASKED = (
    "mag deze foto op insta?",
    "mag ik leerlingen toevoegen op facebook",
    "een ouder klaagt over mij online",
    "mogen telefoons mee in de klas",
)


@contextmanager
def started(folder: Path) -> Iterator[str]:
    """`bot run`; yields the page's address when it answers."""
    environment = {
        **os.environ,
        "DATA_DIR": str(folder),
        "BROWSER": "none",
        "PYTHONUNBUFFERED": "1",
        "WEB_PORT": str(free_port()),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "run"], stdout=subprocess.PIPE, text=True, env=environment
    )
    assert process.stdout
    try:
        lines = iter(process.stdout.readline, "")
        yield next(line.split()[-1] for line in lines if "web page:" in line)
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate()


class Person:
    """One open page."""

    def __init__(self, address: str) -> None:
        self.http = httpx.AsyncClient(base_url=address, headers={"Origin": address.rstrip("/")}, timeout=60)
        self.took: list[float] = []
        self.answered = asyncio.Event()

    async def open(self) -> None:
        await self.http.post("session", json={})
        self.reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async with self.http.stream("GET", "stream", params={"as": ""}) as answer:
            async for line in answer.aiter_lines():
                if '"by": "assistant"' in line:
                    self.answered.set()

    async def ask(self, number: int) -> None:
        """Ask, and wait until the answer stands on the page."""
        self.answered.clear()
        start = time.perf_counter()
        body = {"kind": "said", "delivery": f"q{number}", "as": "", "text": ASKED[number % len(ASKED)]}
        (await self.http.post("turns", content=json.dumps(body))).raise_for_status()
        await self.answered.wait()
        self.took.append(time.perf_counter() - start)

    async def close(self) -> None:
        self.reading.cancel()
        await asyncio.gather(self.reading, return_exceptions=True)
        await self.http.aclose()


async def first_answer(address: str) -> None:
    person = Person(address)
    await person.open()
    await person.ask(0)
    await person.close()


async def crowd(address: str, pause: float) -> tuple[list[float], float]:
    """Seconds per answer, and answers a second."""
    people = [Person(address) for _ in range(PEOPLE)]
    for person in people:
        await person.open()

    async def talk(person: Person, place: int) -> None:
        await asyncio.sleep(pause * place / PEOPLE)
        for number in range(QUESTIONS):
            await person.ask(number)
            await asyncio.sleep(pause)

    start = time.perf_counter()
    await asyncio.gather(*(talk(person, place) for place, person in enumerate(people)))
    elapsed = time.perf_counter() - start - pause
    for person in people:
        await person.close()
    took = [seconds for person in people for seconds in person.took]
    return took, len(took) / elapsed


def run() -> None:
    settings = load()
    learnt = index.index_file(settings.data_dir, loading.fingerprint(settings.protocol))
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / learnt.name).write_bytes(learnt.read_bytes())
        colds = []
        for _ in range(STARTS):
            start = time.perf_counter()
            with started(folder) as address:
                asyncio.run(first_answer(address))
                colds.append(time.perf_counter() - start)
        table.head("what", "value")
        table.row(
            f"from nothing to the first answer on the page, s (median of {STARTS}; least)",
            f"{statistics.median(colds):.2f}; {min(colds):.2f}",
        )
        for pause, how in (
            (PAUSE, f"each asks every {PAUSE:.0f} s"),
            (0.0, "all at once, as fast as they are answered"),
        ):
            with started(folder) as address:
                took, rate = asyncio.run(crowd(address, pause))
            took.sort()
            table.row(f"{PEOPLE} open pages, {how}: answers a second", rate)
            table.row("seconds from question to answer: median", statistics.median(took))
            table.row("seconds from question to answer: 95th percentile", took[int(len(took) * 0.95)])


if __name__ == "__main__":
    run()
