"""The app package that an ICT person uploads to Teams: manifest, two icons of our own drawing, Dutch and
English.

Manifest: schema 1.22 of Microsoft Teams
(https://developer.microsoft.com/json-schemas/teams/v1.22/MicrosoftTeams.schema.json).
"""

from __future__ import annotations

import io
import json
import struct
import uuid
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from handlers.conversation.commands import COMMANDS, Command
from handlers.texts import Texts
from knowledge.language.words import Language

SCHEMA = "1.22"
VERSION = "1.0.0"
PERSONAL = tuple(command for command in COMMANDS if command.teams != "no")
IN_GROUPS = tuple(command for command in PERSONAL if command.teams == "everywhere")
ACCENT = "#1F5F7A"
BLUE = (0x1F, 0x5F, 0x7A, 0xFF)
WHITE = (0xFF, 0xFF, 0xFF, 0xFF)
CLEAR = (0xFF, 0xFF, 0xFF, 0x00)
MADE = (2026, 1, 1, 0, 0, 0)
"""The time in the archive: the same settings make the same bytes."""
OURS = uuid.UUID("5b2f2f0a-6a5e-4e0c-9d57-3d6f0f6a7c11")

Json = dict[str, Any]


class PackageError(ValueError):
    """Settings that no package can be made of; the text says which."""


def make(client_id: str, public_url: str, board: str, texts: Mapping[Language, Texts]) -> bytes:
    """The zip. Raises `PackageError`."""
    host = _host(public_url)
    try:
        uuid.UUID(client_id)
    except ValueError:
        raise PackageError(
            "TEAMS_CLIENT_ID is not an application id: it looks like 11111111-2222-3333-4444-555555555555"
        ) from None
    files = {
        "manifest.json": json.dumps(
            manifest(client_id, public_url.rstrip("/"), host, board, texts["nl"]),
            indent=2,
            ensure_ascii=False,
        ).encode(),
        "en.json": json.dumps(translation(board, texts["en"]), indent=2, ensure_ascii=False).encode(),
        "color.png": icon(192, BLUE, WHITE),
        "outline.png": icon(32, CLEAR, WHITE),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, MADE), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def manifest(client_id: str, public_url: str, host: str, board: str, texts: Texts) -> Json:
    """The manifest in Dutch."""
    return {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": VERSION,
        "id": str(uuid.uuid5(OURS, client_id)),
        "developer": {
            "name": board[:32],
            "websiteUrl": public_url,
            "privacyUrl": f"{public_url}/teams/privacy",
            "termsOfUseUrl": f"{public_url}/teams/privacy",
        },
        "name": {"short": texts("teams_name"), "full": texts("teams_full_name", board=board)[:100]},
        "description": {"short": texts("teams_short"), "full": texts("teams_full", board=board)},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "localizationInfo": {
            "defaultLanguageTag": "nl",
            "additionalLanguages": [{"languageTag": "en", "file": "en.json"}],
        },
        "bots": [
            {
                "botId": client_id,
                "scopes": ["personal", "team", "groupChat"],
                "supportsFiles": True,
                "isNotificationOnly": False,
                "commandLists": [
                    {"scopes": ["personal"], "commands": _commands(PERSONAL, texts)},
                    {"scopes": ["team", "groupChat"], "commands": _commands(IN_GROUPS, texts)},
                ],
            }
        ],
        "permissions": ["identity", "messageTeamMembers"],
        "validDomains": [host],
    }


def translation(board: str, texts: Texts) -> Json:
    """The manifest's words in another language, by where they stand in it."""
    words = {
        "$schema": f"https://developer.microsoft.com/json-schemas/teams/v{SCHEMA}/MicrosoftTeams.Localization.schema.json",
        "name.short": texts("teams_name"),
        "name.full": texts("teams_full_name", board=board)[:100],
        "description.short": texts("teams_short"),
        "description.full": texts("teams_full", board=board),
    }
    for number, commands in enumerate((PERSONAL, IN_GROUPS)):
        for place, command in enumerate(_commands(commands, texts)):
            where = f"bots[0].commandLists[{number}].commands[{place}]"
            words |= {f"{where}.title": command["title"], f"{where}.description": command["description"]}
    return words


def icon(size: int, ground: tuple[int, ...], ink: tuple[int, ...]) -> bytes:
    """A PNG of a speech bubble with two lines of text, drawn with smooth edges by taking 4 × 4 samples of
    every point.
    """
    rows = bytearray()
    for y in range(size):
        rows.append(0)
        for x in range(size):
            inside = (
                sum(
                    _bubble((x + (i + 0.5) / 4) / size, (y + (j + 0.5) / 4) / size)
                    for i in range(4)
                    for j in range(4)
                )
                / 16
            )
            rows += bytes(round(g + (k - g) * inside) for g, k in zip(ground, ink, strict=True))
    header = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(bytes(rows), 9))
        + _chunk(b"IEND", b"")
    )


def _bubble(x: float, y: float) -> bool:
    """Whether a point (0 to 1) is ink."""
    line = 0.32 <= x <= 0.68 and (0.36 <= y <= 0.42 or (0.50 <= y <= 0.56 and x <= 0.58))
    left, right, top, bottom, radius = 0.18, 0.82, 0.22, 0.68, 0.10
    dx, dy = max(left + radius - x, 0, x - right + radius), max(top + radius - y, 0, y - bottom + radius)
    body = dx * dx + dy * dy <= radius * radius
    tail = 0.30 <= x <= 0.46 and bottom - 0.02 <= y <= bottom + 0.16 - (x - 0.30)
    return (body or tail) and not line


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _commands(commands: tuple[Command, ...], texts: Texts) -> list[Json]:
    return [
        {"title": f"/{command.name(texts.language)}", "description": texts(f"command_{command.id}")}
        for command in commands
    ]


def _host(public_url: str) -> str:
    parts = urlsplit(public_url)
    if parts.scheme != "https" or not parts.hostname:
        raise PackageError(
            "PUBLIC_URL must be the https address at which Teams reaches the assistant, such as https://protocol.school.nl"
        )
    return parts.hostname
