"""The learnt part: a linear softmax model over a reading's features.

Up to `DENSE_CELLS` weights it is fitted on the phrasings (AdaGrad, fixed seed); a larger pack is counted
instead, which takes one pass and keeps for each feature a short list of labels, so that a question costs what
its own words cost, however much the pack knows.
"""

from __future__ import annotations

import math
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, compress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.matching.features import BLOCK_WEIGHTS, BLOCKS, Block, Reading, pieces
from knowledge.matching.numbering import Numbering
from knowledge.matching.weight_file import Filed

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Progress = Callable[[float], None]
"""Hears how far the work is, 0 to 1."""

RUNS = 2
"""Fits from different seeds, averaged: what one order of the examples happens to favour evens out."""
EPOCHS = 6
LEARNING_RATE = 0.5
REGULARISATION = 20.0
"""C: larger trusts the phrasings more."""
MIN_PHRASINGS: Mapping[Block, int] = {"words": 2, "pieces": 3, "concepts": 2}
"""A feature met in fewer phrasings is left out."""
DENSE_CELLS = 40_000_000
"""Features × labels up to which the model is fitted; beyond it is counted."""
LABELS_PER_FEATURE = 128
"""A feature of a counted model keeps its strongest labels only; this bounds the cost of a question."""
COUNTED_SCALE = 24.0
"""Brings the scores of a counted model to the range in which chances tell something."""
NEGLIGIBLE = 0.004
"""Errors of a label below this are not worth a step while fitting."""


class Features:
    """The numbered features of a pack, and a reading as numbers."""

    def __init__(self, numbering: Mapping[Block, Numbering], rarity: Floats) -> None:
        self.numbering = numbering
        self.rarity = rarity
        """Inverse document frequency by number."""
        self._met: dict[Block, dict[str, int]] = {block: {} for block in BLOCKS}
        self._pieces: dict[str, array[int]] = {}

    def __len__(self) -> int:
        return len(self.rarity)

    def vector(self, reading: Reading) -> tuple[Ints, Floats]:
        """Numbers and values of the reading's known features; each block is scaled to its own fixed
        length.
        """
        rows: list[int] = []
        counts: list[int] = []
        ends: list[int] = []
        for block in BLOCKS:
            found = (
                self._pieces_of(reading.words)
                if block == "pieces"
                else self._known(reading.features[block], block)
            )
            rows += found.keys()
            counts += found.values()
            ends.append(len(rows))
        numbers = np.array(rows, np.int32)
        values = (1.0 + np.log(np.array(counts, np.float32))) * self.rarity[numbers]
        start = 0
        for block, end in zip(BLOCKS, ends, strict=True):
            if end > start:
                part = values[start:end]
                part *= BLOCK_WEIGHTS[block] / math.sqrt(float(part @ part))
            start = end
        return numbers, values

    def _known(self, features: Mapping[str, int], block: Block) -> Mapping[int, int]:
        """Number → count. Kept per feature: people use the same words and name the same things again and
        again.
        """
        met = self._met[block]
        new = [feature for feature in features if feature not in met]
        numbers = dict(zip(new, self.numbering[block].find(new).tolist(), strict=True)) if new else {}
        found = {
            row: count
            for feature, count in features.items()
            if (row := met.get(feature, numbers.get(feature, -1))) >= 0
        }
        if len(met) < 10_000:
            met.update(numbers)
        return found

    def _pieces_of(self, words: Sequence[str]) -> Mapping[int, int]:
        """Number → count, by number. Kept per word: a word's pieces are many and always the same."""
        return dict(sorted(Counter(chain.from_iterable(self._of_word(word) for word in words)).items()))

    def _of_word(self, word: str) -> array[int]:
        found = self._pieces.get(word)
        if found is None:
            rows = self.numbering["pieces"].find(pieces(word))
            found = array("i", rows[rows >= 0].tolist())
            if len(self._pieces) < 20_000:
                self._pieces[word] = found
        return found


@dataclass(frozen=True, slots=True)
class Dense:
    """A weight for every feature and label: rows are features."""

    table: Floats | Filed

    def scores(self, rows: Ints, values: Floats, n_labels: int) -> Floats:
        scores: Floats = values @ self.table[rows].astype(np.float32)
        return scores

    def of(self, rows: Ints, column: int) -> Floats:
        return self.table[rows][:, column]


@dataclass(frozen=True, slots=True)
class Sparse:
    """The strongest weights of each feature: those of feature i are the entries `starts[i]` to `starts[i +
    1]`.
    """

    starts: Ints
    columns: Ints
    entries: Floats

    def scores(self, rows: Ints, values: Floats, n_labels: int) -> Floats:
        places, spread = _places(rows, values, self.starts)
        return np.bincount(
            self.columns[places], weights=self.entries[places] * spread, minlength=n_labels
        ).astype(np.float32)

    def of(self, rows: Ints, column: int) -> Floats:
        places, here = _places(rows, np.arange(len(rows), dtype=np.float64), self.starts)
        own = self.columns[places] == column
        weights = np.bincount(
            here[own].astype(np.int64), weights=self.entries[places[own]], minlength=len(rows)
        )
        return weights.astype(np.float32)


@dataclass(frozen=True, slots=True)
class Model:
    labels: tuple[str, ...]
    features: Features
    weights: Dense | Sparse
    bias: Floats

    def probabilities(self, reading: Reading) -> Floats:
        """One number per label, 0 to 1, adding up to 1."""
        rows, values = self.features.vector(reading)
        if not len(rows):
            return softmax(self.bias)
        return softmax(self.weights.scores(rows, values, len(self.labels)) + self.bias)

    def speaking_for(self, concepts: Collection[str], label: str) -> dict[str, float]:
        """The concepts that are known and how strongly each speaks for a label, or (below 0) against it."""
        rows = self.features.numbering["concepts"].find(concepts)
        known = rows >= 0
        if label not in self.labels or not known.any():
            return {}
        weights = self.weights.of(rows[known], self.labels.index(label))
        return dict(zip(compress(concepts, known.tolist()), weights.tolist(), strict=True))


def softmax(scores: Floats) -> Floats:
    grown: Floats = np.exp(scores - scores.max())
    total: Floats = grown / grown.sum()
    return total


@dataclass(frozen=True, slots=True)
class Examples:
    """Phrasings as the model sees them."""

    labels: tuple[str, ...]
    targets: Ints
    """The number of each example's label."""
    vectors: Sequence[tuple[Ints, Floats]]
    features: Features


def examples(readings: Callable[[], Iterable[Reading]], labels: Sequence[str]) -> Examples:
    """Readings and their labels, in the same order, as examples. `readings` is called twice, so that they
    need not be kept.
    """
    names = tuple(sorted(set(labels)))
    column = {name: i for i, name in enumerate(names)}
    features = _features(readings(), len(labels))
    vectors = [features.vector(reading) for reading in readings()]
    return Examples(names, np.array([column[label] for label in labels], np.int32), vectors, features)


def fit(given: Examples, progress: Progress = lambda done: None, *, seed: int = 0) -> Model:
    """Learn from examples; the same examples give the same bytes."""
    if len(given.features) * len(given.labels) <= DENSE_CELLS:
        runs = [
            _descend(given, seed + run, lambda done, run=run: progress((run + done) / RUNS))  # type: ignore[misc]
            for run in range(RUNS)
        ]
        table, bias = (sum(parts) / RUNS for parts in zip(*runs, strict=True))
        return Model(given.labels, given.features, Dense(table.astype(np.float16)), bias.astype(np.float32))
    counted = _counted(given)
    progress(1.0)
    return Model(given.labels, given.features, counted, np.zeros(len(given.labels), np.float32))


class Rival(NamedTuple):
    """A label that wins an example of another label."""

    number: int
    """The example's."""
    winner: str
    closeness: float
    """Of the example to the winner's other examples together: 0 (no feature in common) to 1."""
    times: float
    """How many times closer than to its own label's other examples."""


def rivals(given: Examples) -> Iterator[Rival]:
    """Examples that another label wins when the example itself is not counted."""
    rows, columns, sums = _sums(given)
    lengths_of_labels = np.sqrt(np.bincount(columns, weights=sums, minlength=len(given.labels)))
    by_feature = _by_feature(rows, columns, sums, len(given.features))
    for number, ((features, values), target) in enumerate(zip(given.vectors, given.targets, strict=True)):
        if not len(features):
            continue
        places, spread = _places(features, values, by_feature.starts)
        label, strength = by_feature.columns[places], by_feature.entries[places]
        damped = np.sqrt(np.maximum(strength - spread * (label == target), 0))
        scores = np.bincount(label, weights=damped * spread, minlength=len(given.labels)) / lengths_of_labels
        winner = int(scores.argmax())
        if winner != target:
            yield Rival(
                number,
                given.labels[winner],
                float(scores[winner] / np.linalg.norm(values)),
                float(scores[winner] / max(scores[target], 1e-6)),
            )


def _places(rows: Ints, values: Floats, starts: Ints) -> tuple[Ints, Floats]:
    """The places of the weights of these features, and each feature's value spread over its weights."""
    first = starts[rows]
    lengths = starts[rows + 1] - first
    ends = np.cumsum(lengths)
    return np.repeat(first - ends + lengths, lengths) + np.arange(ends[-1]), np.repeat(values, lengths)


def _features(readings: Iterable[Reading], total: int) -> Features:
    """The features that are met often enough, numbered, and how rare each is."""
    frequency: dict[Block, Counter[str]] = {block: Counter() for block in BLOCKS}
    pieces_of = cache(pieces)
    for reading in readings:
        for block in BLOCKS:
            frequency[block].update(
                {p for word in reading.words for p in pieces_of(word)}
                if block == "pieces"
                else reading.features[block].keys()
            )
    numbering: dict[Block, Numbering] = {}
    rarity: list[float] = []
    for block in BLOCKS:
        kept = sorted(feature for feature, n in frequency[block].items() if n >= MIN_PHRASINGS[block])
        numbering[block] = Numbering.of(kept, len(rarity))
        rarity += [math.log((1 + total) / (1 + frequency[block][feature])) + 1 for feature in kept]
    return Features(numbering, np.array(rarity, np.float32))


def _descend(given: Examples, seed: int, progress: Progress) -> tuple[Floats, Floats]:
    """AdaGrad on the softmax loss, L2 spread over each feature's own examples; the mean of the later
    epochs.
    """
    rng = np.random.default_rng(seed)
    n_features, n_labels = len(given.features), len(given.labels)
    weights = np.zeros((n_features, n_labels), np.float32)
    steps = np.full((n_features, n_labels), 1e-4, np.float32)
    flat_weights, flat_steps = weights.reshape(-1), steps.reshape(-1)
    total = np.zeros_like(weights)
    bias = np.zeros(n_labels, np.float32)
    bias_steps = np.full(n_labels, 1e-4, np.float32)
    uses = np.zeros(n_features, np.float32)
    for rows, _ in given.vectors:
        uses[rows] += 1
    shrink = (1.0 / REGULARISATION / np.maximum(uses, 1))[:, None].astype(np.float32)
    averaged = 0
    for epoch in range(EPOCHS):
        for done, i in enumerate(rng.permutation(len(given.vectors))):
            rows, values = given.vectors[i]
            if not len(rows):
                continue
            error = softmax(values @ weights[rows] + bias)
            error[given.targets[i]] -= 1
            active = np.flatnonzero(np.abs(error) > NEGLIGIBLE)
            error = error[active]
            cells = rows[:, None] * n_labels + active
            w = flat_weights[cells]
            gradient = values[:, None] * error + shrink[rows] * w
            s = flat_steps[cells] + gradient * gradient
            flat_steps[cells] = s
            flat_weights[cells] = w - LEARNING_RATE * gradient / np.sqrt(s)
            bias_steps[active] += error * error
            bias[active] -= 0.1 * LEARNING_RATE * error / np.sqrt(bias_steps[active])
            if done % 500 == 0:
                progress((epoch + done / len(given.vectors)) / EPOCHS)
        if epoch >= EPOCHS // 2:
            total += weights
            averaged += 1
    progress(1.0)
    return total / max(averaged, 1), bias


def _sums(given: Examples) -> tuple[Ints, Ints, Floats]:
    """The examples of each label added up: features, labels, sums. One pass, whatever the size."""
    lengths = np.array([len(rows) for rows, _ in given.vectors])
    keys = np.repeat(given.targets.astype(np.int64), lengths) * len(given.features) + np.concatenate(
        [rows for rows, _ in given.vectors]
    )
    unique, place = np.unique(keys, return_inverse=True)
    sums = np.bincount(place, weights=np.concatenate([values for _, values in given.vectors])).astype(
        np.float64
    )
    columns, rows = np.divmod(unique, len(given.features))
    return rows, columns, sums


def _counted(given: Examples) -> Sparse:
    """Each label's examples added up, damped and brought to one length."""
    rows, columns, sums = _sums(given)
    lengths = np.sqrt(np.bincount(columns, weights=sums, minlength=len(given.labels)))
    return _by_feature(rows, columns, COUNTED_SCALE * np.sqrt(sums) / lengths[columns], len(given.features))


def _by_feature(rows: Ints, columns: Ints, weights: Floats, n_features: int) -> Sparse:
    """Positive weights ordered by feature, the strongest `LABELS_PER_FEATURE` of each."""
    order = np.lexsort((-weights, rows))
    rows, columns, weights = rows[order], columns[order], weights[order]
    first = np.searchsorted(rows, np.arange(n_features))
    kept = np.arange(len(rows)) - first[rows] < LABELS_PER_FEATURE
    starts = np.searchsorted(rows[kept], np.arange(n_features + 1))
    return Sparse(starts, columns[kept].astype(np.int32), weights[kept].astype(np.float32))
