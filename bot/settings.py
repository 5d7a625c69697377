"""Settings from the environment or `.env`; every one is explained in `.env.example`."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from rapidfuzz.distance import OSA
from rapidfuzz.process import extractOne

import knowledge

PROFILE = "BOT_PROFILE"
FOR_OTHERS = frozenset(
    ("POSTGRES_PASSWORD", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "TZ", "COMPOSE_PROJECT_NAME")
)
"""What .env may hold for compose and for other programs."""
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
    bot_db_pooled: bool = False
    """Whether a pooler in transaction mode (PgBouncer) stands before PostgreSQL."""
    bot_key_file: Path | None = None
    """Read it as `key_file`."""
    bot_key_command: str | None = None
    """A command that prints the key file, in place of a file."""
    bot_audit_head_file: Path | None = None
    """Read it as `audit_head_file`."""
    keep_drafts_days: int = Field(default=90, ge=15, le=365)
    """How long a report that was begun and not sent in stays after its last change."""
    keep_unanswered_days: int = Field(default=365, ge=1, le=365)
    keep_feedback_days: int = Field(default=365, ge=1, le=365)
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
    trusted_proxies: str = ""
    """Addresses or networks, with commas, whose X-Forwarded-For is believed. Read it as `proxies`."""
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
    def audit_head_file(self) -> Path:
        """Where the end of the audit log is kept outside the database; by default beside the key file."""
        return self.bot_audit_head_file or self.key_file.with_name(f"{self.key_file.name}.audit-head")

    @property
    def proxies(self) -> tuple[str, ...]:
        """Addresses and networks of our own reverse proxies."""
        return tuple(part.strip() for part in self.trusted_proxies.split(",") if part.strip())

    @property
    def secrets(self) -> list[str]:
        """All that must never be shown: the secrets, and the database's password."""
        known = [value.get_secret_value() for _, value in self if isinstance(value, SecretStr)]
        passwords = (urlsplit(self.database).password, os.environ.get("PGPASSWORD"))
        return [*known, *(password for password in passwords if password)]


class SettingsError(Exception):
    """Settings that cannot be used; the text says which and what to do."""


def load() -> Settings:
    """Raises `SettingsError`, also for a name that is no setting if the profile is production."""
    try:
        settings = Settings()
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors()]
        raise SettingsError("\n".join(["These settings are wrong; see .env.example:", *lines])) from None
    except UnicodeDecodeError:
        raise SettingsError(".env is not UTF-8 text; save it as UTF-8.") from None
    unknown = unknown_settings()
    if unknown and (settings.bot_profile == "production" or any(one.near == PROFILE for one in unknown)):
        raise SettingsError(
            "\n".join(["Nothing is started with a setting that is not known:", *map(str, unknown)])
        )
    return settings


@dataclass(frozen=True, slots=True)
class UnknownSetting:
    """A name that looks like a setting and is none."""

    name: str
    where: str
    """".env" or "the environment"."""
    near: str
    """The setting that may be meant; "" if none is near."""

    def __str__(self) -> str:
        meant = f"; did you mean {self.near}?" if self.near else "; .env.example lists every setting"
        return f"{self.name} in {self.where} is not a setting{meant}"


def unknown_settings(
    env_file: Path = Path(".env"), environment: Mapping[str, str] = os.environ
) -> list[UnknownSetting]:
    """Every unknown name in `.env`, and what comes near a setting in the environment."""
    from dotenv import dotenv_values

    known = {name.upper() for name in Settings.model_fields}
    in_file = [name for name in dotenv_values(env_file, interpolate=False) if env_file.is_file()]
    found = [
        UnknownSetting(name, env_file.name, _near(name, known))
        for name in in_file
        if name.upper() not in known and name.upper() not in FOR_OTHERS
    ]
    for name in environment:
        if name.upper() not in known and name not in in_file and (near := _near(name, known)):
            found.append(UnknownSetting(name, "the environment", near))
    return found


def _near(name: str, known: Collection[str]) -> str:
    """The setting that a name misses by a letter or two, or by its separators; "" if none."""
    plain = re.sub(r"[^A-Z0-9]+", "_", name.upper()).strip("_")
    if plain in known:
        return plain
    best = extractOne(plain, known, scorer=OSA.distance, score_cutoff=2 if len(plain) > 8 else 1)
    return best[0] if best else ""
