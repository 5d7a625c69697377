"""Writes the conversations in a page of the docs anew: `python -m tests.transcripts docs/conversation.md`.

In a code block that begins with "> ", every line with "> " at its beginning or behind an empty line was
typed; what the assistant says to it is put below it, as `bot chat` prints it. So what stands there was said.
"""

from __future__ import annotations

import asyncio
import io
import re
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Console

from bot import settings
from bot.channels.terminal import chat
from bot.runtime.load_matcher import make_matcher
from bot.service import Service
from bot.storage.in_memory import InMemory
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.turn import Act, Chat, Opened, Person, Said, Turn

BLOCK = re.compile(r"```\n(> .*?)\n```", re.DOTALL)
BEGINS = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
"""A Tuesday morning: which helplines are open hangs on it."""
BETWEEN = timedelta(seconds=40)


def typed(block: str) -> list[str]:
    """What a person typed in a block, in order."""
    lines = block.split("\n")
    return [
        line[2:]
        for number, line in enumerate(lines)
        if line.startswith("> ") and (number == 0 or not lines[number - 1].strip())
    ]


async def talk(conversation: Conversation, says: list[str]) -> str:
    """The conversation as it is printed, of one person who is new."""
    service, at = Service(conversation, InMemory()), BEGINS
    parts: list[str] = []
    acts: list[Act] = [Opened(), *(Said(text) for text in says)]
    for number, act in enumerate(acts):
        turn = Turn(f"docs:{number}", Person("docs:you"), Chat("docs:here"), act, at)
        handled = await service.handle(turn)
        at += BETWEEN
        if isinstance(act, Said) and handled.reply:
            printed = io.StringIO()
            chat.draw(handled.reply, Console(file=printed, width=chat.WIDTH))
            parts.append(f"> {act.text}\n\n{printed.getvalue().rstrip()}")
    return "\n\n".join(parts)


def main() -> None:
    conversation = Conversation(make_matcher(settings.load(), Console(stderr=True)), texts.load())
    for name in sys.argv[1:]:
        page = Path(name)
        content = page.read_text(encoding="utf-8")
        anew = BLOCK.sub(
            lambda found: f"```\n{asyncio.run(talk(conversation, typed(found[1])))}\n```", content
        )
        page.write_text(anew, encoding="utf-8")


if __name__ == "__main__":
    main()
