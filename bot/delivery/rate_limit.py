"""How fast a platform lets itself be sent to."""

from __future__ import annotations

import math
from dataclasses import dataclass

REMEMBERED = 1000
"""Chats whose bucket is kept at most before the full ones are forgotten."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many in any stretch of so many seconds, of which so many at once."""

    number: float
    seconds: float
    at_once: float

    @property
    def per_second(self) -> float:
        """How fast the bucket fills: what was sent at once and what follows stay together within the
        number.
        """
        return (self.number - self.at_once) / self.seconds


UNLIMITED = Limit(math.inf, 1, 1)


@dataclass(frozen=True, slots=True)
class Rates:
    """Telegram's by default: 30 a second, about one a second in a private chat, 20 a minute in a group. Each
    process counts for itself.
    """

    overall: Limit = Limit(30, 1, 5)
    private: Limit = Limit(5, 5, 2)
    group: Limit = Limit(20, 60, 5)


NO_LIMITS = Rates(UNLIMITED, UNLIMITED, UNLIMITED)


class Bucket:
    """Holds up to `at_once` permits and fills at the limit's rate. Permits may be taken in advance: the taker
    waits until they are there.
    """

    def __init__(self, limit: Limit, now: float) -> None:
        self.limit = limit
        self._permits = limit.at_once
        self._at = now

    def wait(self, now: float) -> float:
        """Seconds until a permit is there; 0 for now."""
        self._fill(now)
        return 0.0 if self._permits >= 1 else (1 - self._permits) / self.limit.per_second

    def take(self, now: float, number: float = 1) -> None:
        self._fill(now)
        self._permits -= number

    def full(self, now: float) -> bool:
        self._fill(now)
        return self._permits >= self.limit.at_once

    def _fill(self, now: float) -> None:
        if math.isinf(self.limit.number):
            self._permits = self.limit.at_once
        elif now > self._at:
            self._permits = min(self.limit.at_once, self._permits + (now - self._at) * self.limit.per_second)
        self._at = max(now, self._at)


class Throttle:
    """Says how long to wait before each sending. `now` is a monotonic clock's."""

    def __init__(self, rates: Rates, now: float) -> None:
        self._rates = rates
        self._overall = Bucket(rates.overall, now)
        self._chats: dict[str, Bucket] = {}

    def reserve(self, chat: str, private: bool, now: float) -> float:
        """Take the permits for one message; returns the seconds to wait before sending it."""
        bucket = self._bucket(chat, private, now)
        wait = max(bucket.wait(now), self._overall.wait(now))
        bucket.take(now)
        self._overall.take(now)
        return wait

    def reserve_overall(self, now: float) -> float:
        """The same for what puts nothing new into a chat."""
        wait = self._overall.wait(now)
        self._overall.take(now)
        return wait

    def charge(self, chat: str, private: bool, extra: int, now: float) -> None:
        """A message went out in more parts than the one that was reserved: the next one waits longer."""
        self._bucket(chat, private, now).take(now, extra)
        self._overall.take(now, extra)

    def _bucket(self, chat: str, private: bool, now: float) -> Bucket:
        bucket = self._chats.get(chat)
        if bucket is None:
            if len(self._chats) >= REMEMBERED:
                self._chats = {name: kept for name, kept in self._chats.items() if not kept.full(now)}
            bucket = self._chats[chat] = Bucket(self._rates.private if private else self._rates.group, now)
        return bucket
