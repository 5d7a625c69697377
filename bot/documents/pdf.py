"""A document as PDF by way of typst: tagged (PDF/UA-1), with our own fonts inside, the same on every
machine.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from threading import Lock
from typing import assert_never

import typst

from bot.documents.columns import column_widths
from bot.documents.labels import labels, source_line
from handlers.documents.document import (
    AnyBlock,
    Bullets,
    Document,
    Fields,
    Heading,
    Note,
    Paragraph,
    Quotation,
    Table,
    paragraphs,
    right_to_left,
)

HERE = Path(__file__).parent
TEMPLATE = HERE / "document.typ"
Piece = dict[str, object]
"""A part of what the template reads, see document.typ."""

_one_at_a_time = Lock()


def render(document: Document) -> bytes:
    """The PDF. The same document gives the same bytes. Takes some tenths of a second: call it in a thread."""
    around = labels(document)
    piece: Piece = {
        "title": document.title,
        "language": document.language,
        "reference": around.reference,
        "made": around.made,
        "page": around.page,
        "footer": document.footer,
        "fields": _pairs(document.header_fields),
        "blocks": [_block(document, block) for block in document.blocks],
    }
    with _one_at_a_time:
        pdf = _compiler().compile(
            sys_inputs={"document": json.dumps(piece)},
            format="pdf",
            pdf_standards="ua-1",
            timestamp=int(document.made_at.timestamp()),
        )
    if not isinstance(pdf, bytes):
        raise TypeError("typst gave no PDF")
    return pdf


@cache
def _compiler() -> typst.Compiler:
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[HERE / "fonts"])
    return typst.Compiler(TEMPLATE, root=HERE, font_paths=fonts, ignore_system_fonts=True)


def _block(document: Document, block: AnyBlock) -> Piece:
    return {"kind": block.kind, "lang": block.language or document.language, **_content(document, block)}


def _content(document: Document, block: AnyBlock) -> Piece:
    match block:
        case Heading():
            return {"text": _paragraph(block.text), "level": block.level}
        case Paragraph():
            return {"text": _text(block.text)}
        case Quotation():
            return {
                "text": _text(block.text),
                "source": source_line(document, block.source) if block.source else "",
            }
        case Fields():
            return {"pairs": _pairs(block.pairs)}
        case Table():
            return {
                "widths": column_widths(block),
                "headings": [_text(cell) for cell in block.headings],
                "rows": [[_text(cell) for cell in row] for row in block.rows],
            }
        case Bullets():
            return {"items": [_text(item) for item in block.items], "numbered": block.numbered}
        case Note():
            return {"text": _text(block.text), "label": block.label}
        case _:
            assert_never(block)


def _text(text: str) -> list[Piece]:
    return [_paragraph(part) for part in paragraphs(text)]


def _paragraph(text: str) -> Piece:
    # no font has a tab
    return {"text": text.replace("\t", "\u2003"), "rtl": right_to_left(text)}


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[list[list[Piece]]]:
    return [[_text(label), _text(value)] for label, value in pairs]
