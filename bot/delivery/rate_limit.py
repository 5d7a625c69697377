"""Rate limits: the one token bucket of the program, for what is sent and for what comes in.

A bucket holds `burst` tokens and fills at `per_second`. Its whole state is the moment at which it is full
again, so it fits in one number, in memory or in a row that several processes share.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RateLimit:
    """So many at once and so many a second. Moments are seconds of any clock."""

    per_second: float
    burst: float

    @classmethod
    def within(cls, number: float, seconds: float, burst: float) -> RateLimit:
        """At most `number` in any stretch of `seconds`, of which `burst` at once: what is sent at once and
        what follows stay together within the number.
        """
        return cls((number - burst) / seconds, burst)

    def wait(self, full_at: float, now: float, tokens: float = 1) -> float:
        """Seconds until so many tokens are there (at most `burst`); 0 for now."""
        return max(0.0, full_at - (self.burst - tokens) / self.per_second - now)

    def available(self, full_at: float, now: float) -> int:
        """Whole tokens that are there."""
        return max(0, math.floor(self.burst - max(0.0, full_at - now) * self.per_second + 1e-6))

    def take(self, full_at: float, now: float, tokens: float = 1) -> float:
        """When the bucket is full again after so many are taken; more than there are may be taken in
        advance.
        """
        return max(full_at, now) + tokens / self.per_second


@dataclass(frozen=True, slots=True)
class SendLimits:
    """How fast a platform takes messages: Telegram's are 30 a second, about one a second in a private
    chat, 20 a minute in a group. None: as fast as they come.
    """

    overall: RateLimit
    private: RateLimit
    group: RateLimit


TELEGRAM = SendLimits(RateLimit.within(27, 1, 2), RateLimit.within(5, 5, 2), RateLimit.within(20, 60, 5))
"""Of Telegram's 30 a second three are left: what leaves at even distances may arrive closer together."""


@dataclass
class RateLimiter:
    """A bucket for each key, in this process; the keys unused longest are forgotten."""

    limit: RateLimit
    clock: Callable[[], float]
    keys: int = 10_000
    _full_at: OrderedDict[str, float] = field(default_factory=OrderedDict)

    def take(self, key: str) -> bool:
        """Whether one more is allowed now."""
        now = self.clock()
        full_at = self._full_at.pop(key, now)
        allowed = self.limit.available(full_at, now) >= 1
        self._full_at[key] = self.limit.take(full_at, now) if allowed else full_at
        while len(self._full_at) > self.keys:
            self._full_at.popitem(last=False)
        return allowed
