"""Readings as numbers: which features a pack knows, and its phrasings as vectors over them."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from knowledge.matching.arrays import Floats, Ints
from knowledge.matching.collected import Collected
from knowledge.matching.features import BLOCK_WEIGHTS, BLOCKS, Block, Reading

MIN_PHRASINGS: Mapping[Block, int] = {"words": 2, "pieces": 3, "concepts": 2}
"""A feature met in fewer phrasings is left out."""
LARGE_PACK = 10_000
"""Phrasings from which the following holds instead: a third fewer features, and it understands as much."""
MIN_PHRASINGS_LARGE: Mapping[Block, int] = {"words": 3, "pieces": 5, "concepts": 3}
_WEIGHTS = np.array([BLOCK_WEIGHTS[block] for block in BLOCKS], np.float32)


class Features:
    """The features that a pack knows, and a reading as a vector over them."""

    def __init__(self, numbers: Mapping[Block, dict[str, int]], rarity: Floats) -> None:
        self.numbers = numbers
        """Per block: feature → its number."""
        self.rarity = rarity
        """Inverse document frequency by number."""

    def __len__(self) -> int:
        return len(self.rarity)

    def vector(self, reading: Reading) -> tuple[Ints, Floats]:
        """Numbers and values of the reading's known features; each block is scaled to a length of its own."""
        rows: list[int] = []
        counts: list[int] = []
        segments: list[int] = []
        for segment, block in enumerate(BLOCKS):
            known = self.numbers[block]
            for feature, count in reading.features[block].items():
                row = known.get(feature)
                if row is not None:
                    rows.append(row)
                    counts.append(count)
            segments += [segment] * (len(rows) - len(segments))
        numbers = np.array(rows, np.int32)
        return numbers, _values(self.rarity[numbers], np.array(counts), np.array(segments, np.int32))


@dataclass(frozen=True, slots=True)
class Examples:
    """Phrasings as the model sees them; the features of example i are the entries `starts[i]` to
    `starts[i + 1]` of `rows` and `values`.
    """

    labels: tuple[str, ...]
    targets: Ints
    """The number of each example's label."""
    starts: Ints
    rows: Ints
    values: Floats
    features: Features
    keys: Ints
    """A number for each example that hangs on its words and label alone: one example more leaves the order of
    the others as it was.
    """

    def __len__(self) -> int:
        return len(self.targets)

    def vector(self, example: int) -> tuple[Ints, Floats]:
        entries = slice(self.starts[example], self.starts[example + 1])
        return self.rows[entries], self.values[entries]


def make_examples(
    readings: Collected, labels: Sequence[str], texts: Sequence[Sequence[str]] = ()
) -> Examples:
    """Readings and their labels, in the same order, as examples; `texts` are their words."""
    names = tuple(sorted(set(labels)))
    column = {name: number for number, name in enumerate(names)}
    features, renumbered = _select(readings, len(labels))
    rows = renumbered[readings.entries]
    known = rows >= 0
    rows, counts = rows[known], readings.counts[known]
    segments = np.repeat(np.arange(len(readings.lengths), dtype=np.int32), readings.lengths)[known]
    values = _values(features.rarity[rows], counts, segments)
    starts = np.searchsorted(segments, np.arange(len(labels) + 1) * len(BLOCKS))
    targets = np.array([column[label] for label in labels], np.int32)
    keys = np.array(
        [_key(label, text) for label, text in zip(labels, texts or [()] * len(labels), strict=True)],
        np.uint64,
    )
    return Examples(names, targets, starts, rows, values, features, keys)


def _key(label: str, words: Sequence[str]) -> int:
    return int.from_bytes(hashlib.blake2b(" ".join((label, *words)).encode(), digest_size=8).digest(), "big")


def _select(readings: Collected, n_readings: int) -> tuple[Features, Ints]:
    """The features that are met often enough, numbered block by block in the order of the alphabet; and by
    number in `readings` the new number, or -1.
    """
    frequency = np.bincount(readings.entries, minlength=readings.n_features).tolist()
    least = MIN_PHRASINGS if n_readings < LARGE_PACK else MIN_PHRASINGS_LARGE
    numbers: dict[Block, dict[str, int]] = {}
    renumbered = np.full(len(frequency), -1, np.int32)
    rarity: list[float] = []
    for block in BLOCKS:
        known = readings.met[block]
        kept = sorted(feature for feature, old in known.items() if frequency[old] >= least[block])
        numbers[block] = {feature: number for number, feature in enumerate(kept, len(rarity))}
        old_numbers = [known[feature] for feature in kept]
        renumbered[old_numbers] = np.arange(len(rarity), len(rarity) + len(kept))
        rarity += [math.log((1 + n_readings) / (1 + frequency[old])) + 1 for old in old_numbers]
    return Features(numbers, np.array(rarity, np.float32)), renumbered


def _values(rarity: Floats, counts: Ints, segments: Ints) -> Floats:
    """What each entry weighs: damped counts by rarity, each segment brought to the length of its block."""
    values: Floats = (1.0 + np.log(counts.astype(np.float32))) * rarity
    if not len(values):
        return values
    lengths = np.sqrt(np.bincount(segments, values * values)).astype(np.float32)
    values *= _WEIGHTS[segments % len(BLOCKS)] / lengths[segments]
    return values
