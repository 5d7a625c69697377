"""Reading a PDF: pdfplumber gives lines with their place and letter; here they become paragraphs again."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from knowledge.importing.blocks import Block, Source, UnreadableDocumentError, folded
from knowledge.importing.hyphens import Hyphens
from knowledge.importing.markers import kind_of, split_label, split_marker, without_bullet

EDGE = 0.13
"""Part of a page's height, at the top and at the foot, where running lines stand."""
SIZE_STEP = 0.6
"""Points by which a heading's letter is larger than the text's."""
WIDE_GAP = 1.45
"""Times the usual distance of lines: a larger one begins a new paragraph."""
LONGEST_HEADING = 120


@dataclass(frozen=True, slots=True)
class _Line:
    page: int
    text: str
    left: float
    top: float
    bottom: float
    right: float
    size: float
    bold: bool
    place: float
    """Its height on the page, 0 (top) to 1."""


@dataclass(frozen=True, slots=True)
class _Row:
    """Of a ruled table."""

    cells: tuple[tuple[str, ...], ...]
    """Each as its lines."""


def read(path: Path, known: Collection[str]) -> Source:
    """`known`: ordinary words, for those broken at a line's end. Raises `UnreadableDocumentError`."""
    import pdfplumber
    from pdfminer.pdfexceptions import PDFException
    from pdfplumber.utils.exceptions import PdfminerException

    source = Source()
    try:
        with pdfplumber.open(path) as document:
            pages = [_read_page(page, number) for number, page in enumerate(document.pages)]
    except (PDFException, PdfminerException, ValueError) as error:
        raise UnreadableDocumentError(
            f"{path.name} cannot be read as a PDF ({error or 'damaged or locked'})."
        ) from error
    lines = [line for page in pages for line in page if isinstance(line, _Line)]
    if not lines:
        raise UnreadableDocumentError(
            f"{path.name} holds no text: probably a scan. Ask for the Word file, or recognise its text first."
        )
    running = _running(lines, len(pages))
    for text in dict.fromkeys(line.text for line in lines if line in running):
        source.blocks.append(Block("furniture", text))
    _Paragraphs(source, [line for line in lines if line not in running], known).read(
        [item for page in pages for item in page if item not in running]
    )
    return source


def _read_page(page: Any, number: int) -> list[_Line | _Row]:
    """Lines, and the rows of ruled tables, from top to bottom."""
    tables = [table for table in page.find_tables() if len(table.columns) > 1]
    found: list[tuple[float, _Line | _Row]] = []
    for table in tables:
        for at, row in enumerate(table.extract()):
            cells = tuple(tuple((cell or "").split("\n")) for cell in row)
            found.append((table.bbox[1] + at / 100, _Row(cells)))
    outside = page
    for table in tables:
        outside = outside.outside_bbox(table.bbox)
    for line in outside.extract_text_lines(return_chars=True):
        chars = [char for char in line["chars"] if char["text"].strip()]
        if not chars:
            continue
        size = Counter(round(char["size"], 1) for char in chars).most_common(1)[0][0]
        bold = sum(
            "bold" in char["fontname"].lower() or "black" in char["fontname"].lower() for char in chars
        )
        found.append(
            (
                line["top"],
                _Line(
                    number,
                    folded_line(line["text"]),
                    line["x0"],
                    line["top"],
                    line["bottom"],
                    line["x1"],
                    size,
                    bold > 0.8 * len(chars),
                    line["top"] / float(page.height),
                ),
            )
        )
    return [item for _, item in sorted(found, key=lambda pair: pair[0])]


def folded_line(text: str) -> str:
    """White space folded; a soft hyphen at the end is kept as the sign of a broken word."""
    return " ".join(text.split())


def _running(lines: Sequence[_Line], pages: int) -> set[_Line]:
    """Headers and footers: lines near an edge that come back on other pages, but for their numbers."""
    near = [line for line in lines if line.place < EDGE or line.place > 1 - EDGE]
    seen: dict[str, set[int]] = {}
    for line in near:
        seen.setdefault(_masked(line), set()).add(line.page)
    often = max(2, (pages + 1) // 2)
    return {
        line
        for line in near
        if len(seen[_masked(line)]) >= often
        or re.fullmatch(r"(pagina|page|blz\.?)?\s*\d+(\s*(/|van|of)\s*\d+)?", line.text, re.I)
    }


def _masked(line: _Line) -> str:
    return re.sub(r"\d+", "#", line.text)


class _Paragraphs:
    def __init__(self, source: Source, lines: Sequence[_Line], known: Collection[str]) -> None:
        self.source = source
        self.hyphens = Hyphens([line.text for line in lines], known)
        self.body = Counter(line.size for line in lines for _ in range(len(line.text))).most_common(1)[0][0]
        gaps = Counter(
            round(after.top - before.top)
            for before, after in pairwise(lines)
            if before.page == after.page and before.size == after.size == self.body and after.top > before.top
        )
        self.step = gaps.most_common(1)[0][0] if gaps else self.body * 1.3
        self.sizes = sorted({line.size for line in lines if self._is_heading(line)}, reverse=True)
        self.open: list[_Line] = []

    def read(self, items: Sequence[_Line | _Row]) -> None:
        head: _Row | None = None
        for item in items:
            if isinstance(item, _Row):
                self._close()
                goes_on = head is not None and len(head.cells) == len(item.cells)
                if item != head:  # printed again where a page ends within the table
                    text = " | ".join(folded(self._joined(cell)) for cell in item.cells)
                    self.source.blocks.append(Block("row" if goes_on else "table-header", text))
                head = head if goes_on else item
                continue
            head = None
            if self.open and self._goes_on(self.open[-1], item):
                self.open.append(item)
            else:
                self._close()
                self.open = [item]
        self._close()
        self.source.unsure.extend(self.hyphens.unsure)
        self._title()

    def _is_heading(self, line: _Line) -> bool:
        if len(line.text) > LONGEST_HEADING:
            return False
        return line.size >= self.body + SIZE_STEP or (line.bold and line.size >= self.body - SIZE_STEP)

    def _goes_on(self, before: _Line, line: _Line) -> bool:
        """Whether a line goes on with the paragraph of the line before."""
        if self._is_heading(before) != self._is_heading(line):
            return False
        if self._is_heading(line):
            close = before.page == line.page and line.top - before.bottom < 0.6 * line.size
            same = before.size == line.size and before.bold == line.bold
            return close and same and not split_label(line.text)[0]
        marked = bool(split_marker(line.text)[0]) or without_bullet(line.text) is not None
        if before.page != line.page:
            return not marked and not re.search(r"[.:;?!]$", before.text)
        if line.top - before.top > WIDE_GAP * self.step:
            return not marked and before.text.endswith("-")
        if marked:
            first = self.open[0]
            begun = bool(split_marker(first.text)[0]) or without_bullet(first.text) is not None
            # a number within a sentence stands where the text hangs, a new mark stands left of it
            return (
                begun
                and len(self.open) > 1
                and line.left > first.left + 3
                and abs(line.left - before.left) < 2
                and (not re.search(r"[.:;?!]$", before.text))
            )
        first = self.open[0]
        return not (
            len(self.open) > 1
            and line.left < before.left - 3
            and re.search(r"[.:;?!]$", before.text) is not None
            and line.left < first.left + 1
        )

    def _joined(self, lines: Sequence[str]) -> str:
        text = ""
        for line in lines:
            text = self.hyphens.join(text, line)
        return text

    def _close(self) -> None:
        lines, self.open = self.open, []
        if not lines:
            return
        text = folded(self._joined([line.text for line in lines]))
        first = lines[0]
        if self._is_heading(first):
            number, rest = split_label(text)
            depth = self.sizes.index(first.size) + 1 if first.size in self.sizes else len(self.sizes) + 1
            if re.match(r"(tabel|table)\s+\w+\b", text, re.I):
                self.source.blocks.append(Block("caption", text))
            elif kind_of(number) == "dotted" and re.search(r"[.;]$", rest):
                self.source.blocks.append(Block("paragraph", rest, number))
            else:
                self.source.blocks.append(Block("heading", rest, number, depth))
        elif re.match(r"(tabel|table)\s+\w+\b", text, re.I) and len(text) < 100 and not text.endswith("."):
            self.source.blocks.append(Block("caption", text))
        elif (rest_ := without_bullet(text)) is not None:
            self.source.blocks.append(Block("bullet", rest_))
        else:
            number, rest = split_marker(text)
            self.source.blocks.append(Block("paragraph", rest, number))

    def _title(self) -> None:
        """The first heading is the title where its letter is larger than all others."""
        headings = [block for block in self.source.blocks if block.kind == "heading"]
        if (
            len(headings) > 1
            and sum(block.depth == headings[0].depth for block in headings) == 1
            and not headings[0].number
        ):
            at = self.source.blocks.index(headings[0])
            self.source.blocks[at] = Block("title", headings[0].text)
