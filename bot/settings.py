"""Settings from the environment or `.env`; every one is explained in `.env.example`."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import knowledge

OWN_PACK = Path(knowledge.__file__).parent / "allure"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    protocol: Path = OWN_PACK
    """The folder of the board's pack."""
    data_dir: Path = Path("data")
    """Where the assistant keeps what it makes: now the index learnt from the pack."""


class SettingsError(Exception):
    """Settings that cannot be used; the text says which and what to do."""


def load() -> Settings:
    """Raises `SettingsError`."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("\n".join(["These settings are wrong; see .env.example:", *lines])) from None
    except UnicodeDecodeError:
        raise SettingsError(".env is not UTF-8 text; save it as UTF-8.") from None
