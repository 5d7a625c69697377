"""Cues: small patterns over classes of words.

A cue is written on one line:

    PUPIL & HIT & PARENT     all three, in any order, within `WINDOW` words of each other
    wil .. dood              in this order, at most `GAP` words between; `...` allows `WIDE_GAP`
    wil|wilt dood            either word; a name in capitals is a class from the words file
    laat_zien|toont          an alternative of several words, joined by _; a last $ is the end of the clause
    zelfmoord*  *moord       the beginning, or the end, of a word
    HIT & PUPIL - FICTION    not if a word of FICTION stands in or just around it

An idiom may end in `>>`: then it covers the rest of its clause too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from typing import NamedTuple

from knowledge.safety.folding import Token
from knowledge.safety.places import Cue, Places, Span, Step

WINDOW = 18
"""How far apart, in words, the parts of a cue joined by & may stand."""
GAP = 4
WIDE_GAP = 12
MIN_SUFFIX = 4
"""Letters that the known end of a word must have."""
CLAUSE_END = "$"
CACHE_SIZE = 20_000


class CueError(ValueError):
    """A cue or form that cannot be read; the message says what is wrong."""


class _Form(NamedTuple):
    cls: int
    rest: tuple[tuple[str, int], ...]
    """What follows the first word: pattern and gap."""
    needs: str
    """A word of the rest that the text must have, "" for none: it spares looking further."""


class Grammar:
    """The classes of words and the cues made of them: reads cues, and finds classes in words."""

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        """`classes`: name → forms; a form in capitals includes another class. Raises `CueError`."""
        self._numbers: dict[str, int] = {}
        self._exact: dict[str, list[_Form]] = {}
        self._prefix: dict[str, list[_Form]] = {}
        self._suffix: dict[str, list[_Form]] = {}
        self._starting: dict[str, tuple[_Form, ...]] = {}
        self.words: set[str] = set()
        """Every word that a form or cue spells out, beginnings and ends included."""
        self._classes = classes
        for name in classes:
            number = self._number(name)
            for form in self._forms(name, ()):
                self._enter(number, form)

    def number(self, name: str) -> int:
        """The number of a class. Raises `KeyError`."""
        return self._numbers[name]

    @property
    def class_names(self) -> tuple[str, ...]:
        return tuple(self._classes)

    def knows(self, word: str) -> bool:
        """Whether some form starts with this word, or with its beginning or end."""
        return bool(self._forms_of(word))

    def cue(self, text: str) -> Cue:
        """Read a cue. Raises `CueError`."""
        wanted, *cancelled = text.split(" - ")
        covers = wanted.rstrip().endswith(">>")
        parts = tuple(self._part(part) for part in wanted.replace(">>", " ").split(" & "))
        unless = tuple(
            number for name in cancelled for piece in name.split() for number in self._element(piece)
        )
        needs = tuple(sum(1 << cls for cls in set(step.classes)) for part in parts for step in part)
        return Cue(text, parts, unless, covers, needs)

    def find(self, words: Sequence[Token]) -> Places:
        """Where each class stands."""
        places: dict[int, list[Span]] = {}
        texts = [token.word for token in words]
        present = set(texts)
        ends = {
            at for at in range(len(words)) if at + 1 == len(words) or words[at].clause != words[at + 1].clause
        }
        for first, word in enumerate(texts):
            for form in self._forms_of(word):
                if form.needs and form.needs not in present:
                    continue
                last = first if not form.rest else _follow(form.rest, texts, first, ends)
                if last >= 0:
                    places.setdefault(form.cls, []).append(Span(first, last))
        return Places(words, places, WINDOW)

    def _number(self, name: str) -> int:
        return self._numbers.setdefault(name, len(self._numbers))

    def _forms(self, name: str, above: tuple[str, ...]) -> Iterator[str]:
        for form in self._classes[name]:
            if not form.isupper():
                yield form
            elif form not in self._classes:
                raise CueError(f'{name} includes "{form}", but there is no such class')
            elif form in above:
                raise CueError(f'{name} and "{form}" include each other')
            else:
                yield from self._forms(form, (*above, name))

    def _enter(self, number: int, form: str) -> None:
        pieces = list(_pieces(form))
        if not pieces:
            raise CueError(f'"{form}" has no words')
        (first, _), rest = pieces[0], tuple(pieces[1:])
        table = (
            self._prefix if first.endswith("*") else self._suffix if first.startswith("*") else self._exact
        )
        whole = (piece for piece, _ in rest if "*" not in piece and piece != CLAUSE_END)
        entry = _Form(number, rest, next(whole, ""))
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
        for written in piece.split("|"):
            name = written if written.isupper() else written.replace("_", " ")
            if name.isupper():
                if name not in self._classes:
                    raise CueError(f'there is no class "{name}"')
            elif not name.strip("* "):
                raise CueError(f'"{piece}" has an empty word')
            elif name not in self._numbers:
                self._enter(self._number(name), name)
            numbers.append(self._number(name))
        return tuple(numbers)

    def _forms_of(self, word: str) -> tuple[_Form, ...]:
        """The forms that this word can begin."""
        found = self._starting.get(word)
        if found is None:
            forms = list(self._exact.get(word, ()))
            for end in range(1, len(word) + 1):
                forms += self._prefix.get(word[:end], ())
            for start in range(1, len(word) - MIN_SUFFIX + 1):
                forms += self._suffix.get(word[start:], ())
            found = tuple(forms)
            if len(self._starting) < CACHE_SIZE:
                self._starting[word] = found
        return found


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


def _follow(rest: tuple[tuple[str, int], ...], words: Sequence[str], at: int, ends: Set[int]) -> int:
    """The number of the last word when the rest of a form follows the word `at`; -1 if it does not."""
    for pattern, gap in rest:
        if pattern == CLAUSE_END:
            if at not in ends:
                return -1
            continue
        for number in range(at + 1, min(at + 2 + gap, len(words))):
            if _fits(pattern, words[number]):
                at = number
                break
        else:
            return -1
    return at
