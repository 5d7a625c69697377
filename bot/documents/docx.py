"""A document as DOCX by way of python-docx: real headings, lists and page-number fields, so that a school can
edit and file it.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC
from typing import assert_never

from docx.document import Document as Docx
from docx.enum.text import WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Mm
from docx.table import Table as DocxTable
from docx.table import _Cell as Cell
from docx.text.paragraph import Paragraph as Line

from bot.documents.columns import column_widths
from bot.documents.docxstyle import LANGUAGE_TAGS, LINE_WIDTH, MARGIN, new
from bot.documents.labels import Labels, labels, source_line
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
from knowledge.language.words import Language

PAGE_FIELDS = {"{page}": "PAGE", "{pages}": "NUMPAGES"}
LABEL_AND_VALUE = (34, 66)
"""Shares of the line."""
ZIP_DATE = (1980, 1, 1, 0, 0, 0)
"""The zip's own dates are always these, so that the same document gives the same bytes."""


def render(document: Document) -> bytes:
    """The DOCX. The same document gives the same bytes."""
    made = new(document.language)
    _properties(made, document)
    around = labels(document)
    _around(made, document, around)
    _add(made, document.title, "Title")
    _add(made, around.made, "Small")
    _pairs(made, document.header_fields, None)
    for block in document.blocks:
        _block(made, document, block, block.language if block.language != document.language else None)
    file = io.BytesIO()
    made.save(file)
    return _same_bytes(file)


def _block(made: Docx, document: Document, block: AnyBlock, language: Language | None) -> None:
    match block:
        case Heading():
            _add(made, block.text, f"Heading {block.level}", language)
        case Paragraph():
            _add(made, block.text, "Normal", language)
        case Quotation():
            _add(made, block.text, "Quote", language)
            if block.source:
                _add(made, source_line(document, block.source), "Quote Source")
        case Fields():
            _pairs(made, block.pairs, language)
        case Table():
            _table(made, block, language)
        case Bullets():
            _bullets(made, block, language)
        case Note():
            if block.label:
                _add(made, block.label, "Note Label", language)
            _add(made, block.text, "Note", language)
        case _:
            assert_never(block)


def _add(to: Docx | Cell, text: str, style: str, language: Language | None = None) -> list[Line]:
    """Every paragraph of the text as a paragraph of that style."""
    lines = []
    for part in paragraphs(text):
        line = _styled(to.add_paragraph(), style)
        _write(line, part, language)
        lines.append(line)
    return lines


def _styled(line: Line, style: str) -> Line:
    # by the style's id: to find it by its name python-docx goes through all styles each time
    line._p.style = style.replace(" ", "")
    return line


def _write(line: Line, text: str, language: Language | None = None) -> None:
    run = line.add_run(text)
    rtl = right_to_left(text)
    if rtl:
        line._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        run.font.rtl = True
    if language:
        run._r.get_or_add_rPr().append(
            parse_xml(f'<w:lang {nsdecls("w")} w:val="{LANGUAGE_TAGS[language]}"/>')
        )


def _bullets(made: Docx, block: Bullets, language: Language | None) -> None:
    numbering = _new_numbering(made) if block.numbered else None
    for item in block.items:
        first, *others = paragraphs(item)
        line = _styled(made.add_paragraph(), "List Number" if block.numbered else "List Bullet")
        _write(line, first, language)
        if numbering is not None:
            numbers = line._p.get_or_add_pPr().get_or_add_numPr()
            numbers.get_or_add_ilvl().val = 0
            numbers.get_or_add_numId().val = numbering
        for other in others:
            _write(_styled(made.add_paragraph(), "List Continue"), other, language)


def _new_numbering(made: Docx) -> int:
    """A numbering that begins at 1, shaped as "List Number" is."""
    numbering = made.part.numbering_part.element
    of_style = made.styles["List Number"].element.pPr.numPr.numId.val
    shape = next(num for num in numbering.num_lst if num.numId == of_style).abstractNumId.val
    found = numbering.add_num(shape)
    found.add_lvlOverride(ilvl=0).add_startOverride(1)
    return int(found.numId)


def _pairs(made: Docx, pairs: Iterable[tuple[str, str]], language: Language | None) -> None:
    rows = list(pairs)
    if rows:
        _rows(made, rows, LABEL_AND_VALUE, lambda row, column: "Cell" if column else "Field Label", language)


def _table(made: Docx, block: Table, language: Language | None) -> None:
    rows = [block.headings, *block.rows]
    table = _rows(
        made, rows, column_widths(block), lambda row, column: "Cell" if row else "Cell Heading", language
    )
    # repeated at the head of every page, and read aloud with each cell
    table._tbl.tr_lst[0].get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _rows(
    made: Docx,
    rows: Sequence[Sequence[str]],
    shares: Sequence[float],
    style: Callable[[int, int], str],
    language: Language | None,
) -> DocxTable:
    """A table over the whole line, with columns as wide as their shares of it."""
    table: DocxTable = made.add_table(len(rows), len(shares))
    table.autofit = False
    line = '<w:{} w:val="single" w:sz="4" w:space="0" w:color="BBBBBB"/>'
    borders = parse_xml(
        f"<w:tblBorders {nsdecls('w')}>{line.format('bottom')}{line.format('insideH')}</w:tblBorders>"
    )
    table._tbl.tblPr.insert_element_before(borders, "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
    widths = [Mm(round(LINE_WIDTH * share / sum(shares), 1)) for share in shares]
    for column, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        column.w = width
    # by the elements: python-docx's own rows and cells look at the whole table each time
    for number, (row, texts) in enumerate(zip(table._tbl.tr_lst, rows, strict=True)):
        row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for column_number, (element, text, width) in enumerate(zip(row.tc_lst, texts, widths, strict=True)):
            element.width = width
            _fill(Cell(element, table), text, style(number, column_number), language)
    _styled(made.add_paragraph(), "After Table")
    return table


def _fill(cell: Cell, text: str, style: str, language: Language | None) -> None:
    first, *others = paragraphs(text)
    _write(_styled(cell.paragraphs[0], style), first, language)
    for other in others:
        _write(_styled(cell.add_paragraph(), style), other, language)


def _around(made: Docx, document: Document, around: Labels) -> None:
    """Header and footer. The first page has the title in its text, so not in its header."""
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.bottom_margin = section.top_margin = MARGIN
    section.different_first_page_header_footer = True
    for header, title in ((section.header, document.title), (section.first_page_header, "")):
        _across(header.paragraphs[0], title).add_run(around.reference)
    for footer in (section.footer, section.first_page_footer):
        line = _across(footer.paragraphs[0], document.footer)
        for piece in around.page:
            if piece in PAGE_FIELDS:
                line._p.append(
                    parse_xml(
                        f"<w:fldSimple {nsdecls('w')} "
                        f'w:instr="{PAGE_FIELDS[piece]}"><w:r><w:t>1</w:t></w:r></w:fldSimple>'
                    )
                )
            else:
                line.add_run(piece)


def _across(line: Line, left: str) -> Line:
    """The line with a text at its left; what is added next stands at its right."""
    line.paragraph_format.tab_stops.add_tab_stop(Mm(LINE_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(left)
    line.add_run("\t")
    return line


def _properties(made: Docx, document: Document) -> None:
    own = made.core_properties
    own.title, own.subject, own.language = (
        document.title[:255],
        document.reference[:255],
        LANGUAGE_TAGS[document.language],
    )
    own.author = own.last_modified_by = own.comments = own.keywords = ""
    own.created = own.modified = document.made_at.astimezone(UTC).replace(microsecond=0)
    own.revision = 1
    package = made.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            del package.rels[key]


def _same_bytes(file: io.BytesIO) -> bytes:
    again = io.BytesIO()
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            info = zipfile.ZipInfo(name, ZIP_DATE)
            info.create_system, info.compress_type = 0, zipfile.ZIP_DEFLATED
            new.writestr(info, old.read(name))
    return again.getvalue()
