"""A text with its clauses and its markers: what stands where, asked in constant or logarithmic time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from knowledge.intake.answer_words import Marker
from knowledge.intake.word_forms import Token

CLAUSE_STARTS: tuple[Marker, ...] = ("contrast", "reason", "clause")
"""The markers that begin a clause."""
Places = tuple[int, ...]
"""The numbers of the words that a marker matched."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    text: str
    tokens: tuple[Token, ...]
    clauses: tuple[int, ...]
    """The number of the clause of each word."""
    places: Mapping[Marker, tuple[Places, ...]]
    """Marker → where it stands, in order."""
    positions: Mapping[Marker, frozenset[int]]
    """Marker → every word that is part of one."""
    starts: Mapping[Marker, tuple[int, ...]]
    marked_clauses: Mapping[Marker, frozenset[int]]

    def has(self, marker: Marker) -> bool:
        return marker in self.places

    def where(self, marker: Marker) -> tuple[Places, ...]:
        return self.places.get(marker, ())

    def at(self, marker: Marker) -> frozenset[int]:
        """The words that are part of this marker."""
        return self.positions.get(marker, frozenset())

    def within(self, marker: Marker, after: int, before: int) -> bool:
        """Whether a marker begins between two words."""
        starts = self.starts.get(marker, ())
        following = bisect_right(starts, after)
        return following < len(starts) and starts[following] < before

    def first_after(self, marker: Marker, place: int) -> int:
        """The first word after a place that begins this marker, or -1."""
        starts = self.starts.get(marker, ())
        following = bisect_right(starts, place)
        return starts[following] if following < len(starts) else -1

    def last_before(self, marker: Marker, place: int) -> int:
        """The last word before a place that begins this marker, or -1."""
        starts = self.starts.get(marker, ())
        earlier = bisect_right(starts, place - 1)
        return starts[earlier - 1] if earlier else -1

    def in_clause(self, marker: Marker, clause: int) -> bool:
        return clause in self.marked_clauses.get(marker, ())

    def same_sentence(self, one: int, other: int) -> bool:
        return self.tokens[one].sentence == self.tokens[other].sentence

    def ends_clause(self, place: int) -> bool:
        return place + 1 >= len(self.tokens) or self.clauses[place + 1] != self.clauses[place]


def mark(text: str, tokens: tuple[Token, ...], markers: Iterable[tuple[Marker, Places]]) -> MarkedText:
    """The text with the markers that were found in it."""
    places: dict[Marker, list[Places]] = {}
    for marker, where in sorted(markers, key=lambda found: found[1]):
        places.setdefault(marker, []).append(where)
    positions = {
        marker: frozenset(place for where in found for place in where) for marker, found in places.items()
    }
    starts = {place for marker in CLAUSE_STARTS for place in positions.get(marker, ())}
    begins_anew = positions.get("subject", frozenset()) | positions.get("verb", frozenset())
    starts |= {place for place in positions.get("coordination", ()) if place + 1 in begins_anew}
    clauses = _clauses(tokens, starts)
    return MarkedText(
        text=text,
        tokens=tokens,
        clauses=clauses,
        places={marker: tuple(found) for marker, found in places.items()},
        positions=positions,
        starts={marker: tuple(where[0] for where in found) for marker, found in places.items()},
        marked_clauses={
            marker: frozenset(clauses[place] for where in found for place in where)
            for marker, found in places.items()
        },
    )


def _clauses(tokens: Sequence[Token], starts: Collection[int]) -> tuple[int, ...]:
    """A clause ends at punctuation, before "maar", "want" and the like, and before "en" with a verb."""
    number = 0
    found: list[int] = []
    for position, token in enumerate(tokens):
        if position and (token.breaks or position in starts):
            number += 1
        found.append(number)
    return tuple(found)
