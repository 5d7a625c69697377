"""Learning the model from examples: AdaGrad up to `DENSE_CELLS` weights, one pass of counting beyond."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from knowledge.matching.arrays import Floats, Ints
from knowledge.matching.examples import Examples
from knowledge.matching.model import KINDS, Dense, Model, Sparse, kind_numbers
from knowledge.matching.neighbours import collect_neighbours

Progress = Callable[[float], None]
"""Hears how far the work is, 0 to 1."""

RUNS = 5
"""Fits with the examples in different orders, averaged: what one order happens to favour evens out. More
short runs differ less from each other than fewer long ones do (docs/understanding.md).
"""
STEPS = 20_000
"""Least steps of a run: a large pack is gone through once,"""
MOST_EPOCHS = 6
"""a small one more often, at most so many times."""
LEARNING_RATE = 0.35
STEPS_START = 0.003
"""Where AdaGrad's sums of squared gradients begin. With less, a label's first example of a feature counts for
more than its next ten.
"""
REGULARISATION = 20.0
"""C: larger trusts the phrasings more."""
NEGLIGIBLE = 0.02
"""Errors of a label below this are not worth a step while fitting."""
SHARPNESS = 1.25
"""Brings the averaged weights, which are too careful, to probabilities that hold on voices left out."""
DENSE_CELLS = 40_000_000
"""Features × labels up to which the model is fitted; beyond it is counted."""
LABELS_PER_FEATURE = 128
"""A feature of a counted model keeps its strongest labels only; this bounds the cost of a question."""
COUNTED_SCALE = 24.0
"""Brings the scores of a counted model to the range in which probabilities tell something."""


def fit(given: Examples, progress: Progress = lambda done: None, *, seed: int = 0) -> Model:
    """Learn from examples; the same examples give the same bytes."""
    n_features, n_columns = len(given.features), len(given.labels) + len(KINDS)
    if n_features * n_columns > DENSE_CELLS:
        counted = _counted(given)
        progress(1.0)
        return Model(given.labels, given.features, counted, np.zeros(n_columns, np.float32))
    total, bias = np.zeros((n_features, n_columns), np.float32), np.zeros(n_columns, np.float32)
    for run in range(RUNS):
        for part, whole in zip(_descend(given, seed + run, run, progress), (total, bias), strict=True):
            whole += part
    progress(1.0)
    scale = np.float32(SHARPNESS / RUNS)
    table = (total * scale).astype(np.float16)
    return Model(given.labels, given.features, Dense(table), bias * scale, collect_neighbours(given))


def _descend(given: Examples, seed: int, run: int, progress: Progress) -> tuple[Floats, Floats]:
    """AdaGrad on the softmax losses of labels and kinds, L2 spread over each feature's own examples: weights
    and bias.
    """
    rng = np.random.default_rng(seed)
    n_labels, n_columns = len(given.labels), len(given.labels) + len(KINDS)
    weights = np.zeros((len(given.features), n_columns), np.float32)
    squares = np.full_like(weights, STEPS_START)
    flat_weights, flat_squares = weights.reshape(-1), squares.reshape(-1)
    bias = np.zeros(n_columns, np.float32)
    bias_squares = np.full(n_columns, STEPS_START, np.float32)
    uses = np.bincount(given.rows, minlength=len(given.features))
    shrink = (1.0 / REGULARISATION / np.maximum(uses, 1)).astype(np.float32)
    targets = given.targets.tolist()
    kinds = (n_labels + kind_numbers(given.labels)[given.targets]).tolist()
    epochs = min(-(-STEPS // len(given)), MOST_EPOCHS)
    order = np.concatenate([_shuffled(given.keys, int(rng.integers(2**63))) for _ in range(epochs)])
    for done, example in enumerate(order.tolist()):
        rows, values = given.vector(example)
        if len(rows):
            error = values @ weights.take(rows, axis=0)
            error += bias
            for part in (error[:n_labels], error[n_labels:]):
                part -= part.max()
                np.exp(part, out=part)
                part /= np.add.reduce(part)
            error[targets[example]] -= 1
            error[kinds[example]] -= 1
            active = np.flatnonzero(np.abs(error) > NEGLIGIBLE)
            error = error[active]
            cells = rows[:, None] * n_columns + active
            there = flat_weights.take(cells)
            gradient = values[:, None] * error
            gradient += shrink[rows][:, None] * there
            sums = flat_squares.take(cells)
            sums += gradient * gradient
            flat_squares[cells] = sums
            gradient /= np.sqrt(sums, out=sums)
            gradient *= LEARNING_RATE
            there -= gradient
            flat_weights[cells] = there
            bias_squares[active] += error * error
            bias[active] -= 0.1 * LEARNING_RATE * error / np.sqrt(bias_squares[active])
        if done % 500 == 0:
            progress((run + done / len(order)) / RUNS)
    return weights, bias


def _shuffled(keys: Ints, salt: int) -> Ints:
    """The examples in an order that looks random, and stays the same for all others when one comes or goes:
    else one phrasing more would tip questions that have nothing to do with it.
    """
    mixed = keys ^ np.uint64(salt)
    for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):  # splitmix64's
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(factor)
    order: Ints = np.argsort(mixed ^ (mixed >> np.uint64(31)), kind="stable")
    return order


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
    lengths = np.sqrt(np.bincount(columns, sums, minlength=len(given.labels)))
    by_feature = _by_feature(rows, columns, sums, len(given.features))
    for number, target in enumerate(given.targets.tolist()):
        features, values = given.vector(number)
        if not len(features):
            continue
        places, spread = by_feature.places(features, values)
        label, strength = by_feature.columns[places], by_feature.entries[places]
        damped = np.sqrt(np.maximum(strength - spread * (label == target), 0))
        scores = np.bincount(label, damped * spread, minlength=len(given.labels)) / lengths
        winner = int(scores.argmax())
        if winner != target:
            closeness = float(scores[winner] / np.linalg.norm(values))
            times = float(scores[winner] / max(scores[target], 1e-6))
            yield Rival(number, given.labels[winner], closeness, times)


def _sums(given: Examples) -> tuple[Ints, Ints, Floats]:
    """The examples of each label added up: features, labels, sums. One pass, whatever the size."""
    targets = np.repeat(given.targets.astype(np.int64), np.diff(given.starts))
    unique, place = np.unique(targets * len(given.features) + given.rows, return_inverse=True)
    sums = np.bincount(place, given.values).astype(np.float64)
    columns, rows = np.divmod(unique, len(given.features))
    return rows, columns, sums


def _counted(given: Examples) -> Sparse:
    """Each label's examples added up, damped and brought to one length."""
    rows, columns, sums = _sums(given)
    lengths = np.sqrt(np.bincount(columns, sums, minlength=len(given.labels)))
    weights = COUNTED_SCALE * np.sqrt(sums) / lengths[columns]
    return _by_feature(rows, columns, weights, len(given.features))


def _by_feature(rows: Ints, columns: Ints, weights: Floats, n_features: int) -> Sparse:
    """Positive weights ordered by feature, the strongest `LABELS_PER_FEATURE` of each."""
    order = np.lexsort((-weights, rows))
    rows, columns, weights = rows[order], columns[order], weights[order]
    first = np.searchsorted(rows, np.arange(n_features))
    kept = np.arange(len(rows)) - first[rows] < LABELS_PER_FEATURE
    starts = np.searchsorted(rows[kept], np.arange(n_features + 1))
    return Sparse(starts, columns[kept].astype(np.int32), weights[kept].astype(np.float32))
