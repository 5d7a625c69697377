"""A document to file or to hand on, free of any channel, case and layout: `bot/documents` makes PDF, DOCX and
JSON of it.

All text is data, never markup. What no file format can hold is replaced where the document is made, so that
every rendering says the same: control characters, lone surrogates and noncharacters become "�" (U+FFFD),
every kind of line end becomes a newline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Literal
from unicodedata import category

from knowledge.language.words import Language

LINE_ENDS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
UNFIT = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef"
    + "".join(f"{chr(p | 0xFFFE)}{chr(p | 0xFFFF)}" for p in range(0, 0x110000, 0x10000))
    + "]"
)
"""What XML or Unicode forbids in a text that is passed on."""

LEVELS = 3
"""How deep headings go."""


class Clean:
    """A part of a document: whatever text it is given, it holds only text that every file format can hold."""

    __slots__ = ()
    one_line: tuple[str, ...] = ()
    """Names of texts that have no line breaks: there a newline or tab becomes a space."""

    def __post_init__(self) -> None:
        for each in fields(self):  # type: ignore[arg-type]
            value = getattr(self, each.name)
            if isinstance(value, str | tuple):
                object.__setattr__(self, each.name, _clean(value, each.name in self.one_line))


@dataclass(frozen=True, slots=True)
class Block(Clean):
    language: Language | None = field(default=None, kw_only=True)
    """The language of its words where that is not the document's: a reader aloud needs it."""


@dataclass(frozen=True, slots=True)
class Heading(Block):
    text: str
    level: int = 1
    """From 1 to `LEVELS`; one that skips a level in its document is brought up, one without words left
    out.
    """
    kind: Literal["heading"] = field(default="heading", init=False)
    one_line = ("text",)


@dataclass(frozen=True, slots=True)
class Paragraph(Block):
    """Text of ours or a person's own words. A newline is kept; an empty line parts two paragraphs."""

    text: str
    kind: Literal["paragraph"] = field(default="paragraph", init=False)


@dataclass(frozen=True, slots=True)
class Quotation(Block):
    """Words of the protocol or another source, character for character."""

    text: str
    source: str
    """Where they stand: "Richtlijnen › Profilering, punt 4"."""
    kind: Literal["quotation"] = field(default="quotation", init=False)
    one_line = ("source",)


@dataclass(frozen=True, slots=True)
class Fields(Block):
    """Labels with what was filled in."""

    pairs: tuple[tuple[str, str], ...]
    kind: Literal["fields"] = field(default="fields", init=False)


@dataclass(frozen=True, slots=True)
class Table(Block):
    """Raises `ValueError` for a row that has more or fewer cells than there are headings."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    kind: Literal["table"] = field(default="table", init=False)

    def __post_init__(self) -> None:
        Block.__post_init__(self)
        if not self.headings or any(len(row) != len(self.headings) for row in self.rows):
            raise ValueError(
                f"every row of a table needs as many cells as there are headings ({len(self.headings)}, at "
                f"least 1)"
            )


@dataclass(frozen=True, slots=True)
class Bullets(Block):
    items: tuple[str, ...]
    numbered: bool = False
    """1, 2, 3 in place of dots."""
    kind: Literal["bullets"] = field(default="bullets", init=False)


@dataclass(frozen=True, slots=True)
class Note(Block):
    """Words that stand visibly apart from the rest."""

    text: str
    label: str = ""
    """Whose words they are: "Niet uit het protocol"."""
    kind: Literal["note"] = field(default="note", init=False)
    one_line = ("label",)


AnyBlock = Heading | Paragraph | Quotation | Fields | Table | Bullets | Note


@dataclass(frozen=True, slots=True)
class Document(Clean):
    """Raises `ValueError` for a blank title or a time without a zone."""

    title: str
    language: Language
    """The language of the labels (page, source) and of every block that names none."""
    made_at: datetime
    """In the zone in which it is to be read; written in the document and its properties."""
    blocks: tuple[AnyBlock, ...]
    reference: str = ""
    """What it is filed under: "2026-0001". On every page."""
    header_fields: tuple[tuple[str, str], ...] = ()
    """Labels and values under the title."""
    footer: str = ""
    """At the foot of every page, before the page number."""
    one_line = ("title", "reference", "footer")

    def __post_init__(self) -> None:
        Clean.__post_init__(self)
        if not _visible(self.title):
            raise ValueError("a document needs a title")
        if self.made_at.utcoffset() is None:
            raise ValueError("made_at needs a time zone")
        object.__setattr__(self, "blocks", tuple(_levelled(self.blocks)))


def right_to_left(text: str) -> bool:
    """Whether a text begins, as to direction, with a letter of Arabic, Hebrew or another script written from
    right to left.
    """
    first = re.search(r"[^\W\d_]", text)
    return first is not None and (
        "\u0590" <= first[0] <= "\u08ff"
        or "\ufb1d" <= first[0] <= "\ufdff"
        or "\ufe70" <= first[0] <= "\ufeff"
    )


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text: what stands between empty lines. At least one, perhaps empty."""
    return tuple(part for part in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip("\n")) if part) or ("",)


def _clean(value: object, one_line: bool) -> object:
    if isinstance(value, tuple):
        return tuple(_clean(part, one_line) for part in value)
    if not isinstance(value, str):
        return value
    text = UNFIT.sub("\ufffd", LINE_ENDS.sub("\n", value))
    return re.sub(r"[\n\t]+", " ", text) if one_line else text


def _visible(text: str) -> bool:
    return any(not char.isspace() and category(char) != "Cf" for char in text)


def _levelled(blocks: Iterable[AnyBlock]) -> Iterator[AnyBlock]:
    deepest = 0
    for block in blocks:
        if isinstance(block, Heading):
            if _visible(block.text):
                deepest = max(1, min(block.level, deepest + 1, LEVELS))
                yield replace(block, level=deepest)
        else:
            yield block
