"""The learnt part: a linear softmax model over a reading's features, which ranks all labels; a second one,
which only tells apart kinds of labels (a rule, silence, an incident, small talk); and the nearest phrasings.
The three are mixed log-linearly.

`fitting.py` learns them; a pack too large to be fitted keeps a short list of labels for each feature
(`Sparse`), so that a question costs what its own words cost, however much the pack knows.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

import numpy as np

from knowledge.matching.arrays import Floats, Ints
from knowledge.matching.examples import Features
from knowledge.matching.features import Reading
from knowledge.matching.neighbours import Neighbours
from knowledge.pack.loading import OTHER_LABELS

KINDS = ("rule", "silence", *OTHER_LABELS)
KIND_WEIGHT = 0.5
"""Share of the second model in the mixture: tells silence from rules better than all topics added up."""
NEIGHBOUR_WEIGHT = 0.2
"""Share of the nearest phrasings in the mixture."""


@dataclass(frozen=True, slots=True)
class Dense:
    """A weight for every feature and label: rows are features."""

    table: Floats

    def scores(self, rows: Ints, values: Floats, n_columns: int) -> Floats:
        scores: Floats = values @ self.table[rows].astype(np.float32)
        return scores

    def column(self, rows: Ints, label: int) -> Floats:
        """The weights of these features for one label."""
        weights: Floats = self.table[rows, label]
        return weights


@dataclass(frozen=True, slots=True)
class Sparse:
    """The strongest weights of each feature: those of feature i are entries `starts[i]` to `starts[i + 1]`.

    With 26,000 rules a question takes 2.2 times what it takes with 26 (`make bench`).
    """

    starts: Ints
    columns: Ints
    entries: Floats

    def scores(self, rows: Ints, values: Floats, n_columns: int) -> Floats:
        places, spread = self.places(rows, values)
        weights = self.entries[places] * spread
        return np.bincount(self.columns[places], weights, minlength=n_columns).astype(np.float32)

    def column(self, rows: Ints, label: int) -> Floats:
        """The weights of these features for one label."""
        places, feature = self.places(rows, np.arange(len(rows), dtype=np.float64))
        own = self.columns[places] == label
        weights = np.bincount(feature[own].astype(np.int64), self.entries[places[own]], minlength=len(rows))
        return weights.astype(np.float32)

    def places(self, rows: Ints, values: Floats) -> tuple[Ints, Floats]:
        """The entries of these features, and each feature's value spread over its entries."""
        first = self.starts[rows]
        lengths = self.starts[rows + 1] - first
        ends = np.cumsum(lengths)
        return np.repeat(first - ends + lengths, lengths) + np.arange(ends[-1]), np.repeat(values, lengths)


@dataclass(frozen=True, slots=True)
class Model:
    """`weights` and `bias` have a column for each label and behind those one for each kind of label."""

    labels: tuple[str, ...]
    features: Features
    weights: Dense | Sparse
    bias: Floats
    neighbours: Neighbours | None = None
    """None for a counted model."""

    def probabilities(self, reading: Reading) -> Floats:
        """One number per label, 0 to 1, adding up to 1."""
        rows, values = self.features.vector(reading)
        scores = self.bias
        if len(rows):
            scores = scores + self.weights.scores(rows, values, len(self.bias))
        n_labels = len(self.labels)
        kinds = np.log(softmax(scores[n_labels:]))
        mixed: Floats = scores[:n_labels] + KIND_WEIGHT * kinds[kind_numbers(self.labels)]
        if self.neighbours:
            mixed = mixed + NEIGHBOUR_WEIGHT * self.neighbours.log_shares(rows, values)
        return softmax(mixed)

    def concept_weights(self, concepts: Collection[str], label: str) -> dict[str, float]:
        """The concepts that are known and how strongly each speaks for a label, or (below 0) against it."""
        numbers = self.features.numbers["concepts"]
        known = [concept for concept in concepts if concept in numbers]
        if label not in self.labels or not known:
            return {}
        rows = np.array([numbers[concept] for concept in known])
        return dict(zip(known, self.weights.column(rows, self.labels.index(label)).tolist(), strict=True))


def softmax(scores: Floats) -> Floats:
    """Scores as probabilities."""
    powers: Floats = np.exp(scores - scores.max())
    probabilities: Floats = powers / powers.sum()
    return probabilities


@cache
def kind_numbers(labels: tuple[str, ...]) -> Ints:
    """The kind of each label, as its place in `KINDS`."""
    kinds = ["silence" if "/" in label else label if label in OTHER_LABELS else "rule" for label in labels]
    return np.array([KINDS.index(kind) for kind in kinds])
