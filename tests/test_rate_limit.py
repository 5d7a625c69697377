"""The one token bucket."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.rate_limit import RateLimit, RateLimiter

LIMITS = st.builds(RateLimit.within, st.integers(6, 40), st.sampled_from([1.0, 5.0, 60.0]), st.integers(1, 5))


@given(LIMITS, st.lists(st.floats(0, 3), min_size=1, max_size=200))
def test_no_stretch_of_time_sees_more_than_the_limit(limit: RateLimit, pauses: list[float]) -> None:
    now, full_at, taken = 0.0, 0.0, []
    for pause in pauses:
        now += pause
        now += limit.wait(full_at, now)
        assert limit.available(full_at, now) >= 1
        full_at = limit.take(full_at, now)
        taken.append(now)
    for start in taken:
        within = sum(start <= at < start + 1 for at in taken)
        assert within <= limit.burst + limit.per_second + 1e-6


def test_a_burst_goes_through_and_then_one_at_a_time() -> None:
    now = 0.0
    limiter = RateLimiter(RateLimit(per_second=0.5, burst=3), lambda: now, keys=2)
    assert [limiter.take("anna") for _ in range(4)] == [True, True, True, False]
    now = 2.0
    assert [limiter.take("anna") for _ in range(2)] == [True, False]
    assert [limiter.take(key) for key in ("bob", "cor")] == [True, True]
    assert len(limiter._full_at) == 2  # anna was forgotten: memory has an end


def test_what_is_taken_in_advance_is_waited_for() -> None:
    limit = RateLimit(per_second=1, burst=2)
    full_at = limit.take(0, 0, 5)
    assert limit.available(full_at, 0) == 0
    assert limit.wait(full_at, 0) == pytest.approx(4)
    assert limit.wait(full_at, 0, 2) == pytest.approx(5)
    assert limit.available(full_at, 5) == 2
