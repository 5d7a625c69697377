"""The lines of the web page's chats, in a database that several write to."""

from __future__ import annotations

import asyncio
from contextlib import closing

from bot.channels.web.channel import Web
from bot.ports.chat_history import Line, Own
from bot.storage.chat_history import SqlHistory
from bot.storage.database import connect
from tests.database import CIPHER
from tests.storage.talk import NOON

CHAT = "web:anna"


async def test_many_writers_in_one_chat_count_up_without_gaps(database_url: str) -> None:
    with closing(connect(database_url)) as one, closing(connect(database_url)) as other:
        histories = [SqlHistory(one, CIPHER), SqlHistory(other, CIPHER)]
        await asyncio.gather(
            *(
                history.add(CHAT, Own(f"{number}"), f"d{number}", NOON)
                for number in range(15)
                for history in histories
            )
        )
        lines = await histories[0].since(CHAT, 0)
    assert [line.changed for line in lines] == list(range(1, 16))
    assert sorted(int(line.entry.text) for line in lines if isinstance(line.entry, Own)) == list(range(15))
    assert {line.at for line in lines} == {NOON}


class Counting(SqlHistory):
    """Counts how often it is read."""

    reads = 0

    async def since(self, chat: str, seen: int) -> list[Line]:
        self.reads += 1
        return list(await super().since(chat, seen))


async def test_a_line_reads_once_for_what_is_new_and_not_for_what_it_knows(database_url: str) -> None:
    with closing(connect(database_url)) as database:
        history = Counting(database, CIPHER)
        web = Web(history, lambda: NOON)
        lines = web.lines(CHAT, 0, heartbeat=0.01)
        assert await anext(lines) is None
        await web.say(CHAT, Own("hallo"), "d1")
        while (line := await anext(lines)) is None:
            pass
        assert (line.changed, history.reads) == (1, 2)
        web.hub.wake(CHAT, 1)  # another process's look at the database: nothing that was not read
        assert await anext(lines) is None
        assert history.reads == 2
        await history.put(CHAT, 1, None)
        web.hub.wake(CHAT, 2)
        while (line := await anext(lines)) is None:
            pass
        assert (line.entry, history.reads) == (None, 3)
        fresh = web.lines(CHAT, 0, heartbeat=0.01)
        assert await anext(fresh) is None
        web.hub.wake(CHAT, 2)  # what was taken away before is nothing new to who never saw it
        assert await anext(fresh) is None
        assert history.reads == 4
        await lines.aclose()  # type: ignore[attr-defined]
        await fresh.aclose()  # type: ignore[attr-defined]
