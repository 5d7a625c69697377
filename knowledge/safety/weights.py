"""Weighted cues: how much each word, part of a word and pair of classes speaks for danger, and for which.

The rules of safety_cues.yaml find what is said plainly. These weights, learnt from the examples under
`knowledge/common/safety_examples/` by `training.py`, find the many other ways in which people say it. They
are a table that comes with the program: no index, no numpy, the same answer on every machine.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from knowledge.safety.folding import Token
from knowledge.safety.places import Places

FILE = Path(__file__).parent.parent / "common" / "safety_weights.tsv"
WINDOW_WORDS = 26
"""Sentences are scored together up to this many words, so that danger in a long story is not drowned."""
NEAR = 9
"""Words within which two classes count as a pair."""
MOST_WORDS = 500
GRAMS = (3, 4, 5)
CATEGORIES = "AVMSOREXNKTHP"
"""The letters of the situations that examples are labelled with."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What the weights say of a text."""

    danger: float
    """Probability, 0 to 1."""
    category: str
    """The likeliest, a letter of `CATEGORIES`."""
    window: tuple[int, int]
    """First and one-past-last word of what it rests on."""


@dataclass(frozen=True, slots=True)
class Weights:
    bias: float
    danger: Mapping[str, float]
    """Feature → weight, in log odds."""
    categories: Mapping[str, tuple[float, ...]]
    """Feature → a weight for each of `CATEGORIES`."""

    def hear(self, words: Sequence[Token], places: Places, names: Sequence[str]) -> Heard | None:
        """The window that speaks most for danger; None for a text without words."""
        best: Heard | None = None
        for window in windows(words):
            found = features(words, places, names, window)
            score = self.bias + sum(self.danger.get(feature, 0.0) for feature in found)
            danger = 1 / (1 + math.exp(-max(-30.0, min(30.0, score))))
            if best is None or danger > best.danger:
                best = Heard(danger, self._category(found), window)
        return best

    def _category(self, found: frozenset[str]) -> str:
        scores = [0.0] * len(CATEGORIES)
        for feature in found:
            for number, weight in enumerate(self.categories.get(feature, ())):
                scores[number] += weight
        return CATEGORIES[max(range(len(scores)), key=scores.__getitem__)]


def load(path: Path = FILE) -> Weights:
    """A line each: feature, weight for danger, weights for the categories. Raises `OSError`, `ValueError`."""
    danger: dict[str, float] = {}
    categories: dict[str, tuple[float, ...]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        feature, weight, rest = line.split("\t")
        danger[feature] = float(weight)
        if rest:
            categories[feature] = tuple(map(float, rest.split(" ")))
    return Weights(danger.pop("bias"), danger, categories)


def windows(words: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """First and one-past-last word of each window: sentences, joined while they are short."""
    length = min(len(words), MOST_WORDS)
    starts = [0] + [
        number for number in range(1, length) if words[number].position - words[number - 1].position > 3
    ]
    bounds = [*starts, length]
    for at, start in enumerate(starts):
        end = bounds[at + 1]
        for further in bounds[at + 2 :]:
            if further - start > WINDOW_WORDS:
                break
            end = further
        for first in range(start, end, WINDOW_WORDS // 2):
            yield first, min(first + WINDOW_WORDS, end)


def features(
    words: Sequence[Token], places: Places, names: Sequence[str], window: tuple[int, int]
) -> frozenset[str]:
    """What stands in a window: words, groups of letters, neighbours, classes, and classes near each other."""
    first, end = window
    found: set[str] = set()
    texts = [token.word for token in words[first:end]]
    for number, text in enumerate(texts):
        found.add(f"w:{text}")
        if number:
            found.add(f"b:{texts[number - 1]} {text}")
        if number > 1:
            found.add(f"s:{texts[number - 2]} {text}")
        framed = f"<{text}>"
        for size in GRAMS:
            found.update(f"g:{framed[at : at + size]}" for at in range(len(framed) - size + 1))
    classes = sorted((at, names[cls]) for cls, at in places.class_places(first, end) if cls < len(names))
    for number, (at, name) in enumerate(classes):
        found.add(f"c:{name}")
        for later, other in classes[number + 1 : number + 25]:
            if later - at > NEAR:
                break
            if other != name:
                found.add(f"n:{name} {other}")
    return frozenset(found)
