"""From a Teams activity, as its JSON says it, to a turn."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handlers.turn import Act, Chat, Edited, Media, Opened, Person, Pressed, Said, Sent, Turn
from knowledge.language.words import LANGUAGES, Language

Activity = Mapping[str, Any]
"""An activity as JSON. Everything in it but the envelope (from, conversation, channelData) is what a person
typed or a client sent.
"""

BUTTON = "b"
"""The one field of a button's data: its opaque id."""
MEDIA: Mapping[str, Media] = {"image": "photo", "video": "video", "audio": "voice"}

MARKUP = re.compile(r"<quoted\b[^>]*?(?:/>|>.*?</quoted>)|</?at\b[^>]*>", re.I | re.S)
"""What Teams puts among a person's words: a quoted message, the tags of a mention."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a conversation is reached, kept with the chat for what is sent later."""

    service_url: str
    conversation: str

    def as_text(self) -> str:
        return json.dumps({"serviceUrl": self.service_url, "conversation": self.conversation})

    @classmethod
    def of(cls, text: str) -> Address:
        """Raises `ValueError` for a text that `as_text` did not make."""
        try:
            fields = json.loads(text)
            return cls(fields["serviceUrl"], fields["conversation"])
        except (TypeError, KeyError) as error:
            raise ValueError(f"not an address of Teams: {error}") from None


def turn_of(activity: Activity, bot_id: str, at: datetime) -> Turn | None:
    """The turn that an activity is; None where nobody did anything that is meant for us."""
    person = _person(activity)
    conversation = _text(_at(activity, "conversation", "id"))
    if person is None or not conversation:
        return None
    act = _act(activity, bot_id)
    if act is None:
        return None
    address = Address(_text(activity.get("serviceUrl")), conversation)
    chat = Chat(f"teams:{conversation}", is_personal(activity), address.as_text(), _private_link(bot_id))
    return Turn(_delivery(activity, act, person, conversation), person, chat, act, at)


def is_personal(activity: Activity) -> bool:
    """Whether the person and the assistant are alone there."""
    return _at(activity, "conversation", "conversationType") == "personal"


def button_of(activity: Activity) -> str | None:
    """The opaque id of the pressed button, of Action.Submit (a message) and of Action.Execute (an invoke)."""
    value = activity.get("value")
    data = _at(value, "action", "data") if activity.get("type") == "invoke" else value
    pressed = data.get(BUTTON) if isinstance(data, Mapping) else None
    return pressed if isinstance(pressed, str) else None


def tenant_of(activity: Activity) -> str:
    return _text(_at(activity, "channelData", "tenant", "id")) or _text(
        _at(activity, "conversation", "tenantId")
    )


def _act(activity: Activity, bot_id: str) -> Act | None:
    kind, message = activity.get("type"), _text(activity.get("id"))
    if kind in ("message", "invoke") and (button := button_of(activity)) is not None:
        return Pressed(button, _text(activity.get("replyToId")))
    if kind == "message":
        if not is_personal(activity) and not _mentioned(activity, bot_id):
            return None
        text = words_of(activity, bot_id)
        media = _media(activity)
        if media:
            return Sent(media, text, message)
        return Said(text, message) if text or not is_personal(activity) else None
    if kind == "messageUpdate" and _at(activity, "channelData", "eventType") == "editMessage":
        return Edited(words_of(activity, bot_id), message)
    if kind == "conversationUpdate":
        added = activity.get("membersAdded")
        came = {_text(_at(member, "id")) for member in added} if isinstance(added, list) else set()
        return Opened() if _text(_at(activity, "recipient", "id")) in came else None
    return None


def words_of(activity: Activity, bot_id: str) -> str:
    """The person's own words: without the mention of ourselves and without what is quoted; mentions of others
    stay as the names that people see.
    """
    text = _text(activity.get("text"))
    if not text.strip():
        text = _written_as_html(activity)
    for entity in _entities(activity):
        if _at(entity, "type") == "mention":
            name = "" if _is_us(entity, activity, bot_id) else _text(_at(entity, "mentioned", "name"))
            text = _without_first(text, _shown(entity), name)
        elif shown := _text(_at(entity, "text")):
            text = text.replace(shown, "", 1)
    return MARKUP.sub(" ", text).replace("\u00a0", " ").strip()


def _shown(mention: object) -> tuple[str, ...]:
    """How a mention may stand in the text: as its entity says or by its name, "&" written either way."""
    name = _text(_at(mention, "mentioned", "name"))
    said = _text(_at(mention, "text")) or (f"<at>{name}</at>" if name else "")
    bare = said.replace("&amp;", "&")
    return tuple(form for form in (said, bare, bare.replace("&", "&amp;")) if form)


def _without_first(text: str, forms: tuple[str, ...], instead: str) -> str:
    for form in forms:
        if form in text:
            return text.replace(form, instead, 1)
    return text


def _written_as_html(activity: Activity) -> str:
    """The words of a message that came as an HTML attachment only; what it quotes is left out."""
    attachments = activity.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else ():
        content = _text(_at(attachment, "content"))
        if _text(_at(attachment, "contentType")) == "text/html" and content:
            own = re.sub(r"<blockquote\b.*?</blockquote>", " ", content, flags=re.I | re.S)
            mentioned = re.sub(
                r"<span\b[^>]*schema\.skype\.com/Mention[^>]*>.*?</span>", " ", own, flags=re.I | re.S
            )
            lines = re.sub(r"<br\s*/?>|</(?:p|div|li)>", "\n", mentioned, flags=re.I)
            return html.unescape(re.sub(r"<(?!/?at\b)[^>]+>", "", lines)).strip()
    return ""


def _entities(activity: Activity) -> list[object]:
    entities = activity.get("entities")
    return entities if isinstance(entities, list) else []


def _mentions(activity: Activity) -> list[object]:
    return [entity for entity in _entities(activity) if _at(entity, "type") == "mention"]


def _mentioned(activity: Activity, bot_id: str) -> bool:
    return any(_is_us(entity, activity, bot_id) for entity in _mentions(activity))


def _is_us(mention: object, activity: Activity, bot_id: str) -> bool:
    """By id, never by the name that is shown: anybody may be called like the assistant."""
    ours = {_text(_at(activity, "recipient", "id")), bot_id, f"28:{bot_id}"} - {""}
    return _text(_at(mention, "mentioned", "id")) in ours


def _media(activity: Activity) -> Media | None:
    attachments = activity.get("attachments")
    for attachment in attachments if isinstance(attachments, list) else ():
        content_type = _text(_at(attachment, "contentType"))
        if content_type in ("text/html", "") or content_type.startswith("application/vnd.microsoft.card"):
            continue
        return MEDIA.get(content_type.partition("/")[0], "document")
    return None


def _delivery(activity: Activity, act: Act, person: Person, conversation: str) -> str:
    """Of a press the button itself: Teams repeats a slow press under a new id, and a pressed card cannot be
    pressed again.
    """
    if isinstance(act, Pressed):
        return f"teams:press:{conversation}:{act.button}:{person.id}"
    kind = activity.get("type")
    stamp = _text(activity.get("timestamp")) if isinstance(act, Edited | Opened) else ""
    return f"teams:{kind}:{conversation}:{_text(activity.get('id'))}:{stamp}"


def _person(activity: Activity) -> Person | None:
    identity = _text(_at(activity, "from", "aadObjectId")) or _text(_at(activity, "from", "id"))
    return Person(f"teams:{identity}", _language(activity)) if identity else None


def _language(activity: Activity) -> Language | None:
    locale = _text(activity.get("locale")).partition("-")[0].lower()
    return next((language for language in LANGUAGES if language == locale), None)


def _private_link(bot_id: str) -> str:
    return f"https://teams.microsoft.com/l/chat/0/0?users=28:{bot_id}"


def _at(value: object, *path: str) -> object:
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
