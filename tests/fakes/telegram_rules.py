"""What Telegram refuses: limits and forms of the Bot API, by its documentation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

TEXT, CAPTION, CALLBACK_DATA, BUTTONS, TOAST, RESULTS = 4096, 1024, 64, 100, 200, 50
ENTITIES = {"bold", "italic", "blockquote", "expandable_blockquote"}
"""The kinds that our bot is meant to use; any other is somebody's words that became markup."""
COMMAND = re.compile(r"[a-z0-9_]{1,32}")

Json = dict[str, Any]


class RefusedError(Exception):
    """A call that Telegram answers with an error."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters


def bad(description: str) -> RefusedError:
    return RefusedError(400, f"Bad Request: {description}")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def check_text(text: str, entities: Sequence[Json], limit: int = TEXT, may_be_empty: bool = False) -> None:
    """Length, and every entity within the text and not through the middle of a character."""
    if not text.strip() and not may_be_empty:
        raise bad("message text is empty")
    if units(text) > limit:
        raise bad("message is too long" if limit == TEXT else "message caption is too long")
    wide = text.encode("utf-16-le")
    for entity in entities:
        start, end = entity["offset"], entity["offset"] + entity["length"]
        if entity["type"] not in ENTITIES or start < 0 or entity["length"] <= 0 or end > units(text):
            raise bad("can't parse entities")
        for edge in (start, end):
            if 0xDC00 <= int.from_bytes(wide[2 * edge : 2 * edge + 2], "little") <= 0xDFFF:
                raise bad("can't parse entities: an edge within a character")


def check_markup(markup: Mapping[str, Any] | None) -> None:
    buttons = [button for row in (markup or {}).get("inline_keyboard", []) for button in row]
    if len(buttons) > BUTTONS:
        raise bad("reply markup is too long")
    for button in buttons:
        if not button.get("text", "").strip():
            raise bad("inline keyboard button text must be non-empty")
        if "callback_data" in button:
            if not 1 <= len(button["callback_data"].encode()) <= CALLBACK_DATA:
                raise bad("BUTTON_DATA_INVALID")
        elif "." not in (urlsplit(button.get("url", "")).hostname or ""):
            raise bad("inline keyboard button URL is invalid")


def check_result(result: Json) -> None:
    if not 1 <= len(result["id"].encode()) <= 64 or not result["title"]:
        raise bad("RESULT_ID_INVALID")
    content = result["input_message_content"]
    check_text(content["message_text"], content.get("entities", []))


def check_commands(commands: Sequence[Json]) -> None:
    if len(commands) > 100 or any(
        not COMMAND.fullmatch(c["command"]) or not 1 <= len(c["description"]) <= 256 for c in commands
    ):
        raise bad("BOT_COMMAND_INVALID")


def check_webhook(url: str, secret: str) -> None:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad("secret token contains unallowed characters")


def entities_of(text: str) -> list[Json]:
    """The mentions and commands that Telegram itself finds in what people write."""
    return [
        {
            "type": "mention" if found[0].startswith("@") else "bot_command",
            "offset": units(text[: found.start()]),
            "length": units(found[0]),
        }
        for found in re.finditer(r"(?<!\S)(@[A-Za-z0-9_]{4,32}|/[A-Za-z0-9_]+(@[A-Za-z0-9_]+)?)", text)
    ]
