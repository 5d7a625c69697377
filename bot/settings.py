"""Settings from the environment or `.env`; every one is explained in `.env.example`."""

from __future__ import annotations

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

import knowledge

OWN_PACK = Path(knowledge.__file__).parent / "allure"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True
    )

    protocol: Path = OWN_PACK
    """The folder of the board's pack."""
    data_dir: Path = Path("data")
    """Where the assistant keeps what it makes: the index learnt from the pack, the SQLite database, the
    board's keys.
    """
    bot_profile: Literal["local", "production"] = "local"
    """`production` refuses to start unsafe."""
    database_url: str | None = None
    """Read it as `database`."""
    bot_db_connections: int = Field(default=10, ge=5, le=100)
    """How many connections to PostgreSQL one process uses at most."""
    bot_key_file: Path | None = None
    """Read it as `key_file`."""
    public_url: str | None = None
    """Where the world reaches the HTTP server: "https://bot.school.nl"."""
    telegram_token: SecretStr | None = None
    """From @BotFather; without it there is no Telegram."""
    telegram_base_url: str | None = None
    """A Bot API server of one's own: "http://host:port/bot"."""
    telegram_webhook_secret: SecretStr | None = None
    """Turns the webhook on; without it we poll."""
    telegram_delete_answers: bool = True
    """Whether answers of a report are deleted from the chat once they are kept."""
    teams_client_id: str | None = None
    """The application id of the registration in Entra; without it there is no Teams."""
    teams_client_secret: SecretStr | None = None
    teams_tenant_id: str | None = None
    """The one tenant whose people are answered."""
    teams_local: bool = False
    """Teams without credentials, to try it out on this machine."""
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    log_format: Literal["json", "console"] | None = None
    """None: JSON unless a person looks on."""
    web_host: str = "127.0.0.1"
    """Where the HTTP server listens: the page, the webhooks, the health checks."""
    web_port: int = Field(default=8080, ge=0, le=65535)
    """0 takes any free port."""
    web_page: bool | None = None
    """Whether there is a web page; None: in the local profile only."""

    @property
    def database(self) -> str:
        """The address of the database."""
        return self.database_url or f"sqlite:///{self.data_dir / 'bot.db'}"

    @property
    def key_file(self) -> Path:
        """The file with the board's keys."""
        return self.bot_key_file or self.data_dir / "board.key"

    @property
    def secrets(self) -> list[str]:
        """All that must never be shown: the secrets, and the database's password."""
        known = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        password = urlsplit(self.database).password
        return [*known, *([password] if password else [])]


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
