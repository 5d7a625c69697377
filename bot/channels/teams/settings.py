"""What can be wrong with the settings of Teams, in words for whoever filled them in."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.channels.teams.sdk import Credentials
from bot.settings import Settings

LOOPBACK = ("127.0.0.1", "localhost", "::1")


def problems(settings: Settings) -> Sequence[str]:
    """Everything wrong with them, without asking Microsoft; empty where Teams is not set up at all."""
    filled = {
        "TEAMS_CLIENT_ID": settings.teams_client_id or "",
        "TEAMS_CLIENT_SECRET": settings.teams_client_secret.get_secret_value()
        if settings.teams_client_secret
        else "",
        "TEAMS_TENANT_ID": settings.teams_tenant_id or "",
    }
    found = []
    missing = [name for name, value in filled.items() if not value]
    if 0 < len(missing) < len(filled):
        found.append(
            f"{' and '.join(missing)} missing, while other settings of Teams are filled in; docs/teams.md "
            f"says where to find them."
        )
    for name in ("TEAMS_CLIENT_ID", "TEAMS_TENANT_ID"):
        if filled[name] and not _is_guid(filled[name]):
            found.append(f"{name} is not an id; it looks like 11111111-2222-3333-4444-555555555555.")
    if not missing and urlsplit(settings.public_url or "").scheme != "https":
        found.append(
            "PUBLIC_URL must be the https address at which Teams reaches the assistant, such as "
            "https://protocol.school.nl."
        )
    if settings.teams_local:
        if len(missing) < len(filled):
            found.append(
                "TEAMS_LOCAL is for trying out without credentials: take it away, or take TEAMS_CLIENT_ID "
                "and the others away."
            )
        if settings.bot_profile != "local":
            found.append("TEAMS_LOCAL lets anybody in and works only with BOT_PROFILE=local.")
        if settings.web_host not in LOOPBACK:
            found.append("TEAMS_LOCAL lets anybody in and works only with WEB_HOST=127.0.0.1.")
    return found


def credentials(settings: Settings) -> Credentials | None:
    """None where Teams is not set up, or is tried out without credentials."""
    if not (settings.teams_client_id and settings.teams_client_secret and settings.teams_tenant_id):
        return None
    return Credentials(
        settings.teams_client_id, settings.teams_client_secret.get_secret_value(), settings.teams_tenant_id
    )


def _is_guid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
