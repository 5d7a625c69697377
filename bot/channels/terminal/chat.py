"""The terminal as a channel: replies drawn with rich, buttons chosen by number."""

from __future__ import annotations

import contextlib
import secrets
from typing import assert_never

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.clock import utc_now
from bot.service import Service
from handlers.reply import Bullets, Heading, Paragraph, Quotation, Reply, text_of
from handlers.turn import Act, Chat, Opened, Person, Said, Turn

STOP = "/stop"

WIDTH = 88
"""Lines longer than this are hard to read."""


def draw(reply: Reply, console: Console) -> None:
    """Print a reply; what people typed or the pack says is printed as it is, never read as markup."""
    width = min(console.width, WIDTH)
    for block in reply.blocks:
        if isinstance(block, Quotation):
            if console.is_terminal:
                console.print(
                    Panel(
                        Text(block.text),
                        title=Text(block.source),
                        title_align="left",
                        width=width,
                        border_style="cyan",
                    )
                )
            else:
                console.print(Text("\n".join(f"> {line}" for line in block.text.split("\n"))), soft_wrap=True)
                console.print(Text(f"  {block.source}"), soft_wrap=True)
        elif console.is_terminal:
            console.print(Padding(Text(text_of(block), style=_style(block)), (0, 0, 1, 0)), width=width)
        else:
            console.print(Text(text_of(block)), soft_wrap=True)
    _draw_rest(reply, console)


def _draw_rest(reply: Reply, console: Console) -> None:
    """What stands below the words: the toast, what can be chosen, pages to open, documents."""
    if reply.toast:
        console.print(Text(reply.toast), soft_wrap=True)
    for number, button in enumerate((button for button in reply.buttons if not button.url), 1):
        console.print(Text.assemble((f"  {number} ", "bold cyan"), button.label), soft_wrap=True)
    for button in reply.buttons:
        if button.url:
            console.print(Text(f"  {button.label}: {button.url}"), soft_wrap=True)
    for message in reply.messages:
        if message.attachment:
            console.print(Text(f"  [{message.attachment.name}]"), soft_wrap=True)


def _style(block: Paragraph | Heading | Bullets) -> str:
    match block:
        case Heading():
            return "bold"
        case Paragraph():
            return "dim" if block.tone == "aside" else ""
        case Bullets():
            return ""
        case _:
            assert_never(block)


async def chat(service: Service, console: Console) -> None:
    """A conversation until the person stops it. Arrow up brings back what was typed in this conversation."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (input() then edits and remembers lines)
    await _turn(service, Opened(), console)
    while True:
        try:
            text = input("\n> ")
        except (EOFError, KeyboardInterrupt):
            console.print()
            text = STOP
        except UnicodeDecodeError:
            text = ""
        if not text.strip():
            continue
        console.print()
        await _turn(service, Said(text), console)
        if text.strip().lower() == STOP:
            return


async def _turn(service: Service, act: Act, console: Console) -> None:
    delivery = f"terminal:{secrets.token_hex(8)}"
    handled = await service.handle(
        Turn(delivery, Person("terminal:you"), Chat("terminal:here"), act, utc_now())
    )
    if handled.reply:
        draw(handled.reply, console)
