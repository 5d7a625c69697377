from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from knowledge.matcher import Matcher
from tests.web.site import Site, running


@pytest.fixture(scope="module")
def site(mini: Matcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The assistant with the small pack, shared by a module's tests; every visitor is a new one."""
    with running(Site(mini, tmp_path_factory.mktemp("data"))) as started:
        yield started


@pytest.fixture
def own_site(mini: Matcher, tmp_path: Path) -> Iterator[Site]:
    """One that a test may stop and start."""
    with running(Site(mini, tmp_path)) as started:
        yield started


@pytest.fixture(scope="module")
def shipped_site(matcher: Matcher, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The assistant with the shipped pack, which has guided checks."""
    with running(Site(matcher, tmp_path_factory.mktemp("shipped"))) as started:
        yield started
