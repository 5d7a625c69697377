"""A document of `handlers/documents/document.py` as a file: the same facts as PDF, DOCX or JSON, and the same
bytes each time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.documents import data
from handlers.actions import Form
from handlers.documents.document import Document

__all__ = ["FORMATS"]


def _pdf(document: Document) -> bytes:
    from bot.documents import pdf  # slow to import, and most lives of the program make no document

    return pdf.render(document)


def _docx(document: Document) -> bytes:
    from bot.documents import docx  # as above

    return docx.render(document)


FORMATS: Mapping[Form, Callable[[Document], bytes]] = {"pdf": _pdf, "docx": _docx, "json": data.as_json}
"""By the ending of the file's name."""
