"""What the model sees of a question: words and word pairs, pieces of words, concepts and concept pairs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from knowledge.language.lexicon import Lexicon
from knowledge.language.words import Vocabulary, split, stem

Block = Literal["words", "pieces", "concepts"]
BLOCKS: tuple[Block, ...] = ("words", "pieces", "concepts")
BLOCK_WEIGHTS: Mapping[Block, float] = {"words": 1.0, "pieces": 1.0, "concepts": 0.6}
"""How much each kind of evidence counts: the values of the study that this design comes from; concept pairs
must weigh less than words.
"""
PIECE_LENGTHS = (3, 4, 5)
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
    """Per block but `pieces`, which follow from the words: feature → how often it occurs."""


def pieces(word: str) -> tuple[str, ...]:
    """The letter groups of a word, with its edges marked by spaces."""
    padded = f" {word} "
    found = [padded[i : i + n] for n in PIECE_LENGTHS for i in range(len(padded) - n + 1)]
    return tuple(found)


class Reader:
    """Turns text into a `Reading` with the pack's lexicon and vocabulary."""

    def __init__(self, lexicon: Lexicon, vocabulary: Vocabulary) -> None:
        self.lexicon = lexicon
        self.vocabulary = vocabulary

    def words(self, text: str) -> tuple[str, ...]:
        """The words of a text, normalised and repaired."""
        return self._repaired(split(text))

    def read(self, text: str) -> Reading:
        return self.read_words(split(text))

    def read_words(self, typed: Sequence[str]) -> Reading:
        """The reading of a text that was split already."""
        words = self._repaired(typed)
        concepts = self.lexicon.find(words)
        return Reading(words, concepts, self._features(words, concepts))

    def _repaired(self, typed: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.vocabulary.repair(word) for word in typed)

    def _features(self, words: Sequence[str], concepts: Mapping[str, str]) -> dict[Block, Counter[str]]:
        stems = [stem(word) for word in words]
        word_features = Counter(stems)
        word_features.update(f"{a} {b}" for a, b in pairwise(stems))
        for word in words:
            if word not in self.vocabulary:
                word_features.update(stem(part) for part in self.vocabulary.parts(word))
        names = sorted([*concepts, self._subject(words)])
        concept_features = Counter(names)
        concept_features.update(f"{a}+{b}" for i, a in enumerate(names) for b in names[i + 1 :])
        return {"words": word_features, "concepts": concept_features}

    def _subject(self, words: Sequence[str]) -> str:
        """Who acts, as a feature: the first kind of person named early in the question."""
        for word in words[:SUBJECT_WITHIN]:
            named = self.lexicon.of_word(word)
            for actor in ACTORS:
                if actor in named:
                    return "subject:STAFF" if actor == "COLLEAGUE" else f"subject:{actor}"
        return "subject:none"
