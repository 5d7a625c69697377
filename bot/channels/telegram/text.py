"""A message as Telegram shows it: text with entities beside it, never markup within, so that nobody's words
can become layout.

Telegram counts in UTF-16 units; a message holds at most 4096 of them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from telegram.constants import MessageEntityType

from bot.channels.telegram.updates import clean
from handlers.reply import Block, Bullets, Heading, Paragraph, Quotation

LIMIT = 4096
CAPTION_LIMIT = 1024
JOINERS = "\u200d\ufe0e\ufe0f"

Entity = Mapping[str, str | int]
"""A MessageEntity of the Bot API: its type, offset and length."""


@dataclass(frozen=True, slots=True)
class Part:
    """What fits in one message."""

    text: str
    entities: tuple[Entity, ...] = ()


@dataclass
class _Whole:
    """The text under way, and what is special in it: (from, to, kind), in characters."""

    text: str = ""
    spans: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, text: str, kind: str = "", apart: str = "\n\n") -> None:
        if not text.strip():
            return
        if self.text:
            self.text += apart
        start = len(self.text)
        self.text += text
        if kind:
            self.spans.append((start, len(self.text), kind))


def render(blocks: Iterable[Block], links: Sequence[str] = ()) -> list[Part]:
    """The blocks as one message or more, none over the limit; `links` are lines that stand below. Empty where
    there is nothing to read.
    """
    whole = _Whole()
    for block in blocks:
        if isinstance(block, Quotation):
            whole.add(clean(block.text), MessageEntityType.BLOCKQUOTE)
            whole.add(clean(block.source), MessageEntityType.ITALIC, apart="\n")
        elif isinstance(block, Heading):
            whole.add(clean(block.text), MessageEntityType.BOLD)
        elif isinstance(block, Bullets):
            whole.add("\n".join(f"• {clean(item)}" for item in block.items))
        elif isinstance(block, Paragraph):
            whole.add(clean(block.text), MessageEntityType.ITALIC if block.tone == "aside" else "")
        else:
            assert_never(block)
    whole.add("\n".join(links))
    return _parts(whole)


def units(text: str) -> int:
    """A text's length as Telegram counts it."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _parts(whole: _Whole) -> list[Part]:
    text, start, parts = whole.text, 0, []
    while start < len(text):
        end = _cut(text, start)
        part = _part(whole, start, end)
        if part.text:
            parts.append(part)
        start = end
    return parts


def _cut(text: str, start: int) -> int:
    """Where the part that begins at `start` ends: between paragraphs or lines where that leaves it half full,
    else between words.
    """
    end = _reach(text, start)
    if end == len(text):
        return end
    half = start + (end - start) // 2
    for apart in ("\n\n", "\n"):
        found = text.rfind(apart, half, end + 1)
        if found > start:
            return found
    for position in range(end, start, -1):
        if text[position].isspace() and text[start:position].strip():
            return position
    while end > start + 1 and _belongs(text, end):
        end -= 1
    return end


def _reach(text: str, start: int) -> int:
    """The furthest end that is within the limit."""
    end = min(len(text), start + LIMIT)
    while (excess := units(text[start:end]) - LIMIT) > 0:
        end -= (excess + 1) // 2
    return end


def _belongs(text: str, position: int) -> bool:
    """Whether the character here is one sign with the one before it."""
    here, before = text[position], text[position - 1]
    return (
        here in JOINERS
        or before == "\u200d"
        or unicodedata.combining(here) > 0
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )


def _part(whole: _Whole, start: int, end: int) -> Part:
    """The piece from `start` to `end` without space around it; what is special in it goes on in the next
    piece.
    """
    start, end = _trim(whole.text, start, end)
    entities: list[Entity] = []
    for first, last, kind in whole.spans:
        inner, outer = _trim(whole.text, max(first, start), min(last, end))
        if inner < outer:
            entities.append(
                {
                    "type": kind,
                    "offset": units(whole.text[start:inner]),
                    "length": units(whole.text[inner:outer]),
                }
            )
    return Part(whole.text[start:end], tuple(entities))


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
