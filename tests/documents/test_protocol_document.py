"""The protocol as a document says what the protocol says, and nothing else but one note in front."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from pypdf import PdfReader

from bot.documents import data, docx, pdf
from handlers.documents.document import Document, Note
from handlers.documents.protocol_document import protocol_document
from knowledge.language.words import LANGUAGES, Language
from knowledge.pack import loading as packs
from knowledge.pack.loading import Pack
from tests.conftest import MINI
from tests.documents.reading import MADE_AT, docx_lines, docx_text, pdf_text, squeezed


@pytest.fixture(scope="module")
def dutch(allure: Pack) -> Document:
    return protocol_document(allure, "nl", MADE_AT)


@pytest.fixture(scope="module")
def dutch_pdf(dutch: Document) -> bytes:
    return pdf.render(dutch)


def test_the_pdf_is_the_source_word_for_word_in_its_order(
    allure: Pack, dutch: Document, dutch_pdf: bytes
) -> None:
    """After title, time and our note, to the last character: nothing is added, left out or moved."""
    note = dutch.blocks[0]
    assert isinstance(note, Note)
    title = squeezed(allure.protocol.title)
    ours = squeezed(f"Gemaakt op 5 maart 2026, 14:03{note.label}{note.text}")
    assert pdf_text(dutch_pdf, artifacts=False) == title + ours + squeezed(allure.source).removeprefix(title)


def test_all_26_rules_stand_in_the_pdf_and_the_docx(allure: Pack, dutch: Document, dutch_pdf: bytes) -> None:
    rules = [squeezed(rule.text) for rule in allure.protocol]
    assert len(rules) == 26
    in_pdf, in_docx = pdf_text(dutch_pdf, artifacts=False), docx_text(docx.render(dutch))
    assert [rule for rule in rules if in_pdf.count(rule) != 1 or in_docx.count(rule) != 1] == []
    assert [in_pdf.index(rule) for rule in rules] == sorted(in_pdf.index(rule) for rule in rules)


def test_a_plain_reader_finds_a_rule_with_its_number(allure: Pack, dutch_pdf: bytes) -> None:
    read = " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(dutch_pdf)).pages).split())
    for rule_id in ("curriculum-2", "profilering-2"):
        rule = allure.protocol.rule(rule_id)
        assert f"{rule.number}. {rule.text}" in read


def test_the_rules_of_the_json_are_the_source_to_the_character(allure: Pack, dutch: Document) -> None:
    read = json.loads(data.as_json(dutch))
    items = [item for block in read["blocks"] if block["kind"] == "bullets" for item in block["items"]]
    assert items == [rule.text for rule in allure.protocol if rule.numbered]


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_words_are_one_marked_note_in_front(allure: Pack, language: Language) -> None:
    document = protocol_document(allure, language, MADE_AT)
    first, *others = document.blocks
    assert isinstance(first, Note)
    assert first.label == {"nl": "Niet uit het protocol", "en": "Not from the protocol"}[language]
    assert not [block for block in others if isinstance(block, Note)]
    assert {block.language for block in others} == {"nl"}


def test_another_board_needs_no_other_code() -> None:
    pack = packs.load(Path(MINI))
    lines = squeezed("".join(docx_lines(docx.render(protocol_document(pack, "en", MADE_AT)))))
    assert [rule.id for rule in pack.protocol if squeezed(rule.text) not in lines] == []
