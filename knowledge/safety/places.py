"""Where classes of words stand in one text, and the cues that they make there."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.safety.folding import Token

AROUND = 4
"""How many words around a cue are searched for what cancels it."""
COVERED = 14
"""How many words an idiom that ends in >> covers at most."""
MOST_SPANS = 60
"""Places of one step that are tried: a text that repeats a word more often says it no better."""


class Span(NamedTuple):
    """Where something stands: numbers of its first and last word."""

    first: int
    last: int


class Step(NamedTuple):
    """One element of a part: any of these classes, after at most so many words."""

    classes: tuple[int, ...]
    gap: int


@dataclass(frozen=True, slots=True)
class Cue:
    text: str
    """As it was written."""
    parts: tuple[tuple[Step, ...], ...]
    """Each part is matched in order; the parts in any order."""
    unless: tuple[int, ...]
    """Classes that cancel it."""
    covers_clause: bool
    needs: tuple[int, ...]
    """For every step a bit mask of its classes: a text without one of them cannot match."""


class Match(NamedTuple):
    spans: tuple[Span, ...]
    """Of each part of the cue."""

    @property
    def whole(self) -> Span:
        return Span(min(span.first for span in self.spans), max(span.last for span in self.spans))


class Places:
    """The classes found in one text."""

    def __init__(self, words: Sequence[Token], places: Mapping[int, list[Span]], window: int) -> None:
        """`window`: how many words apart the parts of a cue may stand."""
        self._words = words
        self._places = places
        self._window = window
        self._present = sum(1 << cls for cls in places)
        self._steps: dict[tuple[int, ...], list[Span]] = {}

    def without(self, covered: Sequence[bool]) -> Places:
        """The same without what stands on covered words, wholly or in part."""
        kept = {
            cls: left
            for cls, spans in self._places.items()
            if (left := [span for span in spans if not any(covered[span.first : span.last + 1])])
        }
        return Places(self._words, kept, self._window)

    def match(self, cue: Cue) -> Match | None:
        """The first place of the cue."""
        return next(self.matches(cue), None)

    def matches(self, cue: Cue) -> Iterator[Match]:
        """Every place of the cue."""
        present = self._present
        for need in cue.needs:
            if not need & present:
                return
        if len(cue.parts) == 1:
            found: Iterable[Match] = (Match((span,)) for span in self._sequences(cue.parts[0]))
        else:
            found = self._together([list(self._sequences(part)) for part in cue.parts])
        for match in found:
            if not self._is_cancelled(cue, match.whole):
                yield match

    def covered(self, cue: Cue, match: Match, ends: Sequence[bool]) -> Iterator[int]:
        """The numbers of the words that an idiom covers. `ends`: words before which a covered clause ends."""
        for span in match.spans:
            yield from range(span.first, span.last + 1)
        if not cue.covers_clause:
            return
        last = match.whole.last
        clause = self._words[last].clause
        for number in range(last + 1, min(last + 1 + COVERED, len(self._words))):
            if self._words[number].clause != clause or ends[number]:
                return
            yield number

    def of(self, cls: int) -> Sequence[Span]:
        """Where one class stands."""
        return self._places.get(cls, ())

    def class_places(self, first: int, end: int) -> Iterator[tuple[int, int]]:
        """Class and first word of everything that begins in the words from `first` to before `end`."""
        for cls, spans in self._places.items():
            for number in range(bisect_left(spans, (first, 0)), len(spans)):
                if spans[number].first >= end:
                    break
                yield cls, spans[number].first

    def first_words(self, classes: Iterable[int]) -> set[int]:
        """The numbers of the first words of these classes."""
        return {span.first for cls in classes for span in self._places.get(cls, ())}

    def _sequences(self, part: Sequence[Step]) -> Iterator[Span]:
        """Where the steps of a part follow each other."""
        for span in self._of(part[0]):
            last = self._rest(part, 1, span.last)
            if last >= 0:
                yield Span(span.first, last)

    def _rest(self, part: Sequence[Step], at: int, after: int) -> int:
        """The last word of the steps from `at` on, if they follow the word `after`; else -1."""
        if at == len(part):
            return after
        gap = part[at].gap
        furthest = self._words[after].position + 1 + gap + (1 if gap else 0)
        spans = self._of(part[at])
        for number in range(bisect_left(spans, (after + 1, 0)), len(spans)):
            span = spans[number]
            if self._words[span.first].position > furthest:
                return -1
            last = self._rest(part, at + 1, span.last)
            if last >= 0:
                return last
        return -1

    def _of(self, step: Step) -> list[Span]:
        """The places of a step's classes, in order."""
        found = self._steps.get(step.classes)
        if found is None:
            found = sorted({span for cls in step.classes for span in self._places.get(cls, ())})
            if len(found) > MOST_SPANS:
                found = found[: MOST_SPANS // 2] + found[-MOST_SPANS // 2 :]
            self._steps[step.classes] = found
        return found

    def _together(self, parts: list[list[Span]]) -> Iterator[Match]:
        """Every way in which the rarest part has all others near."""
        if not all(parts):
            return
        rarest = min(range(len(parts)), key=lambda number: len(parts[number]))
        for span in parts[rarest]:
            chosen: list[Span] = []
            for number, others in enumerate(parts):
                near = span if number == rarest else self._nearest(span, others, chosen)
                if near is None:
                    break
                chosen.append(near)
            else:
                yield Match(tuple(chosen))

    def _nearest(self, to: Span, spans: list[Span], taken: list[Span]) -> Span | None:
        """The nearest of the spans within the window that shares no end with one taken before."""
        best: Span | None = None
        least = self._window + 1
        for number in range(bisect_left(spans, (to.first - self._window, 0)), len(spans)):
            span = spans[number]
            if span.first > to.last + self._window:
                break
            if _shares_end(span, to) or any(_shares_end(span, other) for other in taken):
                continue
            first, last = max(span.first, to.first), min(span.last, to.last)
            between = self._words[first].position - self._words[last].position
            if between < least:
                best, least = span, between
        return best

    def _is_cancelled(self, cue: Cue, whole: Span) -> bool:
        if not cue.unless:
            return False
        first, last = self._words[whole.first].position - AROUND, self._words[whole.last].position + AROUND
        return any(
            first <= self._words[span.first].position <= last
            for cls in cue.unless
            for span in self._places.get(cls, ())
        )


def _shares_end(one: Span, other: Span) -> bool:
    """One may lie in a gap of the other: "heeft [een strip pillen] op"."""
    return not {one.first, one.last}.isdisjoint((other.first, other.last))
