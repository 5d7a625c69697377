"""A document of `handlers/document.py` as a file: the same facts as PDF, DOCX or JSON, and the same bytes each time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from bot.documents import data, docx, pdf
from handlers.document import Document

__all__ = ["FORMATS", "Format"]


@dataclass(frozen=True, slots=True)
class Format:
    render: Callable[[Document], bytes]
    media_type: str


FORMATS: Mapping[str, Format] = {
    "pdf": Format(pdf.render, "application/pdf"),
    "docx": Format(docx.render, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "json": Format(data.as_json, "application/json"),
}
"""By the ending of the file's name."""
