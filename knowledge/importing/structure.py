"""From blocks to provisions: what each is called, under which headings it stands, what is no provision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from knowledge.importing.blocks import Block, Source
from knowledge.importing.markers import MarkerKind, bare_number, kind_of, split_marker

COLOPHON = re.compile(
    r"\b(versie|vastgesteld|geldig|datum|ingangsdatum|besproken|vervangt|instemming|concept|version|adopted|"
    r"valid from)\b",
    re.I,
)
LONGEST_SUBTITLE = 80
"""Characters; a longer line above the first heading is text."""


@dataclass(frozen=True, slots=True)
class Provision:
    citation: str
    """As staff call it: "2.3 onder a", "Artikel 3 lid 2", "Foto en film, punt 1", "tabel 1, rij Ouder"."""
    path: tuple[str, ...]
    """The headings above it, as printed."""
    number: str
    """As printed, "" for none."""
    kind: str
    """numbered, lead-in, letter, paragraph, item, step, table-row."""
    parent: str
    """The citation that this is a part of, "" for none."""
    text: str


@dataclass(frozen=True, slots=True)
class Other:
    """What is no provision: nothing of the document is lost unseen."""

    kind: str
    text: str
    number: str = ""


@dataclass(slots=True)
class Structure:
    provisions: list[Provision] = field(default_factory=list)
    other: list[Other] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Section:
    headings: tuple[Block, ...]
    blocks: list[Block] = field(default_factory=list)

    @property
    def path(self) -> tuple[str, ...]:
        return tuple(f"{block.number} {block.text}".strip() for block in self.headings)

    @property
    def label(self) -> str:
        """The number by which the section is cited, "" where it has none."""
        number = self.headings[-1].number if self.headings else ""
        return number.rstrip(".:)") if kind_of(number) in ("article", "dotted") else ""


def structure(source: Source) -> Structure:
    """The document's provisions in order, and all that is none."""
    made = Structure(unsure=list(source.unsure))
    blocks = _titled(source.blocks)
    sections = [_Section(())]
    stack: list[Block] = []
    for block in blocks:
        if block.kind == "heading":
            stack = [above for above in stack if above.depth < block.depth] + [block]
            sections.append(_Section(tuple(stack)))
        elif block.kind in ("title", "subtitle", "furniture", "note"):
            made.other.append(Other(block.kind, block.text))
        else:
            sections[-1].blocks.append(block)
    headed = len(sections) > 1
    table = 0
    for section in sections:
        if section.headings:
            heading = section.headings[-1]
            made.other.append(Other("heading", heading.text, heading.number))
        if not section.headings and headed:
            section.blocks = _without_front(section.blocks, made)
        table = _Namer(section, made, table).name_all()
    _check(made)
    return made


def _titled(blocks: Sequence[Block]) -> list[Block]:
    """The one heading above all others is the title, not a chapter."""
    headings = [block for block in blocks if block.kind == "heading"]
    if not headings or any(block.kind == "title" for block in blocks):
        return list(blocks)
    highest = min(block.depth for block in headings)
    first = headings[0]
    alone = sum(block.depth == highest for block in headings) == 1 and len(headings) > 1
    if first.depth != highest or not alone or first.number:
        return list(blocks)
    return [Block("title", block.text) if block is first else block for block in blocks]


def _without_front(blocks: Sequence[Block], made: Structure) -> list[Block]:
    """Version line, subtitle and the like above the first heading are no provisions."""
    left = []
    for block in blocks:
        plain = block.kind == "paragraph" and not block.number
        if plain and COLOPHON.search(block.text):
            made.other.append(Other("colophon", block.text))
        elif plain and len(block.text) <= LONGEST_SUBTITLE and not block.text.endswith((".", ":", ";")):
            made.other.append(Other("subtitle", block.text))
        else:
            made.unsure.append(f"text above the first heading: {block.text[:80]}")
            left.append(block)
    return left


class _Namer:
    """Gives the provisions of one section their citations."""

    def __init__(self, section: _Section, made: Structure, tables: int) -> None:
        self.section = section
        self.made = made
        self.tables = tables
        self.place = section.label or " › ".join(section.path) or "aanhef"
        texts = [b for b in section.blocks if b.kind in ("paragraph", "bullet")]
        self.alone = len(texts) == 1
        self.paragraphs = self.bullets = 0
        self.parent = self.above = ""
        self.caption = ""
        self.leading = False

    def name_all(self) -> int:
        blocks = self.section.blocks
        for block, after in zip_longest(blocks, blocks[1:]):
            if block.kind == "caption":
                self.caption = block.text
                self.made.other.append(Other("caption", block.text))
            elif block.kind == "table-header":
                self.tables += 1
                self.made.other.append(Other("table-header", block.text))
            elif block.kind == "row":
                self._row(block)
            else:
                self._text(block, after)
        return self.tables

    def _row(self, block: Block) -> None:
        found = re.match(r"(?:tabel|table)\s+(\w+)", self.caption, re.I)
        first = block.text.partition(" | ")[0]
        citation = f"tabel {found[1] if found else self.tables}, rij {first}"
        path = (*self.section.path, self.caption) if self.caption else self.section.path
        self.made.provisions.append(Provision(citation, path, "", "table-row", "", block.text))

    def _text(self, block: Block, after: Block | None) -> None:
        citation, kind, parent = self._named(block)
        if (
            kind in ("numbered", "paragraph")
            and block.text.endswith(":")
            and after is not None
            and (after.kind == "bullet" or kind_of(after.number) in ("letter", "degree", "plain"))
        ):
            kind = "lead-in"
        if kind not in ("letter", "item"):
            self.leading = block.text.endswith(":")
        self.made.provisions.append(
            Provision(citation, self.section.path, block.number, kind, parent, block.text)
        )

    def _named(self, block: Block) -> tuple[str, str, str]:
        """Citation, kind, and the citation that it is a part of."""
        number, kind = bare_number(block.number), kind_of(block.number)
        if block.kind == "bullet":
            return self._bullet()
        if kind in ("letter", "degree"):
            above = self.parent or self.section.label
            part = f"onder {block.number.strip() if kind == 'degree' else number}"
            return (f"{above} {part}" if above else f"{self.place}, {part}"), "letter", above
        if kind == "plain" and self.parent and self.leading and kind_of(self.above) == "dotted":
            return f"{self.parent} onder {number}", "letter", self.parent
        self.bullets = 0
        if kind is None:
            self.paragraphs += 1
            self.parent, self.above = "", ""
            if self.alone:
                return self.place, "paragraph", ""
            citation = f"{self.place}, alinea {self.paragraphs}"
            return citation, "paragraph", ""
        self.above = block.number
        self.parent = self._numbered(block, number, kind)
        return self.parent, "step" if kind == "step" else "numbered", ""

    def _bullet(self) -> tuple[str, str, str]:
        self.bullets += 1
        if self.parent and self.leading:
            return f"{self.parent}, punt {self.bullets}", "item", self.parent
        return self.place if self.alone else f"{self.place}, punt {self.bullets}", "item", ""

    def _numbered(self, block: Block, number: str, kind: MarkerKind) -> str:
        if kind == "dotted":
            return number
        if kind == "article":
            return block.number.rstrip(".:")
        if kind == "step":
            return f"{self.place}{'' if self.section.label else ','} {block.number.rstrip('.:').lower()}"
        return f"{self.section.label} lid {number}" if self.section.label else f"{self.place}, punt {number}"


def _check(made: Structure) -> None:
    """What looks wrong: the same name twice, a number left out, a text cut short."""
    seen: set[str] = set()
    for provision in made.provisions:
        if provision.citation in seen:
            made.unsure.append(f"two provisions are called {provision.citation}")
        seen.add(provision.citation)
        if provision.kind not in ("letter", "item", "table-row", "lead-in") and not re.search(
            r"[.:;?!)”’\"]$", provision.text
        ):
            made.unsure.append(f"{provision.citation} ends without a full stop: …{provision.text[-50:]}")
        if split_marker(provision.text)[0] and provision.kind != "table-row":
            made.unsure.append(f"{provision.citation} begins with one more number: {provision.text[:50]}")
