"""The learnt part: a linear softmax model over a reading's features.

Up to `DENSE_CELLS` weights it is fitted on the phrasings (AdaGrad, fixed seed); a larger pack is counted instead, which
takes one pass. Both give the same thing: for each feature, a short list of labels and weights, so that a question costs
what its own words cost, however much the pack knows.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.features import BLOCK_WEIGHTS, BLOCKS, Block, Reading

Floats = NDArray[np.floating[Any]]
Ints = NDArray[np.integer[Any]]
Progress = Callable[[float], None]
"""Hears how far the work is, 0 to 1."""

EPOCHS = 8
LEARNING_RATE = 0.5
REGULARISATION = 20.0
"""C: larger trusts the phrasings more."""
MIN_PHRASINGS: Mapping[Block, int] = {"words": 2, "pieces": 3, "concepts": 2}
"""A feature met in fewer phrasings is left out."""
DENSE_CELLS = 40_000_000
"""Features × labels up to which the model is fitted; beyond it is counted."""
LABELS_PER_FEATURE = 256
"""A feature keeps its strongest labels only; this bounds the cost of a question."""
SMALLEST_WEIGHT = 0.02
COUNTED_SCALE = 24.0
"""Brings the scores of a counted model to the range in which chances tell something."""
NEGLIGIBLE = 0.004
"""Errors of a label below this are not worth a step while fitting."""


@dataclass(frozen=True, slots=True)
class Model:
    labels: tuple[str, ...]
    vocabulary: Mapping[Block, Mapping[str, int]]
    """Feature → its number."""
    rarity: Floats
    """Inverse document frequency by feature."""
    starts: Ints
    """Feature i has the entries `starts[i]` to `starts[i + 1]` of `columns` and `weights`."""
    columns: Ints
    weights: Floats
    bias: Floats

    def scores(self, reading: Reading) -> Floats:
        """One unbounded score per label."""
        rows, values = vector(reading, self.vocabulary, self.rarity)
        if not len(rows):
            return self.bias
        entries, spread = _entries_of(rows, values, self.starts)
        found = np.bincount(self.columns[entries], weights=self.weights[entries] * spread, minlength=len(self.labels))
        return (found + self.bias).astype(np.float32)

    def probabilities(self, reading: Reading) -> Floats:
        """One number per label, 0 to 1, adding up to 1."""
        return softmax(self.scores(reading))


def softmax(scores: Floats) -> Floats:
    grown: Floats = np.exp(scores - scores.max())
    total: Floats = grown / grown.sum()
    return total


def vector(reading: Reading, vocabulary: Mapping[Block, Mapping[str, int]], rarity: Floats) -> tuple[Ints, Floats]:
    """Numbers and values of the reading's known features; each block is scaled to its own fixed length."""
    all_rows: list[int] = []
    parts: list[Floats] = []
    for block in BLOCKS:
        known = vocabulary[block]
        rows = []
        counts = []
        for feature, count in reading.features[block].items():
            row = known.get(feature)
            if row is not None:
                rows.append(row)
                counts.append(count)
        if rows:
            values = (1.0 + np.log(np.array(counts, np.float32))) * rarity[rows]
            parts.append(values * np.float32(BLOCK_WEIGHTS[block] / math.sqrt(float(values @ values))))
            all_rows += rows
    if not parts:
        return np.empty(0, np.int32), np.empty(0, np.float32)
    return np.array(all_rows, np.int32), np.concatenate(parts)


@dataclass(frozen=True, slots=True)
class Examples:
    """Phrasings as the model sees them."""

    labels: tuple[str, ...]
    targets: Ints
    """The number of each example's label."""
    vectors: Sequence[tuple[Ints, Floats]]
    vocabulary: Mapping[Block, Mapping[str, int]]
    rarity: Floats


def examples(readings: Callable[[], Iterable[Reading]], labels: Sequence[str]) -> Examples:
    """Readings and their labels, in the same order, as examples. `readings` is called twice, so that they need not be kept."""
    names = tuple(sorted(set(labels)))
    column = {name: i for i, name in enumerate(names)}
    vocabulary, rarity = _features(readings(), len(labels))
    vectors = [vector(reading, vocabulary, rarity) for reading in readings()]
    return Examples(names, np.array([column[label] for label in labels], np.int32), vectors, vocabulary, rarity)


def fit(given: Examples, progress: Progress = lambda done: None, *, seed: int = 0) -> Model:
    """Learn from examples; the same examples give the same bytes."""
    n_features, n_labels = len(given.rarity), len(given.labels)
    if n_features * n_labels <= DENSE_CELLS:
        dense, bias = _descend(given, seed, progress)
        weights = _by_feature(*_entries(dense), n_features)
    else:
        weights = _by_feature(*_counted(given), n_features)
        bias = np.zeros(n_labels, np.float32)
        progress(1.0)
    return Model(given.labels, given.vocabulary, given.rarity, *weights, bias)


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
    order = np.argsort(rows, kind="stable")
    columns, sums = columns[order], sums[order]
    starts = np.searchsorted(rows[order], np.arange(len(given.rarity) + 1))
    for number, ((features, values), target) in enumerate(zip(given.vectors, given.targets, strict=True)):
        if not len(features):
            continue
        entries, spread = _entries_of(features, values, starts)
        label, strength = columns[entries], sums[entries]
        damped = np.sqrt(np.maximum(strength - spread * (label == target), 0))
        scores = np.bincount(label, weights=damped * spread, minlength=len(given.labels)) / lengths_of_labels
        winner = int(scores.argmax())
        if winner != target:
            yield Rival(
                number, given.labels[winner], float(scores[winner] / np.linalg.norm(values)), float(scores[winner] / max(scores[target], 1e-6))
            )


def _entries_of(rows: Ints, values: Floats, starts: Ints) -> tuple[Ints, Floats]:
    """The places of the weights of these features, and each feature's value spread over its weights."""
    first = starts[rows]
    lengths = starts[rows + 1] - first
    ends = np.cumsum(lengths)
    return np.repeat(first - ends + lengths, lengths) + np.arange(ends[-1]), np.repeat(values, lengths)


def _features(readings: Iterable[Reading], total: int) -> tuple[dict[Block, dict[str, int]], Floats]:
    """The features that are met often enough, numbered, and how rare each is."""
    frequency: dict[Block, Counter[str]] = {block: Counter() for block in BLOCKS}
    for reading in readings:
        for block in BLOCKS:
            frequency[block].update(reading.features[block].keys())
    vocabulary: dict[Block, dict[str, int]] = {}
    rarity: list[float] = []
    for block in BLOCKS:
        kept = [feature for feature, n in frequency[block].items() if n >= MIN_PHRASINGS[block]]
        vocabulary[block] = {feature: len(rarity) + i for i, feature in enumerate(kept)}
        rarity += [math.log((1 + total) / (1 + frequency[block][feature])) + 1 for feature in kept]
    return vocabulary, np.array(rarity, np.float32)


def _descend(given: Examples, seed: int, progress: Progress) -> tuple[Floats, Floats]:
    """AdaGrad on the softmax loss, L2 spread over each feature's own examples; the mean of the later epochs."""
    rng = np.random.default_rng(seed)
    n_features, n_labels = len(given.rarity), len(given.labels)
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
    keys = np.repeat(given.targets.astype(np.int64), lengths) * len(given.rarity) + np.concatenate([rows for rows, _ in given.vectors])
    unique, place = np.unique(keys, return_inverse=True)
    sums = np.bincount(place, weights=np.concatenate([values for _, values in given.vectors])).astype(np.float64)
    columns, rows = np.divmod(unique, len(given.rarity))
    return rows, columns, sums


def _counted(given: Examples) -> tuple[Ints, Ints, Floats]:
    """Features, labels and weights of a counted model: each label's sums, damped and brought to one length."""
    rows, columns, sums = _sums(given)
    lengths = np.sqrt(np.bincount(columns, weights=sums, minlength=len(given.labels)))
    weights: Floats = COUNTED_SCALE * np.sqrt(sums) / lengths[columns]
    return rows, columns, weights


def _entries(dense: Floats) -> tuple[Ints, Ints, Floats]:
    """The weights that matter, with their features and labels."""
    rows, columns = np.nonzero(np.abs(dense) >= SMALLEST_WEIGHT)
    return rows, columns, dense[rows, columns]


def _by_feature(rows: Ints, columns: Ints, weights: Floats, n_features: int) -> tuple[Ints, Ints, Floats]:
    """The weights ordered by feature, the strongest `LABELS_PER_FEATURE` of each, and where each feature's weights start."""
    order = np.lexsort((-np.abs(weights), rows))
    rows, columns, weights = rows[order], columns[order], weights[order]
    first = np.searchsorted(rows, np.arange(n_features))
    kept = np.arange(len(rows)) - first[rows] < LABELS_PER_FEATURE
    rows, columns, weights = rows[kept], columns[kept], weights[kept]
    starts = np.searchsorted(rows, np.arange(n_features + 1)).astype(np.int32)
    return starts, columns.astype(np.int32), weights.astype(np.float32)
