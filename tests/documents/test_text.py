"""Whatever text a document is given stands in its PDF, its DOCX and its JSON, and is nothing but text
there.
"""

from __future__ import annotations

import io
import json
import unicodedata
from collections import Counter

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.documents import data, docx, pdf
from handlers.documents.document import Bullets, Document, Fields, Heading, Note, Paragraph, Quotation, Table
from tests.documents.reading import MADE_AT, a_document, docx_lines, docx_text, pdf_text, squeezed, words_of

TEXTS = {
    "Dutch letters": "Privé ïdee, ij en ĳ, één coördinator, naïef — reünie – z’n “foto” ‘s › … €",
    "emoji": "Leuk 😀 ❤️ ✅ 👍🏽 👩‍👩‍👧 🇳🇱 klaar",
    "typst markup": (
        r"#let x = 1 #panic() $x^2$ *sterk* _schuin_ @label <label> [blok] `code` \n \u{41} // "
        r"weg /* weg */"
    ),
    "typst signs": r"= kop - punt + punt / term: ~ ' " ' " --- ... https://a.nl #',
    "XML markup": "<w:p/> &amp; ]]> <!-- --> {page} {0} %s ${x}",
    "one word": "a" * 4000,
    "one word of wide letters": "W" * 4000,
    "held together by no-break spaces": "woord\u00a0" * 600,
    "many words": "woord " * 700,
    "many emoji": "😀" * 500,
    "other scripts": "Ελληνικά Українська Türkçe Łódź Việt",
    "scripts without a font": "中文 ไทย ትግርኛ",
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_read_back(name: str) -> None:
    text = TEXTS[name]
    document = a_document(Paragraph(text))
    assert squeezed(text) in pdf_text(pdf.render(document), artifacts=False)
    assert text in list(docx_lines(docx.render(document)))
    assert json.loads(data.as_json(document))["blocks"][0]["text"] == text


@pytest.mark.parametrize("name", ["Dutch letters", "typst markup", "typst signs", "other scripts"])
def test_words_of_the_pdf_are_found_where_the_reader_knows_no_more_than_fonts(name: str) -> None:
    read = words_of(pdf.render(a_document(Paragraph(TEXTS[name]))))
    assert " ".join(TEXTS[name].split()) in read


def test_a_word_that_is_wider_than_the_page_goes_on_on_the_next_line() -> None:
    """A4 less its margins is 453 points; a W of 10 points takes 9.3."""
    read = PdfReader(io.BytesIO(pdf.render(a_document(Paragraph("W" * 4000)))))
    lines = [line for page in read.pages for line in page.extract_text().splitlines() if "WW" in line]
    assert max(map(len, lines)) <= 453 / 9.3
    assert sum(map(len, lines)) == 4000


@pytest.mark.parametrize("text", ["مرحبا بالعالم هذا اختبار", "الصف ٧ (group 7) في المدرسة", "שלום לכולם"])
def test_arabic_and_hebrew(text: str) -> None:
    """A PDF holds the letters in the order in which they are drawn, so of those only the letters are
    compared.
    """
    document = a_document(Paragraph(text))
    written = squeezed(
        pdf_text(pdf.render(document), artifacts=False).replace(
            squeezed("MeldingGemaakt op 5 maart 2026, 14:03"), ""
        )
    )
    assert Counter(unicodedata.normalize("NFKC", written)) == Counter(squeezed(text))
    file = docx.render(document)
    assert text in list(docx_lines(file))


@pytest.mark.parametrize(
    ("given_text", "becomes"),
    [
        ("nul\0nul", "nul\ufffdnul"),
        ("bel\x07 esc\x1b del\x7f", "bel\ufffd esc\ufffd del\ufffd"),
        ("half \ud83d paar \udc00", "half \ufffd paar \ufffd"),
        ("geen teken \ufffe \uffff \U0001ffff \ufdd0", "geen teken \ufffd \ufffd \ufffd \ufffd"),
        ("een\r\ntwee\rdrie\u2028vier\x0bvijf\x85zes", "een\ntwee\ndrie\nvier\nvijf\nzes"),
    ],
)
def test_what_no_file_can_hold_becomes_a_visible_mark(given_text: str, becomes: str) -> None:
    document = a_document(Paragraph(given_text))
    assert document.blocks == (Paragraph(becomes),)
    assert squeezed(becomes) in pdf_text(pdf.render(document), artifacts=False)
    assert becomes in list(docx_lines(docx.render(document)))
    assert json.loads(data.as_json(document))["blocks"][0]["text"] == becomes


PLACES = 22
"""How often `everywhere` has its text: title, heading, paragraph and so on, also at the head and foot of the
pages.
"""


def everywhere(text: str) -> Document:
    """A document with the text in every place that takes one."""
    return Document(
        f"Titel {text}",
        "nl",
        MADE_AT,
        (
            Heading(text),
            Paragraph(text),
            Quotation(text, text),
            Fields(((text, text),)),
            Table((text, text), ((text, text),)),
            Bullets((text,)),
            Bullets((text,), numbered=True),
            Note(text, text),
        ),
        reference=text,
        header_fields=((text, text),),
        footer=text,
    )


def runs_left(text: str) -> bool:
    return any(
        unicodedata.bidirectional(char)
        in ("R", "AL", "AN", "RLE", "RLO", "RLI", "FSI", "LRO", "LRE", "LRI", "PDF", "PDI")
        for char in text
    )


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=40) | st.text(st.characters(codec="utf-8", max_codepoint=0x24F), max_size=200))
@example("")
@example(" ")
@example("\n\n")
@example("\u200b")
@example("\t x\t")
def test_any_text_survives_in_the_pdf(text: str) -> None:
    document = a_document(Paragraph(text))
    written = pdf_text(pdf.render(document), artifacts=False).removeprefix(
        squeezed("MeldingGemaakt op 5 maart 2026, 14:03")
    )
    (block,) = document.blocks
    assert isinstance(block, Paragraph)
    expected = squeezed(block.text)
    if runs_left(expected):
        assert Counter(written) == Counter(expected)
    else:
        assert written == expected


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
@example("")
@example("#[x]\n\n\n= kop")
@example("\u200b")
@example("א" * 50)
@example("w" * 300)
def test_any_text_anywhere_makes_a_file(text: str) -> None:
    document = everywhere(text)
    assert pdf.render(document).startswith(b"%PDF-")
    (paragraph,) = (block for block in document.blocks if isinstance(block, Paragraph))
    assert docx_text(docx.render(document)).count(squeezed(paragraph.text)) >= PLACES
    assert json.loads(data.as_json(document))["footer"] == document.footer
