"""From an update of Telegram to a turn: what a person did, or nothing where it is not meant for us."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from telegram import CallbackQuery, ChatMemberUpdated, Message, MessageEntity, Update, User
from telegram import Chat as TelegramChat
from telegram.constants import ChatMemberStatus, ChatType

from bot.channels.telegram.client import RawUpdate
from handlers.turn import Act, Chat, Edited, Media, Opened, Person, Pressed, Said, Sent, Turn
from knowledge.language.words import LANGUAGES, UNSEEN

CHANNEL = "telegram"
ANONYMOUS_ADMIN = 1087968824
"""The account under which a group's anonymous administrators write."""
AS_CHANNEL = 136817688
"""The account under which a member writes as a channel of theirs. These two bots are persons."""
ALBUMS = 1000
"""Albums that are remembered, to give each one reply."""
DEEP_LINK = "prive"
OUTSIDE = frozenset({ChatMemberStatus.LEFT, ChatMemberStatus.BANNED})

_MEDIA: Sequence[tuple[str, Media]] = (
    ("photo", "photo"),
    ("video", "video"),
    ("animation", "video"),
    ("video_note", "video"),
    ("document", "document"),
    ("sticker", "sticker"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("venue", "location"),
    ("location", "location"),
    ("contact", "contact"),
    *(
        (name, "other")
        for name in ("poll", "dice", "game", "story", "paid_media", "checklist", "invoice", "giveaway")
    ),
)
"""A message's attribute → what it is to us, the first that fits; whatever else a message holds is a notice of
Telegram's own.
"""
_COMMAND = re.compile(r"/([A-Za-z0-9_]{1,64})(?:@([A-Za-z0-9_]{3,64}))?(?=\s|$)")


class Reader:
    """Reads updates for one bot account. Keeps nothing but which albums passed by."""

    def __init__(self, me: User) -> None:
        self._me = me
        self._name = (me.username or "").lower()
        self._albums: OrderedDict[str, str] = OrderedDict()
        """Album → the delivery of its picture with the caption; "" as long as none had one."""

    def turn(self, update: Update, at: datetime) -> Turn | None:
        """What a person did; None where it is nothing for us: another bot's command, a group's talk, a
        notice.
        """
        if query := update.callback_query:
            return self._pressed(update, query, at)
        if member := update.my_chat_member:
            return self._member(update, member, at)
        if message := update.edited_message:
            return self._edited(update, message, at)
        return self._message(update, update.message, at) if update.message else None

    def moved(self, update: Update) -> tuple[str, str] | None:
        """The chats (old, new) of a group that became a supergroup, which Telegram says in both."""
        message = update.message
        if message is None:
            return None
        if message.migrate_to_chat_id:
            return f"{CHANNEL}:{message.chat.id}", f"{CHANNEL}:{message.migrate_to_chat_id}"
        if message.migrate_from_chat_id:
            return f"{CHANNEL}:{message.migrate_from_chat_id}", f"{CHANNEL}:{message.chat.id}"
        return None

    def unreadable(self, raw: RawUpdate, at: datetime) -> Turn | None:
        """The turn of an update that the library cannot read, where it is plain who sent it where: something
        that we cannot use. None where it is not, or where it is not meant for us.
        """
        message, sender = _within(raw, "message"), _within(raw, "message", "from")
        number, person = _within(raw, "message", "message_id"), _within(raw, "message", "from", "id")
        chat, kind = _within(raw, "message", "chat", "id"), _within(raw, "message", "chat", "type")
        if not isinstance(message, Mapping) or not isinstance(sender, Mapping) or sender.get("is_bot"):
            return None
        if kind != ChatType.PRIVATE or not all(type(one) is int for one in (number, person, chat)):
            return None
        place = Chat(f"{CHANNEL}:{chat}", address=_topic(message))
        delivery = f"{CHANNEL}:{raw.get('update_id')}"
        return Turn(delivery, Person(f"{CHANNEL}:{person}"), place, Sent("other", message=str(number)), at)

    def _pressed(self, update: Update, query: CallbackQuery, at: datetime) -> Turn | None:
        if query.message is None or query.data is None:
            return None
        act = Pressed(clean(query.data), str(query.message.message_id))
        whole = (
            query.message if isinstance(query.message, Message) else None
        )  # of one that is too old Telegram tells no topic
        return Turn(
            _delivery(update), _person(query.from_user), self._chat(query.message.chat, whole), act, at
        )

    def _member(self, update: Update, member: ChatMemberUpdated, at: datetime) -> Turn | None:
        joined = member.old_chat_member.status in OUTSIDE and member.new_chat_member.status not in OUTSIDE
        if not joined or member.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
            return None
        return Turn(_delivery(update), _person(member.from_user), self._chat(member.chat), Opened(), at)

    def _edited(self, update: Update, message: Message, at: datetime) -> Turn | None:
        text = self._words(message)
        if message.from_user is None or not text or not self._is_meant(message):
            return None
        return Turn(
            _delivery(update),
            _person(message.from_user),
            self._chat(message.chat, message),
            Edited(text, str(message.message_id)),
            at,
        )

    def _message(self, update: Update, message: Message, at: datetime) -> Turn | None:
        sender = message.from_user
        if sender is None or not self._is_meant(message):
            return None
        act = self._act(message)
        if act is None:
            return None
        person = _person(sender)
        if sender.id == AS_CHANNEL and message.sender_chat:
            person = Person(f"{CHANNEL}:{message.sender_chat.id}")
        return Turn(self._delivery(update, message), person, self._chat(message.chat, message), act, at)

    def _act(self, message: Message) -> Act | None:
        number = str(message.message_id)
        words = self._words(message)
        if words == "" and (asked := self._pointed_at(message)):
            return Said(asked, number)
        if message.text is not None:
            return (
                None if words is None else Said(words, number, forwarded=message.forward_origin is not None)
            )
        media = next((media for name, media in _MEDIA if getattr(message, name)), None)
        return Sent(media, words or "", number) if media else None

    def _pointed_at(self, message: Message) -> str:
        """The text of another's message that somebody answers with our name alone: that is the question."""
        answered = message.reply_to_message
        if message.text is None or answered is None:
            return ""
        if answered.from_user and answered.from_user.id == self._me.id:
            return ""
        return clean(answered.text or answered.caption or "")

    def _words(self, message: Message) -> str | None:
        """Text or caption without our own name; None where it is a command for another bot, or there is
        none.
        """
        text = message.text if message.text is not None else message.caption
        if text is None:
            return None
        entities = message.entities if message.text is not None else message.caption_entities
        text = _without(text, [entity for entity in entities if self._names_me(text, entity)]).strip(UNSEEN)
        command = _COMMAND.match(text)
        if command and command[2]:
            if command[2].lower() != self._name:
                return None
            text = f"/{command[1]}{text[command.end() :]}"
        return clean(text)

    def _is_meant(self, message: Message) -> bool:
        """Whether a person says it, and says it to us."""
        sender = message.from_user
        if (
            sender is None
            or (sender.is_bot and sender.id not in (ANONYMOUS_ADMIN, AS_CHANNEL))
            or message.is_automatic_forward
        ):
            return False
        if message.via_bot is not None and message.via_bot.id == self._me.id:
            return False  # a rule that somebody picked from the inline list
        if message.chat.type == ChatType.PRIVATE:
            return True
        if message.chat.type not in (ChatType.GROUP, ChatType.SUPERGROUP):
            return False
        answered = message.reply_to_message
        if (
            answered
            and answered.from_user
            and answered.from_user.id == self._me.id
            and answered.forum_topic_created is None
        ):
            return True
        text = message.text or message.caption or ""
        entities = message.entities or message.caption_entities
        return _COMMAND.match(text.lstrip(UNSEEN)) is not None or any(
            self._names_me(text, entity) for entity in entities
        )

    def _names_me(self, text: str, entity: MessageEntity) -> bool:
        if entity.type == MessageEntity.TEXT_MENTION:
            return entity.user is not None and entity.user.id == self._me.id
        if entity.type != MessageEntity.MENTION or not self._name:
            return False
        start, end = _span(text, entity)
        return text[start:end].lower() == f"@{self._name}"

    def _chat(self, chat: TelegramChat, message: Message | None = None) -> Chat:
        number = f"{CHANNEL}:{chat.id}"
        topic = str(message.message_thread_id or "") if message and message.is_topic_message else ""
        if chat.type == ChatType.PRIVATE:
            return Chat(number, address=topic)
        link = f"https://t.me/{self._me.username}?start={DEEP_LINK}" if self._name else ""
        return Chat(number, private=False, address=topic, private_link=link)

    def _delivery(self, update: Update, message: Message) -> str:
        """One id for all pictures of an album, so that the store lets one through; a caption that comes after
        one without counts by itself.
        """
        if message.media_group_id is None:
            return _delivery(update)
        album = f"{CHANNEL}:album:{message.chat.id}:{message.media_group_id}"
        known = self._albums.get(album)
        if not known:
            self._albums[album] = (
                "" if not message.caption else album if known is None else f"{album}:{update.update_id}"
            )
        while len(self._albums) > ALBUMS:
            self._albums.popitem(last=False)
        return self._albums.get(album) or album if message.caption else album


def in_order(updates: Iterable[RawUpdate]) -> list[list[RawUpdate]]:
    """The updates by chat, each chat's in their order, but of an album the picture with the caption first: it
    holds the question.
    """
    chats: dict[object, list[RawUpdate]] = {}
    for update in updates:
        chats.setdefault(place(update), []).append(update)
    return [_captions_first(chat) for chat in chats.values()]


def place(update: RawUpdate) -> object:
    """What tells the chats apart whose updates must stay in order; an update without a chat is by itself."""
    for names in (("message",), ("edited_message",), ("my_chat_member",), ("callback_query", "message")):
        chat = _within(update, *names, "chat", "id")
        if isinstance(chat, int):
            return chat
    return ("alone", update.get("update_id"))


def clean(text: str) -> str:
    """Without what no database and no other message can hold: NUL and halves of characters."""
    return text.replace("\0", "").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _within(update: RawUpdate, *names: str) -> object:
    """What stands there; None where it does not, or where something else stands on the way to it."""
    found: object = update
    for name in names:
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _captions_first(updates: list[RawUpdate]) -> list[RawUpdate]:
    first: dict[str, int] = {}

    def rank(numbered: tuple[int, RawUpdate]) -> tuple[int, bool, int]:
        number, update = numbered
        album = _within(update, "message", "media_group_id")
        place = first.setdefault(album, number) if isinstance(album, str) else number
        return place, not _within(update, "message", "caption"), number

    return [update for _, update in sorted(enumerate(updates), key=rank)]


def _topic(message: Mapping[str, object]) -> str:
    topic = message.get("message_thread_id") if message.get("is_topic_message") else None
    return str(topic) if type(topic) is int else ""


def _delivery(update: Update) -> str:
    return f"{CHANNEL}:{update.update_id}"


def _person(user: User) -> Person:
    spoken = (user.language_code or "").lower().partition("-")[0]
    return Person(
        f"{CHANNEL}:{user.id}", next((language for language in LANGUAGES if language == spoken), None)
    )


def _span(text: str, entity: MessageEntity) -> tuple[int, int]:
    """Where an entity stands, in characters; Telegram counts in UTF-16."""
    wide = text.encode("utf-16-le", "surrogatepass")

    def characters(units: int) -> int:
        return len(wide[: 2 * units].decode("utf-16-le", "surrogatepass"))

    return characters(entity.offset), characters(entity.offset + entity.length)


def _without(text: str, entities: Sequence[MessageEntity]) -> str:
    for start, end in sorted((_span(text, entity) for entity in entities), reverse=True):
        before, after = text[:start].rstrip(" ,:"), text[end:].lstrip(" ,:")
        text = f"{before} {after}" if before and after else before + after
    return text
