"""Reading Markdown and plain text: markdown-it-py for the syntax, typed numbers by `markers.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from knowledge.importing.blocks import Block, Source, UnreadableDocumentError, folded
from knowledge.importing.markers import kind_of, split_label, split_marker

_FRONT = re.compile(r"\A---\n(.*?)\n---\n", re.S)


def read(path: Path) -> Source:
    """Raises `UnreadableDocumentError`."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableDocumentError(f"{path.name} is no UTF-8 text; save it as UTF-8.") from error
    source = Source()
    if front := _FRONT.match(text):
        source.blocks.append(Block("subtitle", folded(front[1])))
        text = text[front.end() :]
    _Reader(source).read(MarkdownIt("commonmark").enable("table").parse(text))
    return source


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.lists: list[Token] = []
        self.markers: list[str] = []
        self.row: list[str] | None = None
        self.head = False
        self.fresh = False
        """Whether the next paragraph is the first of its list item."""

    def read(self, tokens: Sequence[Token]) -> None:
        for at, token in enumerate(tokens):
            if token.type == "inline":
                self._inline(token, tokens[at - 1])
            elif token.type in ("fence", "code_block", "html_block"):
                self._unread(folded(re.sub(r"<[^>]+>", " ", token.content)))
            elif token.type.startswith(("tr_", "th_")):
                self._in_table(token.type)
            else:
                self._in_list(token)

    def _in_table(self, kind: str) -> None:
        if kind == "tr_open":
            self.row, self.head = [], False
        elif kind == "th_open":
            self.head = True
        elif kind == "tr_close":
            self._add(Block("table-header" if self.head else "row", " | ".join(self.row or ())))
            self.row = None

    def _in_list(self, token: Token) -> None:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self.lists.append(token)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif token.type == "list_item_open":
            self.fresh = True
            self.markers.append(token.info + token.markup if token.info else "")
        elif token.type == "list_item_close":
            self.markers.pop()

    def _unread(self, text: str) -> None:
        if text:
            self.source.unsure.append(f"not read as text: {text[:80]}")
            self._add(Block("furniture", text))

    def _inline(self, token: Token, opened: Token) -> None:
        lines = _lines(token)
        text = folded(" ".join(lines))
        if self.row is not None:
            self.row.append(text)
        elif not text:
            return
        elif opened.type == "heading_open":
            number, rest = split_label(text)
            self._add(Block("heading", rest, number, int(opened.tag[1])))
        elif self.lists:
            self._item(text, lines)
        elif re.match(r"(tabel|table)\s+\w+\b", text, re.I) and len(text) < 100 and not text.endswith("."):
            self._add(Block("caption", text))
        else:
            self._paragraphs(lines)

    def _item(self, text: str, lines: list[str]) -> None:
        if not self.fresh:
            self.source.unsure.append(f"a second paragraph within an item: {text[:80]}")
            self._add(Block("paragraph", text))
            return
        self.fresh = False
        depth = len(self.lists) - 1
        if self.lists[-1].type == "ordered_list_open":
            self._add(Block("paragraph", text, self.markers[-1], depth))
            return
        number, rest = split_marker(text)
        if kind_of(number):
            self._paragraphs(lines)
        else:
            self._add(Block("bullet", rest, "", depth))

    def _paragraphs(self, lines: Sequence[str]) -> None:
        """A new provision begins where a line begins with a number; other line ends are layout."""
        gathered: list[list[str]] = []
        for line in lines:
            if gathered and not split_marker(line)[0]:
                gathered[-1].append(line)
            else:
                gathered.append([line])
        for each in gathered:
            number, rest = split_marker(folded(" ".join(each)))
            self._add(Block("paragraph", rest, number))

    def _add(self, block: Block) -> None:
        self.source.blocks.append(block)


def _lines(token: Token) -> list[str]:
    """The text without markup, a string for each line of the file."""
    parts = [""]
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            parts.append("")
        elif child.type in ("text", "code_inline", "text_special"):
            parts[-1] += child.content
        elif child.type == "html_inline":
            parts[-1] += " " if child.content.lower().startswith("<br") else ""
    return [folded(part) for part in parts if folded(part)]
