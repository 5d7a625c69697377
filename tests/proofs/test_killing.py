"""The short version of `tests.proofs.killing`: a few kills of the real program."""

from __future__ import annotations

from pathlib import Path

from knowledge.matching.matcher import Matcher
from tests.proofs.killing import prove


async def test_nothing_is_lost_and_nothing_done_twice_when_it_is_killed(
    matcher: Matcher, tmp_path: Path
) -> None:
    result = await prove(3, 7, matcher, tmp_path, forked=True, askers=8, directors=0)
    assert result.holds, result
    assert result.questions >= 8
    assert sum(result.kills.values()) == 3
