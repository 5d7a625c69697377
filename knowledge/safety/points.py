"""Words that weigh: danger that is described rather than named adds up over a stretch of text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from knowledge.safety.folding import Token
from knowledge.safety.places import Cue, Places, Span

STRETCH = 25
"""How many words may lie between what is added up."""


@dataclass(frozen=True, slots=True)
class PointWords:
    """The words of one situation that weigh."""

    classes: Mapping[int, int]
    """Class of words → points of each of its words."""
    needs: tuple[Cue, ...]
    """What else must stand in the text: who it is about."""


@dataclass(frozen=True, slots=True)
class Weight:
    points: int
    count: int
    """How many different words they come from."""
    words: str
    """What of the text they rest on, folded."""


def weigh(words: Sequence[Token], places: Places, found: PointWords) -> Weight:
    """The most points in one stretch of the text. A word counts once, however often it is said."""
    weighed = sorted(
        ((points, span) for cls, points in found.classes.items() for span in places.of(cls)),
        key=lambda one: (-one[0], one[1].first - one[1].last, one[1]),
    )
    if not weighed or not all(places.match(cue) for cue in found.needs):
        return Weight(0, 0, "")
    taken: set[int] = set()
    said: set[str] = set()
    kept: list[tuple[Span, int, str]] = []
    for points, span in weighed:
        text = " ".join(token.word for token in words[span.first : span.last + 1])
        if text in said or not taken.isdisjoint(range(span.first, span.last + 1)):
            continue
        taken.update(range(span.first, span.last + 1))
        said.add(text)
        kept.append((span, points, text))
    kept.sort()
    return _heaviest(words, kept)


def _heaviest(words: Sequence[Token], kept: Sequence[tuple[Span, int, str]]) -> Weight:
    best, first, total = Weight(0, 0, ""), 0, 0
    for last, (span, points, _) in enumerate(kept):
        total += points
        while words[span.first].position - words[kept[first][0].first].position > STRETCH:
            total -= kept[first][1]
            first += 1
        if total > best.points:
            best = Weight(total, last + 1 - first, ", ".join(text for _, _, text in kept[first : last + 1]))
    return best
