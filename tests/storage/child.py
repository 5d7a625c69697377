"""Processes that handle turns and send replies until they are killed; they write down what they acknowledged
and what they sent.

python -m tests.storage.child URL KEYS JOURNAL: for each number on standard input a process that begins at
that delivery. It prints the process's id, and an empty line when it has ended. (Importing everything takes a
second; so it is done once.)
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bot.delivery.sender import Sender
from bot.ports.outbox import Outgoing
from bot.storage import SqlStore, encryption
from bot.storage.database import connect
from handlers.turn import Chat, Person, Said, Turn
from tests.storage.talk import reply, words

CHATS = 5
CHANNEL = "test"


class Journal:
    """Lines that are in the kernel's hands when `write` returns, so that a kill does not take them."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_APPEND | os.O_CREAT | os.O_WRONLY)

    def write(self, kind: str, what: str) -> None:
        os.write(self._file, f"{kind} {what}\n".encode())


class Channel:
    channel = CHANNEL

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    async def send(self, outgoing: Outgoing) -> tuple[str, ...]:
        self._journal.write("sent", words(outgoing))
        return (f"m{outgoing.id}",)


async def handle(store: SqlStore, number: int, journal: Journal) -> None:
    """Deliver one message; written down when it is acknowledged."""
    chat = f"{CHANNEL}:{number % CHATS}"
    turn = Turn(f"{CHANNEL}:d{number}", Person(chat), Chat(chat), Said("hoi"), datetime.now(UTC))
    async with store.unit(turn) as unit:
        if unit:
            unit.save(replace(unit.session, declines=unit.session.declines + 1), reply(str(number)))
            await unit.unanswered(str(number), "nl", None)
    journal.write("done", str(number))


async def work(url: str, key_file: Path, first: int, journal: Journal) -> None:
    """A platform delivers a message again and again until it is acknowledged: so the last ones of before come
    once more.
    """
    store = SqlStore(connect(url), encryption.read(key_file))
    sender = Sender(store, Channel(journal))
    sending = asyncio.create_task(sender.run())
    journal.write("up", str(first))
    number = max(0, first - 2 * CHATS)
    while True:
        await asyncio.gather(*(handle(store, number + n, journal) for n in range(CHATS)))
        number += CHATS
        if sending.done():
            sending.result()


def main(url: str, key_file: Path, journal: Path) -> None:
    for line in sys.stdin:
        process = os.fork()
        if not process:
            asyncio.run(work(url, key_file, int(line), Journal(journal)))
        print(process, flush=True)
        os.waitpid(process, 0)
        print(flush=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
