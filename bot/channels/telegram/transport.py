"""The way out to Telegram: sends, replaces and takes away messages, and says of what failed whether it may be
tried again.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

from telegram import InputFile
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter, TelegramError

from bot.channels.telegram.client import Client, seconds_of
from bot.channels.telegram.keyboard import Keyboard, keyboard, links
from bot.channels.telegram.text import CAPTION_LIMIT, Part, render, units
from bot.channels.telegram.updates import CHANNEL
from bot.ports.outbox import GiveUpError, MakeAttachment, Outgoing, TryLaterError
from handlers.reply import Attachment

log = logging.getLogger(__name__)

NO_PREVIEW = {"is_disabled": True}
DELETED_AT_ONCE = 100
HALF_SENT = 1000
"""Messages of several parts of which it is remembered how far they came."""
CANNOT_EDIT = (
    "message to edit not found",
    "message can't be edited",
    "message_id_invalid",
    "there is no text in the message to edit",
)
UNCHANGED = "message is not modified"
NO_TOPIC = "message thread not found"
NOBODY_THERE = (
    "chat not found",
    "peer_id_invalid",
    "user is deactivated",
    "bot was kicked",
    "not enough rights",
    "have no rights",
    "need administrator rights",
    "chat_write_forbidden",
    "chat_restricted",
    "topic_closed",
    "topic closed",
)
"""Refusals that no plainer message changes."""


class _GoneError(Exception):
    """The message that was to be replaced is not there, or is of another kind."""


@dataclass
class _Progress:
    """How far a message of several parts came, so that trying it again does not repeat what stands there."""

    sent: list[str] = field(default_factory=list)
    anew: bool = False
    """The message that it replaces turned out to be gone."""


class TelegramTransport:
    """`bot.ports.outbox.Transport` for Telegram. A call whose answer got lost is done again: that one message
    may then stand there twice.
    """

    channel = CHANNEL

    def __init__(self, client: Client, make_attachment: MakeAttachment) -> None:
        self._client = client
        self._make_attachment = make_attachment
        self._half_sent: OrderedDict[int, _Progress] = OrderedDict()

    async def send(self, outgoing: Outgoing) -> tuple[str, ...]:
        chat = int(outgoing.chat.id.removeprefix(f"{CHANNEL}:"))
        try:
            try:
                return await self._send(outgoing, chat)
            except ChatMigrated as moved:
                return await self._send(outgoing, moved.new_chat_id)
        except RetryAfter as error:
            raise TryLaterError("Telegram asks to wait", seconds_of(error)) from error
        except (Forbidden, BadRequest, ChatMigrated) as error:
            self._half_sent.pop(outgoing.id, None)
            raise GiveUpError(reason(error)) from error
        except TelegramError as error:
            raise TryLaterError(reason(error)) from error

    async def _send(self, outgoing: Outgoing, chat: int) -> tuple[str, ...]:
        message = outgoing.message
        sent: tuple[str, ...] = ()
        old = outgoing.replaces
        if message:
            parts = render(message.blocks, links(message.buttons))
            progress = self._half_sent.pop(outgoing.id, None) or _Progress()
            try:
                await _Post(self._client, outgoing, chat, progress).parts(
                    parts, message.attachment, self._file
                )
            except BaseException:
                self._half_sent[outgoing.id] = progress
                while len(self._half_sent) > HALF_SENT:
                    self._half_sent.popitem(last=False)
                raise
            sent = tuple(progress.sent)
            old = tuple(number for number in old if number not in sent)
        await self._delete(chat, (*old, *outgoing.deletes))
        return sent

    async def _file(self, attachment: Attachment) -> InputFile:
        try:
            return InputFile(await self._make_attachment(attachment.document), filename=attachment.name)
        except KeyError:
            raise GiveUpError("the document cannot be made any more") from None

    async def _delete(self, chat: int, messages: Sequence[str]) -> None:
        numbers = [int(message) for message in messages if message.isdigit()]
        for first in range(0, len(numbers), DELETED_AT_ONCE):
            some = numbers[first : first + DELETED_AT_ONCE]
            try:
                await (
                    self._client.delete_message(chat, some[0])
                    if len(some) == 1
                    else self._client.delete_messages(chat, some)
                )
            except BadRequest as error:
                log.debug("not deleted: %s", reason(error))


class _Post:
    """One message on its way into one chat."""

    def __init__(self, client: Client, outgoing: Outgoing, chat: int, progress: _Progress) -> None:
        self._client = client
        self._chat = chat
        self._topic = int(outgoing.chat.address) if outgoing.chat.address.isdigit() else None
        self._answers = int(outgoing.answers) if outgoing.answers.isdigit() else None
        self._old = outgoing.replaces
        self._progress = progress
        message = outgoing.message
        self._keyboard = keyboard(message.buttons, outgoing.buttons) if message else None

    async def parts(
        self,
        parts: list[Part],
        attachment: Attachment | None,
        make: Callable[[Attachment], Awaitable[InputFile]],
    ) -> None:
        """Send what is not sent yet; the buttons go with the last."""
        sent = self._progress.sent
        caption = (
            parts.pop() if attachment and len(parts) == 1 and units(parts[0].text) <= CAPTION_LIMIT else None
        )
        for number in range(len(sent), len(parts)):
            markup = self._keyboard if number == len(parts) - 1 and not attachment else None
            sent.append(await self._part(parts[number], number, markup))
        if attachment and len(sent) == len(parts):
            await self._client.send_chat_action(
                self._chat, ChatAction.UPLOAD_DOCUMENT, message_thread_id=self._topic
            )
            sent.append(await self._document(await make(attachment), caption))

    async def _part(self, part: Part, number: int, markup: Keyboard | None) -> str:
        if number < len(self._old) and not self._progress.anew:
            try:
                await self._edit(self._old[number], part, markup)
            except _GoneError:
                self._progress.anew = True
            else:
                return self._old[number]
        return await self._within_topic(lambda topic: self._text(part, markup, topic))

    async def _text(self, part: Part, markup: Keyboard | None, topic: int | None) -> str:
        try:
            sent = await self._client.call(
                "sendMessage",
                chat_id=self._chat,
                text=part.text,
                entities=part.entities,
                link_preview_options=NO_PREVIEW,
                reply_markup=markup,
                message_thread_id=topic,
                reply_parameters=self._quoting(),
            )
        except BadRequest as error:
            if not _plainer_may_do(error):
                raise
            sent = await self._plainer(part.text, markup, topic, error)
        return str(sent["message_id"])

    async def _plainer(
        self, text: str, markup: Keyboard | None, topic: int | None, refused: BadRequest
    ) -> Mapping[str, object]:
        """The same words once more, first without their layout, then without the buttons, whose words are
        typed as well: better than silence. Raises `BadRequest` where also that is refused.
        """
        log.warning("a message was refused and is sent plainer: %s", reason(refused))
        for buttons in (markup, None) if markup else (None,):
            try:
                found: Mapping[str, object] = await self._client.call(
                    "sendMessage",
                    chat_id=self._chat,
                    text=text,
                    reply_markup=buttons,
                    message_thread_id=topic,
                )
            except BadRequest as error:
                refused = error
            else:
                return found
        raise refused

    def _quoting(self) -> Mapping[str, int | bool] | None:
        """In a group: the message that is answered, above the first of what answers it."""
        if self._answers is None or self._progress.sent:
            return None
        return {"message_id": self._answers, "allow_sending_without_reply": True}

    async def _edit(self, number: str, part: Part, markup: Keyboard | None) -> None:
        if not number.isdigit():
            raise _GoneError
        try:
            await self._client.call(
                "editMessageText",
                chat_id=self._chat,
                message_id=int(number),
                text=part.text,
                entities=part.entities,
                link_preview_options=NO_PREVIEW,
                reply_markup=markup,
            )
        except BadRequest as error:
            text = error.message.lower()
            if any(known in text for known in CANNOT_EDIT):
                raise _GoneError from None
            if UNCHANGED not in text:
                if not _plainer_may_do(error):
                    raise
                raise _GoneError from None

    async def _document(self, file: InputFile, caption: Part | None) -> str:
        async def post(topic: int | None) -> str:
            sent = await self._client.call(
                "sendDocument",
                chat_id=self._chat,
                document=file,
                caption=caption.text if caption else None,
                caption_entities=caption.entities if caption else None,
                reply_markup=self._keyboard,
                message_thread_id=topic,
                reply_parameters=self._quoting(),
            )
            return str(sent["message_id"])

        return await self._within_topic(post)

    async def _within_topic(self, post: Callable[[int | None], Awaitable[str]]) -> str:
        """Into the group's topic where the turn was; into the group itself where that topic is gone."""
        try:
            return await post(self._topic)
        except BadRequest as error:
            if self._topic is None or NO_TOPIC not in error.message.lower():
                raise
            self._topic = None
            return await post(None)


def _plainer_may_do(error: BadRequest) -> bool:
    """Whether the message itself may be what is refused, and not the chat or its topic."""
    text = error.message.lower()
    return NO_TOPIC not in text and not any(known in text for known in NOBODY_THERE)


def reason(error: TelegramError) -> str:
    """What went wrong, without anything of the message: the library quotes addresses and bodies in the errors
    of the network.
    """
    if isinstance(error, BadRequest | Forbidden):
        return error.message
    cause = error.__cause__
    kind = type(error).__name__
    return f"{kind} ({type(cause).__name__})" if isinstance(error, NetworkError) and cause else kind
