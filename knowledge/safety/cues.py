"""Cues: small patterns over classes of words, and finding them in folded words.

A cue is written on one line:

    PUPIL & HIT & PARENT     all three, in any order, within `WINDOW` words of each other
    wil .. dood              in this order, at most `GAP` words between; `...` allows `WIDE_GAP`
    wil|wilt dood            either word; a name in capitals is a class from the words file
    laat_zien|toont          an alternative of several words, joined by _; a last $ is the end of the clause
    zelfmoord*  *moord       the beginning, or the end, of a word
    HIT & PUPIL - FICTION    not where a word of FICTION stands in or just around it

An idiom may end in `>>`: then it covers the rest of its clause too.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from knowledge.safety.folding import Token

WINDOW = 18
"""How far apart, in words, the parts of a cue joined by & may stand."""
GAP = 4
WIDE_GAP = 12
AROUND = 4
"""How many words around a cue are searched for what cancels it."""
COVERED = 14
"""How many words an idiom that ends in >> covers at most."""
MIN_SUFFIX = 4
CLAUSE_END = "$"


class CueError(ValueError):
    """A cue or form that cannot be read; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Cue:
    text: str
    """As it was written."""
    parts: tuple[tuple[Step, ...], ...]
    """Each part is matched in order; the parts in any order."""
    unless: tuple[int, ...]
    covers_clause: bool


class Step(NamedTuple):
    """One element of a part: any of these classes, after at most so many words."""

    classes: tuple[int, ...]
    gap: int


class Span(NamedTuple):
    """Where something stands: numbers of the first and last word."""

    first: int
    last: int


class Match(NamedTuple):
    spans: tuple[Span, ...]
    """Of each part of the cue."""

    @property
    def whole(self) -> Span:
        return Span(min(span.first for span in self.spans), max(span.last for span in self.spans))


class _Form(NamedTuple):
    cls: int
    rest: tuple[tuple[str, int], ...]
    """What follows the first word: pattern and gap."""


class Grammar:
    """The classes of words and the cues made of them; reads cues, and finds classes and cues in words."""

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        """`classes`: name → forms; a form in capitals takes in another class. Raises `CueError` for a form that cannot be read."""
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, list[_Form]] = {}
        self._prefix: dict[str, list[_Form]] = {}
        self._suffix: dict[str, list[_Form]] = {}
        self._starting: dict[str, tuple[_Form, ...]] = {}
        self.words: set[str] = set()
        """Every word that a form or cue spells out, prefixes included."""
        self._classes = classes
        for name in classes:
            number = self._number(name)
            for form in self._forms(name, ()):
                self._enter(number, form)

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(self._classes)

    def knows(self, word: str) -> bool:
        """Whether some form has this word, or its beginning or end."""
        return bool(self._forms_of(word))

    def cue(self, text: str) -> Cue:
        """Read a cue. Raises `CueError`."""
        wanted, *cancelled = text.split(" - ")
        covers = wanted.rstrip().endswith(">>")
        parts = tuple(self._part(part) for part in wanted.replace(">>", " ").split(" & "))
        unless = tuple(number for name in cancelled for piece in name.split() for number in self._element(piece))
        return Cue(text, parts, unless, covers)

    def find(self, words: Sequence[Token]) -> Places:
        """Where each class stands."""
        places: dict[int, list[Span]] = {}
        texts = [token.word for token in words]
        last_of_clause = {at for at in range(len(words)) if at + 1 == len(words) or words[at].clause != words[at + 1].clause}
        for first, word in enumerate(texts):
            for form in self._forms_of(word):
                last = first if not form.rest else _follow(form.rest, texts, first, last_of_clause)
                if last >= 0:
                    places.setdefault(form.cls, []).append(Span(first, last))
        return Places(words, places)

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def _forms(self, name: str, above: tuple[str, ...]) -> Iterator[str]:
        for form in self._classes[name]:
            if not form.isupper() or form.isdigit():
                yield form
            elif form not in self._classes:
                raise CueError(f'{name} takes in "{form}", but there is no such class')
            elif form in above:
                raise CueError(f"{name} and {form} take in each other")
            else:
                yield from self._forms(form, (*above, name))

    def _enter(self, number: int, form: str) -> None:
        pieces = list(_pieces(form))
        if not pieces:
            raise CueError(f'"{form}" has no words')
        (first, _), rest = pieces[0], tuple(pieces[1:])
        table = self._prefix if first.endswith("*") else self._suffix if first.startswith("*") else self._exact
        entry = _Form(number, rest)
        entries = table.setdefault(first.strip("*"), [])
        if entry not in entries:
            entries.append(entry)
        self.words.update(piece.strip("*") for piece, _ in pieces)
        self._starting.clear()

    def _part(self, text: str) -> tuple[Step, ...]:
        steps: list[Step] = []
        gap = 0
        for piece in text.split():
            if piece in ("..", "..."):
                gap = GAP if piece == ".." else WIDE_GAP
            else:
                steps.append(Step(self._element(piece), gap))
                gap = 0
        if not steps:
            raise CueError(f'"{text}" has no words')
        return tuple(steps)

    def _element(self, piece: str) -> tuple[int, ...]:
        numbers = []
        for name in piece.split("|"):
            name = name if name.isupper() else name.replace("_", " ")
            if name.isupper() and not name.isdigit():
                if name not in self._classes:
                    raise CueError(f'there is no class "{name}"')
            elif not name.strip("*"):
                raise CueError(f'"{piece}" has an empty word')
            elif name not in self._numbers:
                self._number(name)
                self._enter(self._numbers[name], name)
            numbers.append(self._number(name))
        return tuple(numbers)

    def _forms_of(self, word: str) -> tuple[_Form, ...]:
        found = self._starting.get(word)
        if found is None:
            forms = list(self._exact.get(word, ()))
            for end in range(1, len(word) + 1):
                forms += self._prefix.get(word[:end], ())
            for start in range(1, len(word) - MIN_SUFFIX + 1):
                forms += self._suffix.get(word[start:], ())
            found = tuple(forms)
            if len(self._starting) < 20_000:
                self._starting[word] = found
        return found


class Places:
    """The classes found in one text, and the cues that they make."""

    def __init__(self, words: Sequence[Token], places: Mapping[int, list[Span]]) -> None:
        self._words = words
        self._places = places
        self._firsts: dict[int, list[int]] = {}

    def without(self, covered: Sequence[bool]) -> Places:
        """The same without what stands wholly or partly on covered words."""
        kept = {
            cls: left
            for cls, spans in self._places.items()
            if (left := [span for span in spans if not any(covered[span.first : span.last + 1])])
        }
        return Places(self._words, kept)

    def match(self, cue: Cue) -> Match | None:
        """The first place where the cue stands."""
        return next(self.matches(cue), None)

    def matches(self, cue: Cue) -> Iterator[Match]:
        if not all(any(cls in self._places for cls in step.classes) for part in cue.parts for step in part):
            return
        if len(cue.parts) == 1:
            found: Iterable[Match] = (Match((span,)) for span in self._sequences(cue.parts[0]))
        else:
            found = self._together([list(self._sequences(part)) for part in cue.parts])
        for match in found:
            if not self._cancelled(cue, match.whole):
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

    def numbers(self, classes: Iterable[int]) -> set[int]:
        """The numbers of the first words of these classes."""
        return {span.first for cls in classes for span in self._places.get(cls, ())}

    def _sequences(self, part: Sequence[Step]) -> Iterator[Span]:
        for span in self._any(part[0]):
            last = self._rest(part, 1, span.last)
            if last >= 0:
                yield Span(span.first, last)

    def _rest(self, part: Sequence[Step], at: int, after: int) -> int:
        """The last word of the steps from `at` on when the one before ends at word `after`; -1 where they do not follow."""
        if at == len(part):
            return after
        here = self._words[after].position
        for span in self._any(part[at], after + 1):
            if self._words[span.first].position - here - 1 > part[at].gap + (1 if part[at].gap else 0):
                return -1
            last = self._rest(part, at + 1, span.last)
            if last >= 0:
                return last
        return -1

    def _any(self, step: Step, start: int = 0) -> Iterator[Span]:
        """The places of a step's classes from word `start` on, in order."""
        if len(step.classes) == 1:
            spans = self._places.get(step.classes[0], [])
        else:
            spans = sorted(span for cls in step.classes for span in self._places.get(cls, ()))
        for number in range(bisect_left(spans, (start, 0)), len(spans)):
            yield spans[number]

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
        """The nearest of the spans within the window, on words of its own."""
        best: Span | None = None
        least = WINDOW + 1
        start = bisect_left(spans, (to.first - WINDOW, 0))
        for span in spans[start:]:
            if span.first > to.last + WINDOW:
                break
            if _overlap(span, to) or any(_overlap(span, other) for other in taken):
                continue
            between = self._words[max(span.first, to.first)].position - self._words[min(span.last, to.last)].position
            if between < least:
                best, least = span, between
        return best

    def _cancelled(self, cue: Cue, whole: Span) -> bool:
        if not cue.unless:
            return False
        first, last = self._words[whole.first].position - AROUND, self._words[whole.last].position + AROUND
        return any(
            first <= self._words[span.first].position <= last for cls in cue.unless for span in self._places.get(cls, ())
        )


def _overlap(one: Span, other: Span) -> bool:
    """Whether two spans share an end. One may lie in a gap of the other: "heeft [een strip pillen] op"."""
    return not {one.first, one.last}.isdisjoint((other.first, other.last))


def _pieces(form: str) -> Iterator[tuple[str, int]]:
    gap = 0
    for piece in form.split():
        if piece == "..":
            gap = GAP
        elif piece == "...":
            gap = WIDE_GAP
        elif piece.strip("*"):
            yield piece, gap
            gap = 0


def _fits(pattern: str, word: str) -> bool:
    if pattern.endswith("*"):
        return word.startswith(pattern[:-1])
    return word.endswith(pattern[1:]) if pattern.startswith("*") else word == pattern


def _follow(rest: tuple[tuple[str, int], ...], words: Sequence[str], at: int, last_of_clause: Set[int]) -> int:
    """The number of the last word when the rest of a form follows the word `at`; -1 where it does not."""
    for pattern, gap in rest:
        if pattern == CLAUSE_END:
            if at not in last_of_clause:
                return -1
            continue
        for number in range(at + 1, min(at + 2 + gap, len(words))):
            if _fits(pattern, words[number]):
                at = number
                break
        else:
            return -1
    return at
