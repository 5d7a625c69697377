"""The files themselves: the same facts in each, the same bytes each time, and what a reader aloud needs."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import Any

import docx as python_docx
import pytest
from pypdf import PdfReader

from bot.documents import FORMATS, data, docx, pdf
from handlers.actions import Form
from handlers.documents.document import Bullets, Document, Fields, Heading, Note, Paragraph, Quotation, Table
from tests.conftest import ROOT
from tests.documents.reading import MADE_AT, a_document, docx_text, pdf_text, squeezed, words_of
from tests.documents.record import RECORD


def facts(value: object) -> list[str]:
    """Every text for people in the JSON of a document."""
    if isinstance(value, dict):
        return [
            fact
            for name, part in value.items()
            if name not in ("version", "kind", "language", "made_at")
            for fact in facts(part)
        ]
    if isinstance(value, list):
        return [fact for part in value for fact in facts(part)]
    return [value] if isinstance(value, str) and value else []


def test_the_same_facts_stand_in_all_three() -> None:
    found = facts(json.loads(data.as_json(RECORD)))
    assert len(found) == 29
    in_pdf, in_docx = pdf_text(pdf.render(RECORD)), docx_text(docx.render(RECORD))
    for part in (paragraph for fact in found for paragraph in fact.split("\n\n")):
        assert squeezed(part) in in_pdf
        assert squeezed(part) in in_docx
    for label in ("Gemaakt op 5 maart 2026, 14:03", "Kenmerk: 2026-0001", "Bron: Bepalingen, alinea 7"):
        assert squeezed(label) in in_pdf
        assert squeezed(label) in in_docx


def test_json_says_when_and_in_which_language() -> None:
    read = json.loads(data.as_json(RECORD))
    assert (read["version"], read["language"], read["made_at"]) == (1, "nl", "2026-03-05T14:03:00+01:00")
    assert [block["kind"] for block in read["blocks"]] == [block.kind for block in RECORD.blocks]


def test_the_same_document_gives_the_same_bytes_in_another_process_and_time_zone() -> None:
    code = (
        "from hashlib import sha256; from bot.documents import FORMATS; from tests.documents.record import "
        "RECORD;"
        "print(*(sha256(each(RECORD)).hexdigest() for each in FORMATS.values()))"
    )
    env = {"TZ": "Asia/Tokyo", "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    other = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, env=env
    )
    assert other.stdout.split() == [sha256(each(RECORD)).hexdigest() for each in FORMATS.values()]


@pytest.mark.parametrize("ending", FORMATS)
def test_another_document_gives_other_bytes(ending: Form) -> None:
    render = FORMATS[ending]
    assert render(RECORD) != render(replace(RECORD, made_at=MADE_AT.replace(minute=4)))


def test_the_pdf_can_be_read_aloud() -> None:
    reader = PdfReader(io.BytesIO(pdf.render(RECORD)))
    root: Any = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "nl"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert reader.metadata is not None
    assert (reader.metadata.title, reader.metadata.creation_date) == (RECORD.title, MADE_AT)
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data()
    assert {"H1", "H2", "P", "BlockQuote", "Table", "TH", "TD", "L", "LI"} <= set(
        kinds(root["/StructTreeRoot"])
    )


def kinds(element: Any) -> list[str]:
    """The kinds of a tagged PDF's elements, in order."""
    element = element.get_object()
    if isinstance(element, list):
        return [kind for part in element for kind in kinds(part)]
    if not isinstance(element, dict):
        return []
    return [str(element.get("/S", ""))[1:], *(kinds(element["/K"]) if "/K" in element else [])]


def test_a_quotation_in_another_language_says_so_to_the_reader_aloud() -> None:
    english = replace(
        RECORD, language="en", blocks=(Quotation("Woord voor woord.", "Bepalingen", language="nl"),)
    )
    root: Any = PdfReader(io.BytesIO(pdf.render(english))).trailer["/Root"]
    assert root["/Lang"] == "en"
    assert "nl" in languages(root["/StructTreeRoot"])
    assert "nl-NL" in python_docx.Document(io.BytesIO(docx.render(english))).element.xml


def languages(element: Any) -> list[str]:
    element = element.get_object()
    if isinstance(element, list):
        return [found for part in element for found in languages(part)]
    if not isinstance(element, dict):
        return []
    return [
        *([str(element["/Lang"])] if "/Lang" in element else []),
        *(languages(element["/K"]) if "/K" in element else []),
    ]


def test_every_font_is_inside_the_pdf() -> None:
    document = a_document(Heading("Kop"), Paragraph("ë 😀 → ➜ ∀ مرحبا שלום 中"))
    names = set()
    for page in PdfReader(io.BytesIO(pdf.render(document))).pages:
        fonts: Any = page["/Resources"]["/Font"]  # type: ignore[index]
        for font in fonts.values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            names.add(inner["/BaseFont"].split("+")[1])
            assert {"/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"].get_object())
    assert names >= {
        "NotoSans-Regular",
        "NotoSans-Bold",
        "NotoEmoji-Regular",
        "NotoSansArabic-Regular",
        "NotoSansHebrew-Regular",
        "DocumentBoxes-Regular",
    }


def test_every_page_of_the_pdf_says_which_it_is() -> None:
    long = replace(RECORD, blocks=(Paragraph("woord " * 1500),))
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(pdf.render(long))).pages]
    assert len(pages) == 3
    for number, page in enumerate(pages, 1):
        assert f"pagina {number} van 3" in page
        assert "Kenmerk: 2026-0001" in page
        assert RECORD.title in page
    assert "page 1 of 3" in words_of(pdf.render(replace(long, language="en")))


def test_the_docx_has_real_headings_lists_and_page_fields() -> None:
    read = python_docx.Document(io.BytesIO(docx.render(RECORD)))
    styles = {line.text: line.style.name for line in read.paragraphs if line.style}
    assert styles["Incidentmelding sociale media"] == "Title"
    assert (styles["Wat er is gebeurd"], styles["Regels"]) == ("Heading 1", "Heading 2")
    assert (styles["eerste punt"], styles["stap een"]) == ("List Bullet", "List Number")
    assert (styles["De wet kan strenger zijn."], styles["Bron: Bepalingen, alinea 7"]) == (
        "Note",
        "Quote Source",
    )
    for footer in (read.sections[0].footer, read.sections[0].first_page_footer):
        assert 'w:instr="PAGE"' in footer._element.xml
        assert 'w:instr="NUMPAGES"' in footer._element.xml
    assert 'w:val="nl-NL"' in read.styles.element.xml
    assert 'w:val="en-GB"' in read.element.xml


def test_every_numbered_list_of_the_docx_begins_at_one() -> None:
    read = python_docx.Document(
        io.BytesIO(
            docx.render(a_document(Bullets(("a", "b"), numbered=True), Bullets(("c",), numbered=True)))
        )
    )
    numbers = [
        found for line in read.paragraphs for found in re.findall(r'<w:numId w:val="(\d+)"/>', line._p.xml)
    ]
    assert len(numbers) == 3
    assert numbers[0] == numbers[1] != numbers[2]


def test_the_properties_of_the_docx_tell_of_the_document_only() -> None:
    file = docx.render(RECORD)
    own = python_docx.Document(io.BytesIO(file)).core_properties
    assert (own.title, own.subject, own.language, own.author, own.comments) == (
        RECORD.title,
        "2026-0001",
        "nl-NL",
        "",
        "",
    )
    assert own.created == MADE_AT
    with zipfile.ZipFile(io.BytesIO(file)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert not [name for name in parts.namelist() if "thumbnail" in name]


def test_an_arabic_paragraph_of_the_docx_runs_from_right_to_left() -> None:
    lines = python_docx.Document(
        io.BytesIO(docx.render(a_document(Paragraph("مرحبا"), Paragraph("hallo"))))
    ).paragraphs
    assert [line.text for line in lines if "w:bidi" in line._p.xml] == ["مرحبا"]


def test_empty_parts_make_no_empty_tables_or_lists() -> None:
    document = a_document(
        Fields(()),
        Bullets(()),
        Bullets((), numbered=True),
        Table(("a",), ()),
        Heading(" "),
        Note("x"),
        Quotation("y", ""),
    )
    assert pdf_text(pdf.render(document), artifacts=False) == squeezed(
        "MeldingGemaakt op 5 maart 2026, 14:03axy"
    )
    read = python_docx.Document(io.BytesIO(docx.render(document)))
    assert [line.text for line in read.paragraphs if line.text] == [
        "Melding",
        "Gemaakt op 5 maart 2026, 14:03",
        "x",
        "y",
    ]
    assert [[cell.text for row in table.rows for cell in row.cells] for table in read.tables] == [["a"]]


def test_headings_that_skip_a_level_are_brought_up() -> None:
    document = a_document(Heading("a", 3), Heading("b", 3), Heading("c", 1), Heading("d", 9))
    assert [block.level for block in document.blocks if isinstance(block, Heading)] == [1, 2, 1, 2]
    root: Any = PdfReader(io.BytesIO(pdf.render(document))).trailer["/Root"]
    assert [kind for kind in kinds(root["/StructTreeRoot"]) if kind.startswith("H")] == [
        "H1",
        "H2",
        "H1",
        "H2",
    ]


@pytest.mark.parametrize("title", ["", " \n", "\u200b"])
def test_a_document_has_a_title(title: str) -> None:
    with pytest.raises(ValueError, match="needs a title"):
        Document(title, "nl", MADE_AT, ())


def test_a_document_has_a_time_with_a_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        Document("x", "nl", datetime(2026, 3, 5), ())


def test_a_table_with_a_short_row_is_refused() -> None:
    with pytest.raises(ValueError, match="as many cells as there are headings"):
        Table(("a", "b"), (("1",),))
