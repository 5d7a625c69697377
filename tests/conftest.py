"""What all tests share: no network, the packs, and one matcher that is learnt once."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.runtime.load_matcher import make_index
from knowledge.matching.index import build
from knowledge.matching.matcher import Matcher
from knowledge.pack import loading as packs
from knowledge.pack.loading import Pack
from tests.database import database_url, empty_database_url, postgres, postgresql, sqlite_template

__all__ = ["database_url", "empty_database_url", "postgres", "postgresql", "sqlite_template"]

ROOT = Path(__file__).parent.parent
ALLURE = ROOT / "knowledge" / "allure"
MINI = ROOT / "tests" / "packs" / "mini"
QUESTIONS = ROOT / "tests" / "questions"


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails there and then."""
    connect = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX or address[0] in ("127.0.0.1", "::1"):
            return connect(self, address)
        raise AssertionError(f"a test tried to reach {address}")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.fixture(scope="session")
def allure() -> Pack:
    return packs.load(ALLURE)


@pytest.fixture(scope="session")
def matcher(allure: Pack) -> Matcher:
    """The shipped pack's matcher; its index is kept in data/."""
    return Matcher(allure, make_index(allure, ROOT / "data", Console(stderr=True)))


@pytest.fixture
def mini_folder(tmp_path: Path) -> Path:
    """A copy of the small pack, free to be spoilt."""
    folder = tmp_path / "mini"
    shutil.copytree(MINI, folder)
    return folder


@pytest.fixture(scope="session")
def mini() -> Matcher:
    pack = packs.load(MINI)
    return Matcher(pack, build(pack))
