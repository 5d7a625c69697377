"""What the model sees of a question: words and word pairs, pieces of words, concepts and concept pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from sys import intern
from typing import Literal

from knowledge.language.lexicon import Lexicon
from knowledge.language.words import Vocabulary, split, stem

Block = Literal["words", "pieces", "concepts"]
BLOCKS: tuple[Block, ...] = ("words", "pieces", "concepts")
BLOCK_WEIGHTS: Mapping[Block, float] = {"words": 1.0, "pieces": 1.0, "concepts": 0.6}
"""How much each kind of evidence counts: the values of the study that this design comes from; concept pairs
must weigh less than words.
"""
PIECE_LENGTH = 4
"""Letters, word edges included. Lengths 3, 4 and 5 together cost twice the features and understand no more
(docs/understanding.md).
"""
SUBJECT_WITHIN = 8
"""Words from the start among which the acting person is looked for."""
ACTORS = ("PUPIL", "PARENT", "COLLEAGUE", "STAFF", "MANAGER", "BOARD", "SELF", "WE", "NEIGHBOUR")


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as understood before anything is ranked."""

    words: tuple[str, ...]
    """Normalised and repaired."""
    concepts: Mapping[str, str]
    """Concept → the words that carry it."""
    features: Mapping[Block, Mapping[str, int]]
    """Per block: feature → how often it occurs."""


@lru_cache(maxsize=20_000)
def pieces(word: str) -> tuple[str, ...]:
    """The letter groups of a word, with its edges marked by spaces."""
    padded = f" {word} "
    return tuple([intern(padded[i : i + PIECE_LENGTH]) for i in range(len(padded) - PIECE_LENGTH + 1)])


class Reader:
    """Turns text into a `Reading` with the pack's lexicon and vocabulary."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.lexicon = lexicon
        self.vocabulary = vocabulary

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text, normalised and repaired."""
        return self.repair(split(text))

    def read(self, text: str) -> Reading:
        return self.read_words(split(text))

    def read_words(self, typed: Sequence[str]) -> Reading:
        """The reading of a text that was split already."""
        words = self.repair(typed)
        concepts = self.lexicon.find(words)
        return Reading(words, concepts, self._features(words, concepts))

    def repair(self, typed: Sequence[str]) -> tuple[str, ...]:
        """The words with misspelt ones repaired."""
        return tuple([self.vocabulary.repair(word) for word in typed])

    def _features(self, words: Sequence[str], concepts: Mapping[str, str]) -> dict[Block, Counter[str]]:
        stems = [stem(word) for word in words]
        found = stems + [f"{first} {second}" for first, second in pairwise(stems)]
        for word in words:
            if word not in self.vocabulary:
                found += [stem(part) for part in self.vocabulary.parts(word)]
        names = sorted([*concepts, self._subject(words)])
        pairs = [f"{first}+{second}" for first, second in combinations(names, 2)]
        return {
            "words": Counter(found),
            "pieces": Counter([piece for word in words for piece in pieces(word)]),
            "concepts": Counter(names + pairs),
        }

    def _subject(self, words: Sequence[str]) -> str:
        """Who acts, as a feature: the first kind of person named early in the question."""
        for word in words[:SUBJECT_WITHIN]:
            named = self.lexicon.of_word(word)
            for actor in ACTORS:
                if actor in named:
                    return "subject:STAFF" if actor == "COLLEAGUE" else f"subject:{actor}"
        return "subject:none"
