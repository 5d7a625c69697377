"""The nearest phrasings: which labels the known phrasings with the most words in common have.

A second opinion beside the linear model, which weighs words apart from each other. On voices left out it
takes away a third of the wrong answers, for 0.3 ms a question and 4 MB (docs/understanding.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from knowledge.matching.arrays import Floats, Ints
from knowledge.matching.examples import Examples

NEAREST = 30
"""Phrasings that are looked at."""
SPREAD = 0.05
"""How much less like the question (cosine) a phrasing may be than the nearest one and still count by 1/e."""
UNSEEN = 0.003
"""Share of a label that none of the nearest phrasings has."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """By word feature, the phrasings that have it: those of feature i are the entries `starts[i]` to
    `starts[i + 1]`.
    """

    n_labels: int
    targets: Ints
    """The number of each phrasing's label."""
    starts: Ints
    phrasings: Ints
    weights: Floats
    """Of the feature in the phrasing, whose word features together have length 1."""

    def log_shares(self, rows: Ints, values: Floats) -> Floats:
        """For each label the logarithm of its share among the nearest phrasings of this vector."""
        shares = np.full(self.n_labels, UNSEEN)
        words = rows < len(self.starts) - 1
        rows, values = rows[words], values[words]
        if len(rows):
            first = self.starts[rows]
            lengths = self.starts[rows + 1] - first
            ends = np.cumsum(lengths)
            places = np.repeat(first - ends + lengths, lengths) + np.arange(ends[-1])
            products = self.weights[places] * np.repeat(values, lengths)
            likeness = np.bincount(self.phrasings[places], products, minlength=len(self.targets))
            nearest = np.argpartition(-likeness, min(NEAREST, len(likeness)) - 1)[:NEAREST]
            likeness = likeness[nearest]
            near = np.exp((likeness - likeness.max()) / SPREAD)
            shares += np.bincount(self.targets[nearest], near / near.sum(), minlength=self.n_labels)
        logarithms: Floats = np.log(shares / shares.sum()).astype(np.float32)
        return logarithms


def collect_neighbours(examples: Examples) -> Neighbours:
    """The word features of all examples, by feature."""
    n_words = len(examples.features.numbers["words"])  # numbered first
    words = examples.rows < n_words
    rows = examples.rows[words]
    order = np.argsort(rows, kind="stable")
    phrasings = np.repeat(np.arange(len(examples), dtype=np.int32), np.diff(examples.starts))[words]
    starts = np.searchsorted(rows[order], np.arange(n_words + 1)).astype(np.int32)
    weights = examples.values[words][order].astype(np.float16)
    return Neighbours(len(examples.labels), examples.targets, starts, phrasings[order], weights)
