"""Reading a Word document: python-docx for the file, and here the automatic numbers, which are not text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

from docx import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from knowledge.importing.blocks import Block, BlockKind, Source, UnreadableDocumentError, folded
from knowledge.importing.markers import split_label, split_marker, without_bullet

LONGEST_HEADING = 90
"""Characters; a longer bold paragraph is no heading."""
HEADINGS = ("heading", "kop")
KINDS: Mapping[str, BlockKind] = {
    "toc": "furniture",
    "title": "title",
    "titel": "title",
    "subtitle": "subtitle",
    "ondertitel": "subtitle",
    "caption": "caption",
    "bijschrift": "caption",
}
"""Style, lower case → what its paragraphs are."""
_ROMAN = ((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


def read(path: Path) -> Source:
    """Raises `UnreadableDocumentError`."""
    try:
        document = Document(str(path))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError) as error:
        raise UnreadableDocumentError(
            f"{path.name} is not a Word document (.docx). An old .doc: open it in Word and save it as .docx."
        ) from error
    return _Reader(document).read()


@dataclass
class _Level:
    start: int
    format: str
    text: str
    restart: int | None


@dataclass
class _Reader:
    document: Any
    source: Source = field(default_factory=Source)
    counts: dict[str, dict[int, int]] = field(default_factory=dict)
    """Abstract numbering → level → the number given last."""
    begun: set[str] = field(default_factory=set)
    """Numberings whose own start has been taken."""

    def __post_init__(self) -> None:
        self.abstract: dict[str, dict[int, _Level]] = {}
        self.of_number: dict[str, tuple[str, dict[int, int]]] = {}
        self.styles: dict[str, Any] = {
            style.get(qn("w:styleId")): style for style in self.document.styles.element.findall(qn("w:style"))
        }
        self._read_numbering()
        body = self.document.element.body
        self.has_headings = any(self._heading_depth(each) for each in body.iter(qn("w:p")))

    def read(self) -> Source:
        self._furniture()
        for element in _content(self.document.element.body):
            if element.tag == qn("w:p"):
                self._paragraph(element)
            else:
                self._table(element)
        self._notes()
        return self.source

    def _read_numbering(self) -> None:
        try:
            root = self.document.part.numbering_part.element
        except (NotImplementedError, KeyError):
            return
        for one in root.findall(qn("w:abstractNum")):
            levels = {}
            for level in one.findall(qn("w:lvl")):
                restart = _value(level, "w:lvlRestart")
                levels[int(level.get(qn("w:ilvl")))] = _Level(
                    int(_value(level, "w:start") or 1),
                    _value(level, "w:numFmt") or "decimal",
                    _value(level, "w:lvlText") or "",
                    int(restart) if restart is not None else None,
                )
            self.abstract[one.get(qn("w:abstractNumId"))] = levels
        for one in root.findall(qn("w:num")):
            starts = {}
            for override in one.findall(qn("w:lvlOverride")):
                start = _value(override, "w:startOverride")
                if start is not None:
                    starts[int(override.get(qn("w:ilvl")))] = int(start)
            self.of_number[one.get(qn("w:numId"))] = (_value(one, "w:abstractNumId") or "", starts)

    def _furniture(self) -> None:
        seen = set()
        for section in self.document.sections:
            parts = (section.header, section.first_page_header, section.footer, section.first_page_footer)
            for part in parts:
                for element in part._element.iter(qn("w:p")):
                    text = _text(element)
                    if text and text not in seen:
                        seen.add(text)
                        self.source.blocks.append(Block("furniture", text))

    def _notes(self) -> None:
        for relation in self.document.part.rels.values():
            if relation.reltype.endswith(("/footnotes", "/endnotes")):
                for element in parse_xml(relation.target_part.blob).iter(qn("w:p")):
                    if text := _text(element):
                        self.source.blocks.append(Block("note", text))
                        self.source.unsure.append(f"a footnote, part of no provision: {text[:80]}")

    def _paragraph(self, element: Any) -> None:
        self._boxes(element)
        text = _text(element)
        number, bullet, depth = self._number(element)
        if not text:
            return
        style = self._style_name(element)
        heading = self._heading_depth(element)
        if not heading and not self.has_headings and not number and _is_bold(element, text):
            heading = 1
            self.source.unsure.append(f"bold, read as a heading: {text}")
        kind = KINDS.get("toc" if style.startswith(("toc", "inhopg", "inhoudsopgave")) else style)
        if kind:
            self.source.blocks.append(Block(kind, text))
        elif heading:
            if not number:
                number, text = split_label(text)
            self.source.blocks.append(Block("heading", text, number, heading))
        elif bullet:
            self.source.blocks.append(Block("bullet", text, "", depth))
        elif number:
            self.source.blocks.append(Block("paragraph", text, number, depth))
        else:
            self._typed(text, depth)

    def _boxes(self, element: Any) -> None:
        box = next(element.iter(qn("w:txbxContent")), None)  # the same stands twice, for old programs too
        for inner in box.iter(qn("w:p")) if box is not None else ():
            if found := _text(inner):
                self.source.unsure.append(f"a text box: {found[:80]}")
                self.source.blocks.append(Block("paragraph", found))

    def _typed(self, text: str, depth: int) -> None:
        """A paragraph whose bullet or number, if it has one, was typed."""
        if (rest := without_bullet(text)) is not None:
            self.source.blocks.append(Block("bullet", rest, "", depth))
            return
        number, text = split_marker(text)
        if number:
            self.source.unsure.append(f"a number typed into the text: {number} {text[:60]}")
        self.source.blocks.append(Block("paragraph", text, number, depth))

    def _table(self, element: Any) -> None:
        rows = []
        for row in element.iter(qn("w:tr")):
            cells = [
                folded(" ".join(_text(p) for p in cell.iter(qn("w:p")))) for cell in row.findall(qn("w:tc"))
            ]
            rows.append(cells)
        if not rows:
            return
        if len(rows[0]) == 1 and len(rows) == 1:  # a frame around text
            for paragraph in element.iter(qn("w:p")):
                self._paragraph(paragraph)
            return
        self.source.blocks.append(Block("table-header", " | ".join(rows[0])))
        for cells in rows[1:]:
            if any(cells):
                self.source.blocks.append(Block("row", " | ".join(cells)))

    def _style(self, element: Any) -> Any | None:
        found = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        if found is not None:
            return self.styles.get(found.get(qn("w:val")))
        return next((s for s in self.styles.values() if s.get(qn("w:default")) == "1"), None)

    def _style_name(self, element: Any) -> str:
        style = self._style(element)
        return (_value(style, "w:name") or "").lower() if style is not None else ""

    def _chain(self, element: Any) -> Iterator[Any]:
        """The paragraph's own properties, its style's, and those of the styles below it."""
        yield element.find(qn("w:pPr"))
        style, depth = self._style(element), 0
        while style is not None and depth < 12:
            yield style.find(qn("w:pPr"))
            style, depth = self.styles.get(_value(style, "w:basedOn") or ""), depth + 1

    def _heading_depth(self, element: Any) -> int:
        style = self._style(element)
        seen = 0
        while style is not None and seen < 12:
            name = (_value(style, "w:name") or "").lower()
            for word in HEADINGS:
                if name.startswith(word) and name[len(word) :].strip()[:1].isdigit():
                    return int(name[len(word) :].strip()[0])
            style, seen = self.styles.get(_value(style, "w:basedOn") or ""), seen + 1
        for properties in self._chain(element):
            if properties is not None and (level := _value(properties, "w:outlineLvl")) is not None:
                return int(level) + 1 if int(level) < 9 else 0
        return 0

    def _number(self, element: Any) -> tuple[str, bool, int]:
        """The automatic number, whether it is a bullet, and the level."""
        number_id, at = self._numbering_of(element)
        if number_id not in self.of_number:
            return "", False, 0
        abstract, starts = self.of_number[number_id]
        levels = self.abstract.get(abstract, {})
        if at not in levels:
            return "", False, at
        counts = self.counts.setdefault(abstract, {})
        if starts and number_id not in self.begun:
            counts.update({each: start - 1 for each, start in starts.items()})
        self.begun.add(number_id)
        counts[at] = counts.get(at, levels[at].start - 1) + 1
        for deeper in [each for each in counts if each > at]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or (restart and at < restart):
                del counts[deeper]
        if levels[at].format in ("bullet", "none"):
            return "", levels[at].format == "bullet", at
        return _printed(levels, at, counts), False, at

    def _numbering_of(self, element: Any) -> tuple[str, int]:
        """The id of the numbering and the level, the paragraph's own or its style's; "0" for none."""
        number_id = level = None
        for properties in self._chain(element):
            numbering = properties.find(qn("w:numPr")) if properties is not None else None
            if numbering is None:
                continue
            level = level if level is not None else _value(numbering, "w:ilvl")
            number_id = _value(numbering, "w:numId")
            if number_id is not None:
                break
        return number_id or "0", int(level or 0)


def _printed(levels: Mapping[int, _Level], at: int, counts: Mapping[int, int]) -> str:
    text = levels[at].text
    for each in range(9):
        if f"%{each + 1}" in text:
            value = counts.get(each, levels[each].start if each in levels else 1)
            text = text.replace(f"%{each + 1}", _formatted(value, levels[each].format))
    return folded(text)


def _content(body: Any) -> Iterator[Any]:
    """Paragraphs and tables in order, also within content controls and accepted changes."""
    for element in body:
        if element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:smartTag")):
            yield from _content(element)


def _text(paragraph: Any) -> str:
    """What is read on paper: changes accepted, no field codes, no text of boxes."""
    parts: list[str] = []

    def walk(element: Any) -> None:
        for each in element:
            tag = each.tag
            if tag in (qn("w:del"), qn("w:moveFrom"), qn("w:instrText"), qn("w:txbxContent"), qn("w:pPr")):
                continue
            if tag == qn("w:t"):
                parts.append(each.text or "")
            elif tag in (qn("w:tab"), qn("w:br"), qn("w:cr")):
                parts.append(" ")
            elif tag == qn("w:noBreakHyphen"):
                parts.append("‑")
            else:
                walk(each)

    walk(paragraph)
    return folded("".join(parts))


def _is_bold(paragraph: Any, text: str) -> bool:
    if len(text) > LONGEST_HEADING or text.endswith((".", ";", ",")):
        return False
    runs = [
        run for run in paragraph.iter(qn("w:r")) if "".join(t.text or "" for t in run.iter(qn("w:t"))).strip()
    ]
    return bool(runs) and all(
        (bold := run.find(f"{qn('w:rPr')}/{qn('w:b')}")) is not None
        and bold.get(qn("w:val")) not in ("0", "false")
        for run in runs
    )


def _value(element: Any, child: str) -> str | None:
    found = element.find(qn(child)) if element is not None else None
    return None if found is None else found.get(qn("w:val"))


def _formatted(value: int, form: str) -> str:
    if form in ("lowerLetter", "upperLetter"):
        letters = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letters.upper() if form == "upperLetter" else letters
    if form in ("lowerRoman", "upperRoman"):
        roman, left = "", value
        for worth, sign in _ROMAN:
            while left >= worth:
                roman, left = roman + sign, left - worth
        return roman.upper() if form == "upperRoman" else roman
    return str(value)
