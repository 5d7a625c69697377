"""What one network address may do on the page."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from time import monotonic

from starlette.requests import Request

from bot.delivery.rate_limit import RateLimit, RateLimiter

LINES_PER_ADDRESS = 300
"""Open streams of one address: a whole school behind one router gets in, one client does not fill `LINES`."""


@dataclass
class AddressLimits:
    """What one network address may do, whatever cookies it shows; a school's staff shares one."""

    turns: RateLimiter = field(default_factory=lambda: RateLimiter(RateLimit(20, 300), monotonic))
    searches: RateLimiter = field(default_factory=lambda: RateLimiter(RateLimit(20, 300), monotonic))
    met: RateLimiter = field(default_factory=lambda: RateLimiter(RateLimit(2, 150), monotonic))
    """New visitors."""
    streams: dict[str, int] = field(default_factory=dict)
    """Address → how many event streams are open."""

    @contextmanager
    def streaming(self, address: str) -> Iterator[None]:
        self.streams[address] = self.streams.get(address, 0) + 1
        try:
            yield
        finally:
            self.streams[address] -= 1
            if not self.streams[address]:
                del self.streams[address]


def turns_rate(now: Callable[[], datetime]) -> RateLimiter:
    """How fast one visitor may write and press."""
    return RateLimiter(RateLimit(1, 20), lambda: now().timestamp())


def network_address(request: Request) -> str:
    """The client's network address; behind a trusted proxy the one that the proxy names."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    # one household or office has a whole /64 of IPv6
    return host if address.version == 4 else str(ipaddress.ip_network((address, 64), strict=False))
