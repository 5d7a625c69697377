"""What a detector reports: a piece of a text that is, or may be, somebody's data."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Kind = Literal["name", "phone", "email", "handle", "birth date", "bsn", "address", "iban", "url"]


@dataclass(frozen=True, slots=True)
class Finding:
    """`text` is what stands at `start:end`: the datum itself, without "juf" or "bsn" before it."""

    start: int
    end: int
    text: str
    kind: Kind
    proposal: str = ""
    """What may be written instead: "leerling A", "[telefoon]"."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A finding as a detector makes it."""

    start: int
    end: int
    kind: Kind


def in_order(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """By place and without overlaps: of two that overlap the longer stays."""
    kept: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.start, -piece.end)):
        if not kept or piece.start >= kept[-1].end:
            kept.append(piece)
        elif piece.end - piece.start > kept[-1].end - kept[-1].start:
            kept[-1] = piece
    return tuple(kept)
