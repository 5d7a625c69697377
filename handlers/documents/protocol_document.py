"""The whole protocol as a document: the source's words in the source's order, and one note of ours in
front.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from handlers import texts
from handlers.documents.document import AnyBlock, Bullets, Document, Heading, Note, Paragraph, Table
from knowledge.language.words import Language
from knowledge.pack.loading import Pack
from knowledge.pack.protocol import Protocol, Section

SOURCE_LANGUAGE: Language = "nl"
"""Boards of Dutch schools write their protocol in Dutch."""


def protocol_document(pack: Pack, language: Language, made_at: datetime) -> Document:
    """The protocol with its title, headings and numbers as the document has them. `language` is that of our
    own words around it.
    """
    say = texts.load()[language]
    note = Note(say("protocol_document_note", board=pack.name), say("protocol_document_label"))
    return Document(
        pack.protocol.title, language, made_at, (note, *_protocol(pack.protocol)), footer=pack.name
    )


def _protocol(protocol: Protocol) -> Iterator[AnyBlock]:
    """The same order as `Protocol.document_lines`, which is proven against the source."""
    printed: tuple[str, ...] = ()
    for section in protocol.sections:
        if section.heading:
            outer = section.path[:-1]
            if outer and outer != printed:
                yield from (
                    Heading(heading, depth + 1, language=SOURCE_LANGUAGE)
                    for depth, heading in enumerate(outer)
                )
                printed = outer
            yield Heading(section.heading, len(outer) + 1, language=SOURCE_LANGUAGE)
        yield from _rules(section)


def _rules(section: Section) -> Iterator[AnyBlock]:
    if section.numbered:
        yield Bullets(tuple(rule.text for rule in section.rules), numbered=True, language=SOURCE_LANGUAGE)
        return
    for rule in section.rules:
        for is_table, lines in groupby(rule.text.split("\n"), lambda line: "\t" in line):
            found = list(lines)
            if is_table:
                yield _table(found)
            elif text := "\n".join(found).strip("\n"):
                yield Paragraph(text, language=SOURCE_LANGUAGE)


def _table(lines: list[str]) -> Table:
    """Lines with tabs are the document's tables; the first line is the heading."""
    cells = [line.split("\t") for line in lines]
    width = max(map(len, cells))
    headings, *rows = [tuple(row + [""] * (width - len(row))) for row in cells]
    return Table(headings, tuple(rows), language=SOURCE_LANGUAGE)
