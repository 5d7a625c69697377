"""A document of `handlers/documents/document.py` as a file: the same facts as PDF, DOCX or JSON, and the same
bytes each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.documents import data
from handlers.documents.document import Document

__all__ = ["FORMATS", "Format"]


@dataclass(frozen=True, slots=True)
class Format:
    render: Callable[[Document], bytes]
    media_type: str


def _pdf(document: Document) -> bytes:
    from bot.documents import pdf  # slow to import, and most lives of the program make no document

    return pdf.render(document)


def _docx(document: Document) -> bytes:
    from bot.documents import docx  # as above

    return docx.render(document)


FORMATS: Mapping[str, Format] = {
    "pdf": Format(_pdf, "application/pdf"),
    "docx": Format(_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "json": Format(data.as_json, "application/json"),
}
"""By the ending of the file's name."""
