"""Reads documents back: what stands in a PDF or a DOCX, by its own means and not ours."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import docx
from docx.table import Table
from docx.text.paragraph import Paragraph
from pypdf import PdfReader
from pypdf.generic import ContentStream, DictionaryObject, TextStringObject

from handlers.documents.document import AnyBlock, Document

MADE_AT = datetime(2026, 3, 5, 14, 3, tzinfo=ZoneInfo("Europe/Amsterdam"))


def a_document(*blocks: AnyBlock) -> Document:
    return Document("Melding", "nl", MADE_AT, blocks)


def squeezed(text: str) -> str:
    """Without white space and what is invisible: lines and columns are layout."""
    return "".join(char for char in text if not char.isspace() and not invisible(char))


def invisible(char: str) -> bool:
    """Joiners, direction marks, variation selectors and fillers: they shape their neighbours and are not
    drawn.
    """
    return unicodedata.category(char) == "Cf" or bool(
        re.match(
            "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]",
            char,
        )
    )


def words_of(pdf: bytes) -> str:
    """As pypdf reads it, with every run of white space one space."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages).split())


def pdf_text(pdf: bytes, *, artifacts: bool = True) -> str:
    """What copying gives, squeezed, in the order of the file; pypdf's own extraction does not know
    /ActualText.

    Without artifacts: without what stands on every page.
    """
    reader = PdfReader(io.BytesIO(pdf))
    return squeezed("".join("".join(_page(reader, number, artifacts)) for number in range(len(reader.pages))))


def _page(reader: PdfReader, number: int, artifacts: bool) -> Iterator[str]:
    page = reader.pages[number]
    fonts = page["/Resources"].get("/Font", {})  # type: ignore[attr-defined]
    maps = {name: _to_unicode(font.get_object()) for name, font in fonts.items()}
    characters: dict[int, str] = {}
    open_marks: list[str] = []
    for operands, operator in ContentStream(page.get_contents(), reader).operations:
        shown = "actual" not in open_marks and (artifacts or "artifact" not in open_marks)
        if operator in (b"BDC", b"BMC"):
            properties = operands[1].get_object() if len(operands) > 1 else {}
            actual = properties.get("/ActualText") if isinstance(properties, DictionaryObject) else None
            if actual is not None and shown:
                yield actual if isinstance(actual, TextStringObject) else bytes(actual).decode("utf-16")
            open_marks.append(
                "actual" if actual is not None else "artifact" if operands[0] == "/Artifact" else ""
            )
        elif operator == b"EMC":
            open_marks.pop()
        elif operator == b"Tf":
            characters = maps[operands[0]]
        elif operator in (b"Tj", b"TJ") and shown:
            for piece in operands[0] if operator == b"TJ" else operands:
                if isinstance(piece, str | bytes):
                    codes = piece if isinstance(piece, bytes) else piece.original_bytes  # type: ignore[attr-defined]
                    yield from (
                        characters.get(int.from_bytes(codes[i : i + 2]), "\0")
                        for i in range(0, len(codes), 2)
                    )


def _to_unicode(font: Any) -> dict[int, str]:
    table = font["/ToUnicode"].get_object().get_data().decode("ascii")
    found: dict[int, str] = {}
    for kind, body in re.findall(r"beginbf(char|range)\s(.*?)endbf", table, re.DOTALL):
        assert kind == "char", "typst writes single characters"
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]+)>", body):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be")
    return found


def docx_lines(file: bytes) -> Iterator[str]:
    """Its paragraphs and cells in order, then headers and footers."""
    read = docx.Document(io.BytesIO(file))
    for part in read.iter_inner_content():
        if isinstance(part, Paragraph):
            yield part.text
        elif isinstance(part, Table):
            yield from (cell.text for row in part.rows for cell in row.cells)
    section = read.sections[0]
    for around in (section.header, section.first_page_header, section.footer, section.first_page_footer):
        yield from (line.text for line in around.paragraphs)


def docx_text(file: bytes) -> str:
    return squeezed("".join(docx_lines(file)))
