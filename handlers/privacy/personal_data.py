"""Personal data in what people type: one function finds it, for a report, for what is kept of a question, and
for a story.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.privacy.addresses import addresses
from handlers.privacy.finding import Finding, Kind, Piece, in_order
from handlers.privacy.handles import handles
from handlers.privacy.names import names
from handlers.privacy.numbers import birth_dates, numbers
from handlers.privacy.placeholders import mark, proposals
from handlers.privacy.tokens import split
from knowledge.language.words import Language

__all__ = ["Finding", "Kind", "find_personal_data", "looks_personal", "scrub", "without"]

MOST_CHARACTERS = 20_000
"""What a longer text has beyond this is not looked at, and taken out as a whole by `scrub`."""


def find_personal_data(
    text: str, known: Collection[str] = (), language: Language = "nl"
) -> tuple[Finding, ...]:
    """What is or may be somebody's data, in order and without overlaps, with what to write instead in
    `language`.

    Public numbers (112, 0800, 0900) and placeholders ("leerling A") are none. `known`: names of schools and
    the like. Linear in the length of the text.
    """
    text = text[:MOST_CHARACTERS]
    words = split(text)
    named = list(names(text, known))
    pieces = in_order(
        [
            *handles(text),
            *numbers(text),
            *addresses(text, words),
            *birth_dates(text, named),
            *(Piece(start, end, "name") for start, end in named),
        ]
    )
    return tuple(
        Finding(piece.start, piece.end, text[piece.start : piece.end], piece.kind, proposal)
        for piece, proposal in zip(pieces, proposals(text, words, pieces, language), strict=True)
    )


def scrub(text: str, known: Collection[str] = ()) -> str:
    """The text with "[naam]", "[telefoon]" and so on in place of what `find_personal_data` finds."""
    cut = text[:MOST_CHARACTERS]
    return without(cut, find_personal_data(cut, known))


def without(text: str, found: Sequence[Finding], replacement: str = "") -> str:
    """The text with `replacement`, or else a mark of its kind, in place of each finding."""
    pieces: list[str] = []
    end = 0
    for each in found:
        pieces += (text[end : each.start], replacement or mark(each.kind))
        end = each.end
    return "".join((*pieces, text[end:]))


def looks_personal(text: str, known: Collection[str] = ()) -> tuple[Finding, ...]:
    """What `find_personal_data` finds, so that the person is asked about it before it is kept."""
    return find_personal_data(text, known)
