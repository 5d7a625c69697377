"""kill -9 at random moments: what was acknowledged is there, exactly once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot import keys
from bot.storage import SqlStore
from bot.storage.database import connect
from bot.storage.schema import deliveries, unanswered
from handlers.turn import Chat, Person, Said, Turn
from tests.conftest import ROOT
from tests.storage.child import CHANNEL, CHATS
from tests.storage.talk import session_of, words

KILLS = 15


def test_what_was_acknowledged_before_a_kill_is_there_exactly_once(database_url: str, tmp_path: Path) -> None:
    key_file, journal = tmp_path / "board.key", tmp_path / "journal"
    keys.create(key_file)
    with _children(database_url, key_file, journal) as children:
        for kill in range(KILLS):
            _run_and_kill(children, journal, kill, random.uniform(0.0, 0.25))
    done = {line.split()[1] for line in _lines(journal) if line.startswith("done")}
    sent = Counter(line.split()[1] for line in _lines(journal) if line.startswith("sent"))
    assert len(done) > KILLS, "it never got anything done"
    committed, counted, noted, waiting = asyncio.run(_state(database_url, key_file))
    assert done <= committed
    assert counted == len(committed)
    assert noted == Counter(committed)
    assert set(sent) | set(waiting) == committed
    assert set(waiting.values()) <= {1}
    twice = sum(times - 1 for times in sent.values()) + len(set(sent) & set(waiting))
    assert twice <= KILLS * CHATS, "more was sent again than was under way at the kills"


@contextmanager
def _children(url: str, key_file: Path, journal: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.storage.child", url, str(key_file), str(journal)]
    with (journal.parent / "errors").open("wb") as errors:
        children = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True)
    with children:
        yield children
        assert children.stdin
        children.stdin.close()


def _run_and_kill(children: subprocess.Popen[str], journal: Path, kill: int, after: float) -> None:
    assert children.stdin
    assert children.stdout
    first = len({line for line in _lines(journal) if line.startswith("done")})
    print(first, file=children.stdin, flush=True)
    started = children.stdout.readline().strip()
    assert started, (journal.parent / "errors").read_text()
    deadline = time.monotonic() + 60
    while sum(line.startswith("up") for line in _lines(journal)) <= kill:
        assert time.monotonic() < deadline, (journal.parent / "errors").read_text()
        time.sleep(0.01)
    time.sleep(after)
    assert Path(f"/proc/{started}").exists(), (journal.parent / "errors").read_text()
    os.kill(int(started), signal.SIGKILL)
    assert children.stdout.readline() == "\n"


def _lines(journal: Path) -> list[str]:
    return journal.read_text().splitlines() if journal.exists() else []


async def _state(url: str, key_file: Path) -> tuple[set[str], int, Counter[str], Counter[str]]:
    """(deliveries handled, turns counted in the sessions, questions in the journal, messages still to be sent)."""
    store = SqlStore(connect(url), keys.read(key_file))
    try:
        handled = await store.call(lambda connection: connection.execute(select(deliveries.c.id)).scalars().all())
        noted = await store.call(lambda connection: connection.execute(select(unanswered.c.question)).scalars().all())
        waiting: Counter[str] = Counter()
        later = datetime.now(UTC) + timedelta(hours=1)
        while claimed := await store.claim(CHANNEL, 10, later):
            for outgoing in claimed:
                waiting[words(outgoing)] += 1
                await store.sent(outgoing, ("m",))
        counted = 0
        for number in range(CHATS):
            chat = f"{CHANNEL}:{number}"
            turn = Turn(f"look:{number}", Person(chat), Chat(chat), Said("hoi"), datetime.now(UTC))
            counted += (await session_of(store, turn)).declines
        return {delivery.removeprefix(f"{CHANNEL}:d") for delivery in handled}, counted, Counter(noted), waiting
    finally:
        await store.close()
