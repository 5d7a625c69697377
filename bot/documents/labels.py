"""The few words that every document has around its blocks, in the document's language."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers import texts
from handlers.documents.document import Document


@dataclass(frozen=True, slots=True)
class Labels:
    made: str
    """"Gemaakt op 5 maart 2026, 14:03"."""
    reference: str
    """"Kenmerk: 2026-0001", or empty."""
    page: tuple[str, ...]
    """"pagina {page} van {pages}" in pieces; "{page}" and "{pages}" are pieces of their own."""


def labels(document: Document) -> Labels:
    from babel.dates import format_datetime  # slow to import, and no question needs it

    say = texts.load()[document.language]
    time = format_datetime(
        document.made_at, "d MMMM y, HH:mm", tzinfo=document.made_at.tzinfo, locale=document.language
    )
    page = say("document_page", page="{page}", pages="{pages}")
    return Labels(
        say("document_made", time=time),
        say("document_reference", reference=document.reference) if document.reference else "",
        tuple(piece for piece in re.split(r"(\{pages?\})", page) if piece),
    )


def source_line(document: Document, source: str) -> str:
    """ "Bron: Richtlijnen › Profilering, punt 4"."""
    return texts.load()[document.language]("document_source", source=source)
