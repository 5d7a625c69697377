"""How well personal data is found: `python -m tests.privacy_eval FILE`.

The file has lines {"text": "...", "personal": ["..."]}.

Prints recall (pieces of data of which nothing is left after scrubbing), precision (findings that touch such a
piece) and the ordinary lines in which something was found. With a question set ({"q": "..."}) every line
counts as ordinary.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from handlers.privacy.kept_text import CONCEPTS_ONLY, text_to_keep
from handlers.privacy.personal_data import Finding, find_personal_data
from handlers.privacy.tokens import split
from handlers.privacy.word_groups import PARTICLES


@dataclass(frozen=True, slots=True)
class Line:
    """`personal`: the pieces of `text` that are somebody's data."""

    text: str
    personal: tuple[str, ...]


@dataclass(slots=True)
class Score:
    hits: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    """Line and piece."""
    right: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)
    """Line and finding."""
    ordinary: int = 0
    flagged: list[tuple[str, str]] = field(default_factory=list)
    """Ordinary lines with what was found in them."""
    concepts_only: int = 0
    """Ordinary lines of which only the concepts would be kept."""
    left: list[tuple[str, str]] = field(default_factory=list)
    """Line and piece that would stand in what is kept of an unanswered question."""

    @property
    def recall(self) -> float:
        return self.hits / max(1, self.hits + len(self.missed))

    @property
    def precision(self) -> float:
        return self.right / max(1, self.right + len(self.wrong))


def read(file: Path) -> list[Line]:
    """The lines of a file of either form."""
    entries = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines() if line.strip()]
    return [
        Line(entry.get("text", entry.get("q", "")), tuple(entry.get("personal", ()))) for entry in entries
    ]


def score(lines: Iterable[Line], known: Sequence[str] = ("Allure",)) -> Score:
    """How well the data in these lines are found."""
    total = Score()
    for line in lines:
        found = find_personal_data(line.text, known)
        kept = text_to_keep(line.text, (), known)
        total.left += [(line.text, piece) for piece in line.personal if _stands_in(kept, piece)]
        total.concepts_only += not line.personal and kept.startswith(CONCEPTS_ONLY)
        wanted = [
            (start, start + len(piece)) for piece in line.personal for start in _places(line.text, piece)
        ]
        for start, end in wanted:
            covered = {at for each in found for at in range(each.start, each.end)}
            if all(at in covered for at in range(start, end) if line.text[at].isalnum()):
                total.hits += 1
            else:
                total.missed.append((line.text, line.text[start:end]))
        for each in found:
            if any(each.start < end and start < each.end for start, end in wanted):
                total.right += 1
            else:
                total.wrong.append((line.text, each.text))
        if not line.personal:
            total.ordinary += 1
            if found:
                total.flagged.append((line.text, ", ".join(_shown(each) for each in found)))
    return total


def _stands_in(kept: str, piece: str) -> bool:
    """Whether a word of the piece, but for its particles, can still be read."""
    words = {word.folded for word in split(kept)}
    return piece in kept or any(word.folded in words for word in split(piece) if word.folded not in PARTICLES)


def _places(text: str, piece: str) -> list[int]:
    """Where the piece stands as a word of its own; its first place if it stands only inside others."""
    places, at = [], text.find(piece)
    while at >= 0:
        inside = text[at - 1 : at].isalnum() or text[at + len(piece) : at + len(piece) + 1].isalnum()
        if not inside:
            places.append(at)
        at = text.find(piece, at + 1)
    return places or [text.find(piece)]


def _shown(finding: Finding) -> str:
    return f"{finding.text} ({finding.kind})"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--quiet", action="store_true", help="print the figures only")
    chosen = parser.parse_args(arguments)
    for file in chosen.files:
        result = score(read(file))
        print(f"{file}")
        pieces = result.hits + len(result.missed)
        print(f"  recall    {result.recall:.3f}  ({result.hits} of {pieces} pieces)")
        findings = result.right + len(result.wrong)
        print(f"  precision {result.precision:.3f}  ({result.right} of {findings} findings)")
        print(f"  ordinary lines with a finding: {len(result.flagged)} of {result.ordinary}")
        print(f"  kept as an unanswered question: {len(result.left)} of {pieces} pieces stay readable;")
        print(f"    of {result.concepts_only} of {result.ordinary} ordinary lines only the concepts are kept")
        if not chosen.quiet:
            for title, pairs in (("missed", result.missed), ("wrong", result.wrong), ("left", result.left)):
                for line, piece in pairs:
                    print(f"  {title}: {piece!r} in {line!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
