"""Settings that cannot work are named, with what to write instead, before anything starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.http.address import site
from bot.runtime.serve import check_channels
from bot.settings import Settings, SettingsError, load, unknown_settings
from bot.storage.engines import DatabaseUrlError, parse


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def lines(env: str, folder: Path, **environment: str) -> list[str]:
    (folder / ".env").write_text(env, encoding="utf-8")
    return [str(one) for one in unknown_settings(folder / ".env", environment)]


def test_every_unknown_name_in_the_file_is_named(folder: Path) -> None:
    assert lines("TELEGRAM_TOKN=1\nWEB-PORT=2\nBANANA=3\nTELEGRAM_TOKEN=4\n", folder) == [
        "TELEGRAM_TOKN in .env is not a setting; did you mean TELEGRAM_TOKEN?",
        "WEB-PORT in .env is not a setting; did you mean WEB_PORT?",
        "BANANA in .env is not a setting; .env.example lists every setting",
    ]


def test_of_the_environment_only_near_misses_are_named(folder: Path) -> None:
    assert lines("", folder, HOME="/root", PATH="/bin", DATABSE_URL="x", LANG="nl") == [
        "DATABSE_URL in the environment is not a setting; did you mean DATABASE_URL?"
    ]


def test_what_compose_and_the_proxy_need_may_stand_in_the_file(folder: Path) -> None:
    assert lines("POSTGRES_PASSWORD=x\nHTTPS_PROXY=y\ntelegram_token=z\n", folder) == []


def test_every_setting_of_the_example_is_known(folder: Path) -> None:
    example = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")
    asked = "\n".join(line.removeprefix("# ") for line in example.splitlines() if "=" in line.split(" ")[-1])
    assert lines(asked, folder) == []


@pytest.mark.parametrize("env", ["BOT_PROFILE=production\nTELEGRAM_TOKN=1\n", "BOT_PROFIEL=production\n"])
def test_production_starts_with_no_unknown_setting_also_if_it_is_itself_misspelt(
    folder: Path, env: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BOT_PROFILE", raising=False)
    (folder / ".env").write_text(env, encoding="utf-8")
    with pytest.raises(SettingsError, match="did you mean"):
        load()


def test_the_local_profile_starts_with_an_unknown_name(folder: Path) -> None:
    (folder / ".env").write_text("BANANA=1\n", encoding="utf-8")
    assert load().bot_profile == "local"


def test_production_without_any_channel_says_so() -> None:
    bare = Settings(_env_file=None, bot_profile="production")  # type: ignore[call-arg]
    with pytest.raises(SettingsError, match="Nothing to start"):
        check_channels(bare)
    check_channels(bare.model_copy(update={"web_page": True}))
    check_channels(Settings(_env_file=None))  # type: ignore[call-arg]


def test_a_public_url_without_a_scheme_is_told_the_scheme() -> None:
    bare = Settings(_env_file=None, public_url="bot.school.nl")  # type: ignore[call-arg]
    with pytest.raises(SettingsError, match=r"https://bot\.school\.nl"):
        site(bare)


def test_a_password_with_an_at_sign_is_refused_without_a_part_of_it() -> None:
    with pytest.raises(DatabaseUrlError) as refused:
        parse("postgresql://bot:ge@heim@database/bot")
    assert "heim" not in str(refused.value)
    assert "%40" in str(refused.value)
    assert parse("postgresql://bot:a:b/c%40@database/bot").password == "a:b/c@"  # noqa: S105
