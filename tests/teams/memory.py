"""Messages through the channel in a process of its own; prints the resident memory (kB) halfway and at the
end.

python -m tests.teams.memory MESSAGES [--without-guard]
"""

from __future__ import annotations

import asyncio
import gc
import sys
from pathlib import Path

from bot.channels.teams import sdk
from bot.channels.teams.channel import TeamsChannel
from bot.ports.outbox import Outgoing
from bot.ports.teams_state import KeepInMemory
from bot.service import Handled
from handlers import texts
from handlers.reply import Message, Paragraph, Reply
from handlers.turn import Turn
from tests.fakes.connector import Connector, Member
from tests.fakes.serving import serving


class Echo:
    """The service's place: one reply a message, nothing kept."""

    channel: TeamsChannel

    async def handle(self, turn: Turn) -> Handled:
        message = Message((Paragraph("hallo"),))
        await self.channel.transport.send(Outgoing(1, turn.chat, "nl", message))
        return Handled(Reply("nl", (message,)))


async def nothing(what: str) -> bytes:
    raise KeyError(what)


async def run(messages: int) -> tuple[int, int]:
    connector, echo = Connector(), Echo()
    async with serving(connector.app()) as connector.address:
        channel = echo.channel = TeamsChannel(echo, None, KeepInMemory(), nothing, texts.load())  # type: ignore[arg-type]
        await channel.start()
        member = Member(connector, None)  # type: ignore[arg-type]
        halfway = 0
        for number in range(messages):
            if channel._route:
                await channel._route({"body": member.activity(type="message", text="hallo"), "headers": {}})
            connector.messages.clear()
            connector.log.clear()
            if number == messages // 2:
                halfway = resident()
        await channel.stop()
        await channel.close()
    return halfway, resident()


def resident() -> int:
    """kB."""
    gc.collect()
    status = Path("/proc/self/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


if __name__ == "__main__":
    if "--without-guard" in sys.argv:
        sdk.no_meters = lambda: None
    print(*asyncio.run(run(int(sys.argv[1]))))
