"""From a message to what Teams shows: an Adaptive Card, with plain words beside it for clients and notices
that show none.

All text goes into RichTextBlocks: a TextBlock reads Markdown, and what people typed must never become markup.
Limits: a message of Teams takes about 28 kB; a card's action set shows six actions.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, assert_never

from handlers.reply import Block, Bullets, Heading, Message, Paragraph, Quotation, text_of

Json = dict[str, Any]

CARD_TYPE = "application/vnd.microsoft.card.adaptive"
VERSION = "1.4"
ACTIONS_A_SET = 6
LABEL = 60
"""Characters of a button's label that Teams shows on a phone."""
CARD_BYTES = 20_000
"""Most bytes of one card's body; a longer message goes out as several."""
PIECE = 4_000
"""Most characters of one text element."""
SUMMARY = 300
"""Most characters of the words beside a card."""
VERB = "press"


def activities(message: Message, buttons: Sequence[str]) -> list[Json]:
    """The activities that a message takes, the buttons on the last; each has its card and its words."""
    parts = _parts([element for block in message.blocks for element in _elements(block)])
    made = []
    for number, part in enumerate(parts):
        body = [*part, *_action_sets(message, buttons)] if number == len(parts) - 1 else part
        made.append(_activity(body, _words(message) if number == 0 else ""))
    return made


def marked(content: Json, button: str, label: str = "✓") -> Json | None:
    """The card with the pressed button marked and no longer to be pressed; None where it does not carry the
    button.
    """
    body, found = [], False
    for element in content["body"]:
        actions = element.get("actions", ())
        pressed = next((action for action in actions if action.get("data", {}).get("b") == button), None)
        if pressed is None:
            body.append(element)
            continue
        found = True
        left = [action for action in actions if action is not pressed]
        if left:
            body.append({**element, "actions": left})
        body.append(_rich(f"{label} {pressed['title']}", weight="Bolder"))
    return {**content, "body": body} if found else None


def card_of(activity: Json) -> Json:
    """The card that an activity of ours carries."""
    found: Json = activity["attachments"][0]["content"]
    return found


def carry(content: Json) -> Json:
    """An activity that is only this card."""
    return {"type": "message", "attachments": [{"contentType": CARD_TYPE, "content": content}]}


def card(body: list[Json], words: str) -> Json:
    """A card of these elements, with the words for who sees no cards."""
    return {
        "type": "AdaptiveCard",
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "version": VERSION,
        "body": body,
        "msteams": {"width": "Full"},
        "fallbackText": words,
    }


def plain(text: str) -> Json:
    """An element of plain words."""
    return _rich(text)


def _activity(body: list[Json], words: str) -> Json:
    return {**carry(card(body, words)), "summary": words}


def _elements(block: Block) -> list[Json]:
    if isinstance(block, Quotation):
        items = [_rich(piece) for piece in _pieces(block.text)] + [_rich(block.source, subtle=True)]
        return [
            {"type": "Container", "style": "emphasis", "bleed": False, "spacing": "Medium", "items": items}
        ]
    if isinstance(block, Heading):
        return [_rich(block.text, weight="Bolder", size="Medium")]
    if isinstance(block, Bullets):
        return [_rich(f"• {piece}") for item in block.items for piece in _pieces(item)]
    if isinstance(block, Paragraph):
        return [_rich(piece, subtle=block.tone == "aside") for piece in _pieces(block.text)]
    assert_never(block)


def _rich(text: str, *, subtle: bool = False, weight: str = "Default", size: str = "Default") -> Json:
    run = {"type": "TextRun", "text": text, "isSubtle": subtle, "weight": weight, "size": size}
    return {"type": "RichTextBlock", "inlines": [run], "spacing": "Small"}


def _pieces(text: str) -> list[str]:
    """The text in pieces of at most `PIECE` characters, cut between words where there are any. Control
    characters are left out.
    """
    text = "".join(c for c in text if c in "\n\t" or (c.isprintable() or c.isspace()))
    pieces = []
    while len(text) > PIECE:
        cut = max(text.rfind(" ", 0, PIECE), text.rfind("\n", 0, PIECE))
        cut = cut if cut > PIECE // 2 else PIECE
        pieces.append(text[:cut])
        text = text[cut:].lstrip(" ")
    return [*pieces, text]


def _parts(elements: list[Json]) -> list[list[Json]]:
    parts: list[list[Json]] = [[]]
    used = 0
    for element in elements:
        size = len(json.dumps(element).encode())
        if parts[-1] and used + size > CARD_BYTES:
            parts.append([])
            used = 0
        parts[-1].append(element)
        used += size
    return parts


def _action_sets(message: Message, ids: Sequence[str]) -> list[Json]:
    actions = [
        {"type": "Action.OpenUrl", "title": _label(button.label), "url": button.url}
        if button.url
        else {"type": "Action.Execute", "title": _label(button.label), "verb": VERB, "data": {"b": button_id}}
        for button, button_id in zip(message.buttons, ids, strict=True)
    ]
    sets = [actions[i : i + ACTIONS_A_SET] for i in range(0, len(actions), ACTIONS_A_SET)]
    return [{"type": "ActionSet", "actions": some, "spacing": "Medium"} for some in sets]


def _label(label: str) -> str:
    return label if len(label) <= LABEL else f"{label[: LABEL - 1].rstrip()}…"


def _words(message: Message) -> str:
    """What a notice shows: our first sentence, never a quotation of what somebody wrote."""
    first = next((block for block in message.blocks if isinstance(block, Paragraph | Heading)), None)
    text = text_of(first) if first else ""
    return text if len(text) <= SUMMARY else f"{text[: SUMMARY - 1].rstrip()}…"
