"""A board's document becomes provisions: exact text, the document's own numbers, nothing lost unseen."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from typer.testing import CliRunner

from bot.cli import app
from bot.storage.in_memory import InMemory
from handlers import texts
from handlers.conversation.router import Conversation
from handlers.questions.answers import rule_blocks
from handlers.quoting import place_of
from handlers.reply import Reply, text_of
from handlers.session import Session
from handlers.turn import Chat, Person, Role, Said, Turn
from knowledge.importing.blocks import UnreadableDocumentError
from knowledge.importing.comparison import differences, kept_ids
from knowledge.importing.hyphens import Hyphens
from knowledge.importing.importer import Imported, read_document
from knowledge.matching.index import build
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading


def cited(imported: Imported) -> dict[str, str]:
    return {provision.citation: provision.text for provision in imported.provisions}


def read_text(folder: Path, text: str, name: str = "protocol.md") -> Imported:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return read_document(file)


def test_markdown_without_numbers_is_cited_by_heading_and_place(tmp_path: Path) -> None:
    imported = read_text(
        tmp_path,
        """# Afspraken

*Versie 1.2, vastgesteld op 3 maart 2026.*

## Foto en film

Een foto plaatsen we alleen
met toestemming van de ouders.

- Nooit met **naam**.
- Nooit in zwemkleding.

## Tot slot

Vragen stel je aan de directeur.
""",
    )
    assert cited(imported) == {
        "Foto en film, alinea 1": "Een foto plaatsen we alleen met toestemming van de ouders.",
        "Foto en film, punt 1": "Nooit met naam.",
        "Foto en film, punt 2": "Nooit in zwemkleding.",
        "Tot slot": "Vragen stel je aan de directeur.",
    }
    assert imported.meta == {"title": "Afspraken", "version": "1.2", "adopted": "2026-03-03"}
    assert [one.kind for one in imported.other] == ["title", "colophon", "heading", "heading"]


def test_typed_numbers_are_the_citation_and_wrapped_lines_are_one_provision(tmp_path: Path) -> None:
    imported = read_text(
        tmp_path,
        """# Reglement

## Artikel 1. Begrippen
1. Beeld is iedere foto
   of film.
2. Ook geluid telt.

## 2 Contact

2.1 Medewerkers sturen geen
privéberichten, behalve:
a. bij nood;
b. op een uitstapje.

2.2 Een app van ouders is van de ouders; doe niet mee als:

- het over een kind gaat;
- het over een collega gaat.
""",
    )
    assert cited(imported) == {
        "Artikel 1 lid 1": "Beeld is iedere foto of film.",
        "Artikel 1 lid 2": "Ook geluid telt.",
        "2.1": "Medewerkers sturen geen privéberichten, behalve:",
        "2.1 onder a": "bij nood;",
        "2.1 onder b": "op een uitstapje.",
        "2.2": "Een app van ouders is van de ouders; doe niet mee als:",
        "2.2, punt 1": "het over een kind gaat;",
        "2.2, punt 2": "het over een collega gaat.",
    }
    assert imported.provisions[2].kind == "lead-in"
    assert imported.provisions[3].parent == "2.1"


def test_numbers_that_start_again_under_every_heading_are_told_apart(tmp_path: Path) -> None:
    imported = read_text(tmp_path, "# P\n\n## Foto\n\n1. Een.\n2. Twee.\n\n## App\n\n1. Drie.\n2. Vier.\n")
    assert list(cited(imported)) == ["Foto, punt 1", "Foto, punt 2", "App, punt 1", "App, punt 2"]


def test_a_table_row_is_a_provision_and_its_head_is_none(tmp_path: Path) -> None:
    imported = read_text(
        tmp_path,
        "# P\n\n## Kanalen\n\nTabel 1 Kanalen\n\n| Wat | Wie |\n|---|---|\n| App | leraar |\n\nEinde.\n",
    )
    row = imported.provisions[0]
    assert (row.citation, row.text) == ("tabel 1, rij App", "App | leraar")
    assert row.path == ("Kanalen", "Tabel 1 Kanalen")
    assert "Wat | Wie" in [one.text for one in imported.other]


def numbered_word(folder: Path) -> Path:
    """1 / 1.1 / a) by automatic numbering that hangs on styles, so no number is in the text."""
    document = Document()
    root = document.part.numbering_part.element
    abstract = OxmlElement("w:abstractNum")
    abstract.set(qn("w:abstractNumId"), "90")
    for level, (form, text) in enumerate((("decimal", "%1"), ("decimal", "%1.%2"), ("lowerLetter", "%3)"))):
        one = OxmlElement("w:lvl")
        one.set(qn("w:ilvl"), str(level))
        for tag, value in (("w:start", "1"), ("w:numFmt", form), ("w:lvlText", text)):
            child = OxmlElement(tag)
            child.set(qn("w:val"), value)
            one.append(child)
        abstract.append(one)
    root.insert(0, abstract)
    number = OxmlElement("w:num")
    number.set(qn("w:numId"), "90")
    link = OxmlElement("w:abstractNumId")
    link.set(qn("w:val"), "90")
    number.append(link)
    root.append(number)

    def add(text: str, style: str, level: int) -> None:
        paragraph = document.add_paragraph("", style)
        for part in text.split("/"):  # a sentence cut into runs, one of them bold
            paragraph.add_run(part).bold = part.isupper()
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = level
        properties.get_or_add_numId().val = 90

    document.add_paragraph("Gedragscode", "Title")
    document.sections[0].footer.paragraphs[0].text = "Stichting Voorbeeld, versie 4.1"
    add("Beeld", "Heading 1", 0)
    add("Een foto mag /NIET/ zonder toestemming, behalve:", "Normal", 1)
    add("van wie wegloopt;", "Normal", 2)
    add("van een groep.", "Normal", 2)
    add("Bewaren mag een jaar.", "Normal", 1)
    add("Contact", "Heading 1", 0)
    add("Chatten mag niet.", "Normal", 1)
    file = folder / "code.docx"
    document.save(str(file))
    return file


def test_words_automatic_numbers_are_counted(tmp_path: Path) -> None:
    imported = read_document(numbered_word(tmp_path))
    assert cited(imported) == {
        "1.1": "Een foto mag NIET zonder toestemming, behalve:",
        "1.1 onder a": "van wie wegloopt;",
        "1.1 onder b": "van een groep.",
        "1.2": "Bewaren mag een jaar.",
        "2.1": "Chatten mag niet.",
    }
    assert imported.provisions[-1].path == ("2 Contact",)
    assert imported.meta["version"] == "4.1"


PDF = """
#set page(width: 420pt, height: 400pt, margin: 56pt, header: [Reglement Voorbeeld, versie 2],
  footer: context [Pagina #counter(page).display() van 2])
#set text(font: "Libertinus Serif", size: 10.5pt, lang: "nl", hyphenate: true)
#set par(justify: true)
#text(16pt, weight: "bold")[Reglement beeld]

#text(12pt, weight: "bold")[Artikel 1 Begrippen]

In dit reglement is beeld iedere foto, iedere video-opname en iedere geluidsopname waarop iemand te
herkennen is, en is medewerker ook de stagiair, de vrijwilliger en de ingehuurde kracht van de school.

#text(12pt, weight: "bold")[Artikel 2 Toestemming]

1. De anti-pestcoördinator en de ict-coördinator bewaren de toestemmingsformulieren van alle leerlingen
  gedurende het gehele schooljaar in de daarvoor bestemde afgesloten administratie van de school.
2. Waarschuwings- en sanctiebrieven worden door de schooladministratie verzonden aan de gezaghebbende ouders,
  en nooit aan anderen, ook niet wanneer de betrokkenen daar uitdrukkelijk om verzoeken bij de schoolleiding.
3. Bij herhaling beslist het bestuur.

#text(11pt, weight: "bold")[Tabel 1 Wie vastlegt]

#table(
  columns: (60pt, 90pt),
  [Over], [Wie], [leerling], [de anti-pestcoördinator legt de toestemmingsformulieren vast],
)

#text(12pt, weight: "bold")[Artikel 3 Slotbepaling]

Dit reglement treedt in werking op 1 januari 2026 en wordt iedere twee jaar door de medezeggenschapsraad
en het bestuur gezamenlijk geëvalueerd, besproken en waar dat nodig is herzien of aangevuld.
"""


def test_a_pdf_is_read_across_line_ends_hyphens_and_pages(tmp_path: Path) -> None:
    file = tmp_path / "reglement.pdf"
    file.write_bytes(typst.compile(PDF.encode()))
    imported = read_document(file)
    texts = cited(imported)
    assert list(texts) == [
        "Artikel 1",
        "Artikel 2 lid 1",
        "Artikel 2 lid 2",
        "Artikel 2 lid 3",
        "tabel 1, rij leerling",
        "Artikel 3",
    ]
    whole = " ".join(PDF.split())
    row = texts.pop("tabel 1, rij leerling")
    assert row == "leerling | de anti-pestcoördinator legt de toestemmingsformulieren vast"
    for text in texts.values():
        assert text in whole
    assert imported.meta["title"] == "Reglement beeld"
    assert {one.text for one in imported.other if one.kind == "furniture"} >= {
        "Reglement Voorbeeld, versie 2"
    }


@pytest.mark.parametrize(
    ("before", "after", "joined"),
    [
        ("de geluidsopna-", "me wordt", "de geluidsopname wordt"),
        ("waarschuwings-", "en sanctiebrieven", "waarschuwings- en sanctiebrieven"),
        ("de anti-", "pestcoördinator", "de anti-pestcoördinator"),
        ("de ICT-", "coördinator", "de ICT-coördinator"),
        ("een video-", "opname", "een video-opname"),
        ("zonder", "streepje", "zonder streepje"),
    ],
)
def test_a_broken_word_is_joined_but_keeps_its_own_hyphen(before: str, after: str, joined: str) -> None:
    hyphens = Hyphens(["Een video-opname is beeld."], {"geluidsopname"})
    assert hyphens.join(before, after) == joined


def test_two_versions_differ_where_they_differ_and_ids_live_on(tmp_path: Path) -> None:
    old = read_text(
        tmp_path, "# P\n\n## 1 Foto\n\n1.1 Drie dagen.\n\n1.2 Geen naam erbij.\n\n1.3 Gaat weg.\n"
    )
    new = read_text(
        tmp_path, "# P\n\n## 1 Foto\n\n1.1 Wel een datum.\n\n1.2 Drie dagen.\n\n1.3 Geen achternaam erbij.\n"
    )
    found = {(one.kind, one.new.citation if one.new else "-") for one in differences(old, new)}
    assert found == {("new", "1.1"), ("renumbered", "1.2"), ("changed+renumbered", "1.3"), ("gone", "-")}
    assert kept_ids(old, new)[1:] == old.ids[:2]


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("scan.pdf", b"%PDF-1.4 nothing", "cannot be read as a PDF"),
        ("brief.docx", b"no zip", "not a Word document"),
        ("brief.doc", b"", "can be imported"),
        ("leeg.md", b"", "no provision"),
        ("tekst.md", b"\xff\xfe\x00", "UTF-8"),
    ],
)
def test_what_cannot_be_imported_says_why(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(UnreadableDocumentError, match=says):
        read_document(file)


def test_the_command_writes_what_it_read_and_a_second_version_keeps_the_ids(tmp_path: Path) -> None:
    file = tmp_path / "p.md"
    into = tmp_path / "board"
    file.write_text("# P\n\n## 1 Foto\n\n1.1 Drie dagen.\n\n1.2 Geen naam.\n", encoding="utf-8")
    runner = CliRunner()
    assert runner.invoke(app, ["pack", "import", str(file), "--into", str(into)]).exit_code == 0
    first = json.loads((into / "import.json").read_text(encoding="utf-8"))
    file.write_text("# P\n\n## 1 Foto\n\n1.1 Nieuw.\n\n1.2 Drie dagen.\n", encoding="utf-8")
    told = runner.invoke(app, ["pack", "diff", str(into / "import.json"), str(file), "--json"])
    assert {one["kind"] for one in json.loads(told.stdout)["differences"]} == {"new", "gone", "renumbered"}
    shown = runner.invoke(app, ["pack", "import", str(file), "--into", str(into), "--json"])
    again = json.loads(shown.stdout)
    assert again["provisions"][1]["id"] == first["provisions"][0]["id"]
    assert (into / "original.md").exists()
    assert runner.invoke(app, ["pack", "import", str(tmp_path / "none.md")]).exit_code == 1


BOARD = """# Schoolafspraken

## 1 Foto's

1.1 Een foto van een leerling staat alleen op de website als de ouders schriftelijk toestemming gaven.

1.2 Een leerkracht maakt foto's met het toestel van de school en nooit met een eigen telefoon.

## 2 Berichten

2.1 Medewerkers sturen leerlingen geen privéberichten en accepteren geen vriendschapsverzoek.

2.2 De groepsapp van ouders is van de ouders; de leerkracht doet er niet aan mee.
"""


def test_an_imported_document_answers_before_anybody_wrote_a_phrasing(tmp_path: Path) -> None:
    file, into = tmp_path / "p.md", tmp_path / "proef"
    file.write_text(BOARD, encoding="utf-8")
    told = CliRunner().invoke(
        app, ["pack", "import", str(file), "--into", str(into), "--name", "Stichting Proef"]
    )
    assert told.exit_code == 0
    pack, problems = loading.examine(into)
    assert problems == []
    assert (pack.proposed, pack.board, pack.name) == (True, "proef", "Stichting Proef")
    cited = {str(rule.id): rule.place() for rule in pack.protocol}
    matcher = Matcher(pack, build(pack))
    for question, wanted in (
        ("mag er een foto op de website zonder toestemming van ouders?", "1.1"),
        ("met mijn eigen telefoon foto's maken, kan dat", "1.2"),
        ("een leerling stuurde me een vriendschapsverzoek", "2.1"),
        ("moet ik in de groepsapp van de ouders", "2.2"),
    ):
        outcome = matcher.ask(question)
        shown = [cited[rule] for rule in (outcome.rule, *outcome.choices) if rule]
        assert wanted in shown, question
        assert outcome.status == "choose" or cited[outcome.rule or ""] == wanted
    assert matcher.ask("hallo").status == "smalltalk"


def test_of_an_imported_rule_only_the_document_s_own_words_are_said(tmp_path: Path) -> None:
    file, into = tmp_path / "p.md", tmp_path / "proef"
    file.write_text(
        "# P\n\n## 1 Foto\n\n1.1 Nooit een foto met:\na. een naam;\nb. een adres.\n", encoding="utf-8"
    )
    CliRunner().invoke(app, ["pack", "import", str(file), "--into", str(into)])
    pack, problems = loading.examine(into)
    assert problems == []
    spoken = texts.load()["nl"]
    by_itself, letter = (rule for rule in pack.protocol if rule.citation in ("1.1", "1.1 onder a"))
    assert [text_of(block) for block in rule_blocks(by_itself, spoken)] == ["Nooit een foto met:"]
    assert [text_of(block) for block in rule_blocks(letter, spoken)] == [
        "Nooit een foto met: een naam;",
        "een naam;",
    ]
    assert place_of(letter, "nl") == "1.1 onder a"  # no id of ours beside the document's own citation


@pytest.mark.parametrize("role", ["medewerker", "directie", "bestuur"])
def test_where_a_board_has_no_report_yet_nobody_begins_one(tmp_path: Path, role: Role) -> None:
    file, into = tmp_path / "p.md", tmp_path / "proef"
    file.write_text(BOARD, encoding="utf-8")
    CliRunner().invoke(app, ["pack", "import", str(file), "--into", str(into)])
    pack = loading.load(into)
    conversation = Conversation(Matcher(pack, build(pack)), texts.load())
    at = datetime(2026, 12, 1, 12, tzinfo=UTC)
    for act in (
        Said("/melden"),
        Said("/hervat"),
        Said("Gisteren zette een leerling van groep 8 een filmpje van de juf op TikTok. Iedereen zag het."),
    ):
        turn = Turn("1", Person("test:x", role=role), Chat("test:x"), act, at)
        store = InMemory()

        async def respond(turn: Turn = turn, store: InMemory = store) -> Reply:
            async with store.unit(turn) as unit:
                assert unit
                return (await conversation.respond(turn, Session(), unit)).reply

        heard = "\n".join(text_of(block) for block in asyncio.run(respond()).blocks)
        if act.text.startswith("/"):
            assert "kan bij mij nog niet. Ga naar de directeur van je school." in heard


def test_what_a_board_has_changed_in_its_pack_is_left_as_it_is(tmp_path: Path) -> None:
    file, into = tmp_path / "p.md", tmp_path / "proef"
    file.write_text(BOARD, encoding="utf-8")
    runner = CliRunner()
    runner.invoke(app, ["pack", "import", str(file), "--into", str(into)])
    (into / "pack.yaml").write_text("name: Eigen\n", encoding="utf-8")
    assert runner.invoke(app, ["pack", "import", str(file), "--into", str(into)]).exit_code == 0
    assert (into / "pack.yaml").read_text(encoding="utf-8") == "name: Eigen\n"
