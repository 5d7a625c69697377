"""A message's buttons as Telegram shows them: short ones side by side, long ones alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.channels.telegram.updates import clean
from handlers.reply import Button

ROW = 3
"""Buttons side by side, at most."""
ROW_LETTERS = 30
"""Letters that a row of a phone holds, all labels together."""
LABEL = 60
"""Letters of a label, at most: more is cut off by the phone, in an ugly place."""
BUTTONS = 100
"""More are refused by Telegram."""

Keyboard = Mapping[str, Sequence[Sequence[Mapping[str, str]]]]
"""An InlineKeyboardMarkup of the Bot API."""


def keyboard(buttons: Sequence[Button], ids: Sequence[str]) -> Keyboard | None:
    """The keyboard of a message; `ids` are the buttons' opaque ids, "" for one that opens a page. None
    without buttons.
    """
    rows: list[list[Mapping[str, str]]] = []
    letters = 0
    for button, known in list(zip(buttons, ids, strict=True))[:BUTTONS]:
        if not known and not opens(button.url):
            continue
        label = shorten(clean(button.label))
        made = {"text": label, "callback_data": known} if known else {"text": label, "url": button.url}
        if rows and len(rows[-1]) < ROW and letters + len(label) <= ROW_LETTERS:
            rows[-1].append(made)
            letters += len(label)
        else:
            rows.append([made])
            letters = len(label)
    return {"inline_keyboard": rows} if rows else None


def links(buttons: Sequence[Button]) -> list[str]:
    """Lines for the pages that Telegram refuses on a button: those of this machine and network."""
    return [
        f"{clean(button.label)}: {button.url}" for button in buttons if button.url and not opens(button.url)
    ]


def opens(url: str) -> bool:
    """Whether Telegram takes this address on a button."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme == "tg":
        return True
    if parts.scheme not in ("http", "https") or "." not in host:
        return False
    try:
        return ip_address(host).is_global
    except ValueError:
        return not host.endswith(".local")


def shorten(label: str) -> str:
    """The label, cut between words where it is too long."""
    label = " ".join(label.split()) or "…"
    if len(label) <= LABEL:
        return label
    kept = label[: LABEL - 1]
    return f"{kept.rpartition(' ')[0] or kept}…"
