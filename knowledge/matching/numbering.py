"""The numbers of many features in little memory: a feature is known by its bytes' residue, its text is not
kept.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer[Any]]

PRIME = 8_154_565_805_028_567_173
"""Any prime just below 2^63. Texts of up to seven bytes, as all pieces of words are, have a residue of their
own; that no two features of a pack share one is checked when it is learnt, and an unknown text meets a known
one's by chance, once in 10^13."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbers of a block's features."""

    residues: Ints
    """Ascending."""
    numbers: Ints
    """Of the feature with each residue."""

    @classmethod
    def of(cls, features: Sequence[str], first: int) -> Numbering:
        """Numbers them in this order from `first`. Raises `ValueError` if two share a residue: then another
        `PRIME` is needed.
        """
        residues = _residues(features)
        order = np.argsort(residues)
        ordered = residues[order]
        if (ordered[1:] == ordered[:-1]).any():
            raise ValueError("two features share a residue")
        return cls(ordered, (first + order).astype(np.int32))

    def find(self, features: Collection[str]) -> Ints:
        """Their numbers, -1 for what is not known."""
        if not len(self.residues):
            return np.full(len(features), -1, np.int32)
        wanted = _residues(features)
        places = np.minimum(np.searchsorted(self.residues, wanted), len(self.residues) - 1)
        found: Ints = np.where(self.residues[places] == wanted, self.numbers[places], np.int32(-1))
        return found


def _residues(features: Collection[str]) -> Ints:
    return np.fromiter(
        (int.from_bytes(feature.encode(), "little") % PRIME for feature in features), np.int64, len(features)
    )
