"""Settings of Teams that are unsafe or half filled in are refused at the start, each with what to do."""

from __future__ import annotations

import pytest

from bot.channels.teams.settings import credentials, problems
from bot.settings import Settings

GUID = "11111111-2222-3333-4444-555555555555"
GOOD = {
    "teams_client_id": GUID,
    "teams_client_secret": "s",
    "teams_tenant_id": GUID,
    "public_url": "https://protocol.school.example",
}


def settings(**values: object) -> Settings:
    return Settings(_env_file=None, **values)  # type: ignore[arg-type, call-arg]


def test_good_settings_have_no_problems() -> None:
    assert problems(settings()) == []
    assert problems(settings(**GOOD)) == []
    assert problems(settings(teams_local=True)) == []
    assert credentials(settings()) is None
    assert "'s'" not in repr(settings(**GOOD))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"teams_client_id": ""}, "TEAMS_CLIENT_ID"),
        ({"teams_client_secret": ""}, "TEAMS_CLIENT_SECRET"),
        ({"teams_tenant_id": ""}, "TEAMS_TENANT_ID"),
        ({"teams_tenant_id": "common"}, "TEAMS_TENANT_ID"),
        ({"teams_client_id": "mijn-bot"}, "TEAMS_CLIENT_ID"),
        ({"public_url": None}, "PUBLIC_URL"),
        ({"public_url": "http://protocol.school.example"}, "PUBLIC_URL"),
        ({"teams_local": True}, "TEAMS_LOCAL"),
    ],
)
def test_what_is_wrong_is_named(wrong: dict[str, object], told: str) -> None:
    assert any(told in problem for problem in problems(settings(**{**GOOD, **wrong})))


@pytest.mark.parametrize("unsafe", [{"bot_profile": "production"}, {"web_host": "0.0.0.0"}])  # noqa: S104
def test_anybody_is_let_in_on_this_machine_only(unsafe: dict[str, object]) -> None:
    assert any("TEAMS_LOCAL" in problem for problem in problems(settings(teams_local=True, **unsafe)))
