"""The terminal as a channel: replies drawn with rich, buttons chosen by number."""

from __future__ import annotations

import contextlib

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from handlers.conversation import STOPS, Conversation, Session, Turn
from handlers.reply import Quotation, Reply

WIDTH = 88
"""Lines longer than this are hard to read."""


def draw(reply: Reply, console: Console) -> None:
    """Print a reply; what people typed or the pack says is printed as it is, never read as markup."""
    width = min(console.width, WIDTH)
    for block in reply.blocks:
        if isinstance(block, Quotation):
            if console.is_terminal:
                console.print(Panel(Text(block.text), title=Text(block.source), title_align="left", width=width, border_style="cyan"))
            else:
                console.print(Text("\n".join(f"> {line}" for line in block.text.split("\n"))), soft_wrap=True)
                console.print(Text(f"  {block.source}"), soft_wrap=True)
        elif console.is_terminal:
            console.print(Padding(Text(block.text, style="dim" if block.tone == "aside" else ""), (0, 0, 1, 0)), width=width)
        else:
            console.print(Text(block.text), soft_wrap=True)
    for number, button in enumerate(reply.buttons, 1):
        console.print(Text.assemble((f"  {number} ", "bold cyan"), button.label), soft_wrap=True)


def chat(conversation: Conversation, console: Console) -> None:
    """A conversation until the person stops it. Arrow up brings back what was typed in this conversation."""
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401  (input() then edits and remembers lines)
    session = Session()
    draw(conversation.welcome(session), console)
    while True:
        try:
            text = input("\n> ")
        except (EOFError, KeyboardInterrupt):
            console.print()
            text = STOPS[0]
        except UnicodeDecodeError:
            text = ""
        if not text.strip():
            continue
        reply, session = conversation.respond(Turn(text), session)
        console.print()
        draw(reply, console)
        if text.strip().lower() in STOPS:
            return
