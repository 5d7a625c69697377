"""What a reader finds in a file, in reading order: the pieces of a document before they mean anything."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

BlockKind = Literal[
    "title",
    "subtitle",
    "heading",
    "paragraph",
    "bullet",
    "row",
    "table-header",
    "caption",
    "furniture",
    "note",
]
"""`furniture`: a page's header or footer, a table of contents; `note`: a footnote."""


class UnreadableDocumentError(Exception):
    """A file that cannot be imported; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    text: str
    """White space folded, without its number."""
    number: str = ""
    """As printed: "1.2", "a)", "Artikel 3", "Stap 2"; "" where there is none."""
    depth: int = 0
    """Of a heading, 1 for the highest; of a list item, how far it is indented."""


@dataclass(slots=True)
class Source:
    """A file as read."""

    blocks: list[Block] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    """What a person must look at."""


def folded(text: str) -> str:
    """Every run of white space as one space; no soft hyphens."""
    return " ".join(text.replace("\u00ad", "").split())
