"""How long to wait before the next try: longer after each failure, and a little by chance, so that many
who fail together do not come back together.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

SPREAD = 0.2
"""By how much of itself a wait is longer or shorter, at most."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """Doubles from `first` seconds up to `longest`."""

    first: float
    longest: float

    def wait(self, failures: int, chance: Callable[[], float] = random.random) -> float:
        """Seconds before the next try, after so many failures in a row (0 after the first)."""
        return min(self.first * 2.0 ** min(failures, 60), self.longest) * (1 - SPREAD + 2 * SPREAD * chance())
