"""kill -9 while a report is told and sent in: no answer that was acknowledged is lost, and no case is half
there.
"""

from __future__ import annotations

import random
import subprocess
import sys
from itertools import count

from sqlalchemy import Connection, select

from bot.storage.case_repository import CaseFile
from bot.storage.case_tables import case_events, cases
from bot.storage.database import connect
from bot.storage.encryption import Cipher, new_key
from bot.storage.schema import outbox
from tests.conftest import ROOT
from tests.storage.reporter import ANSWERS

KILLS = 4


def test_nothing_acknowledged_is_lost_and_nothing_is_half(database_url: str) -> None:
    rng = random.Random(7)
    key = new_key()
    file = CaseFile("board", Cipher({"k": key}, "k"))
    acknowledged: dict[str, str] = {}
    for _ in range(KILLS):
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.storage.reporter", database_url, key.hex()],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout
        kill_after = rng.randint(1, 25)
        for number, line in zip(count(1), process.stdout, strict=False):
            case, kept = line.split()
            acknowledged[case] = kept
            if number >= kill_after:
                process.kill()  # while it works on what comes next; what it said meanwhile is still read
        process.stdout.close()
        process.wait()
        assert process.returncode == -9
    assert "sent" in acknowledged.values()
    database = connect(database_url)
    try:
        database.transact(lambda connection: judge(connection, file, acknowledged))
    finally:
        database.close()


def judge(connection: Connection, file: CaseFile, acknowledged: dict[str, str]) -> None:
    numbers = []
    for row in connection.execute(select(cases.c.id, cases.c.state, cases.c.number)).all():
        case = file.load(connection, row.id)
        kept = acknowledged.pop(row.id, "0")
        assert len(case.answers) >= (ANSWERS if kept == "sent" else int(kept))
        assert [event.what for event in case.timeline] == ["started", *(["submitted"] if row.number else [])]
        assert (row.state == "ingediend") == bool(row.number)
        if kept == "sent":
            assert row.number
        numbers += [row.number] if row.number else []
    assert acknowledged == {}
    assert sorted(numbers) == [f"2026-{number:04}" for number in range(1, len(numbers) + 1)]
    steps = sum(
        len(file.load(connection, one).answers) + 1
        for one in connection.execute(select(cases.c.id)).scalars()
    ) + len(numbers)
    assert len(connection.execute(select(outbox.c.id)).all()) == steps
    assert len(connection.execute(select(case_events.c.id)).all()) == len(
        connection.execute(select(cases.c.id)).all()
    ) + len(numbers)
