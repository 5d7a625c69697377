"""The way through a proxy, which schools' networks may ask for."""

from __future__ import annotations

import pytest

from bot.channels.telegram.request import proxy_for


def test_the_environments_proxy_is_used_but_not_for_addresses_that_it_exempts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    assert proxy_for("https://api.telegram.org/bot") is None
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.school:3128")
    monkeypatch.setenv("NO_PROXY", "localhost,127.0.0.1")
    assert proxy_for("https://api.telegram.org/bot") == "http://proxy.school:3128"
    assert proxy_for("http://api.telegram.org/bot") is None
    assert proxy_for("https://127.0.0.1:8081/bot") is None
    monkeypatch.setenv("ALL_PROXY", "http://all.school:3128")
    assert proxy_for("http://api.telegram.org/bot") == "http://all.school:3128"
