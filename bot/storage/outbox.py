"""The outbox's rows, as a turn's transaction puts them in. Functions of an open transaction."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from bot.storage.compiled_statement import Statement
from bot.storage.encryption import Cipher
from bot.storage.schema import EPOCH, chats, keyboards, outbox
from bot.storage.serialization import ACTIONS, PAYLOAD, Payload
from handlers.reply import Message, Notice
from knowledge.language.words import Language

log = logging.getLogger(__name__)

ANNOUNCED = "outbox"
"""PostgreSQL's NOTIFY channel on which processes tell each other that something was put in."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where something goes."""

    chat: str
    channel: str
    person: str | None
    """Who alone may press its buttons; None in a group: anybody there."""
    address: str | None = None
    """In a group: where in it, such as its topic, so that two topics that are active at once each hear their
    own.
    """
    answers: str = ""
    """In a group: the platform's id of the message that is answered."""


_PRIVATE = Statement(
    select(chats.c.id, chats.c.channel)
    .where(chats.c.person == bindparam("of_person"))
    .order_by(chats.c.updated.desc())
    .limit(bindparam("most"))
)
_PUT = Statement(
    lambda insert: insert(outbox), "chat", "channel", "token", "payload", "due", "attempts", "weight"
)
_PUT_KEYBOARD = Statement(lambda insert: insert(keyboards), "id", "chat", "person", "actions", "created")
_ANNOUNCE = Statement(select(func.pg_notify(bindparam("to"), bindparam("what"))))


def private_place(connection: Connection, person: str) -> Place | None:
    """Where a person is reached alone; None where they never wrote to the assistant there."""
    row = _PRIVATE.first(connection, of_person=person, most=1)
    return Place(row[0], row[1], person) if row else None


def put(
    connection: Connection,
    cipher: Cipher,
    language: Language,
    things: Iterable[tuple[Place, Message | tuple[str, ...]]],
    now: datetime,
) -> set[str]:
    """Messages, and batches of ids to delete, each to the end of its chat's line. Returns the channels that
    have something to send now.
    """
    boards, rows, channels = [], [], set()
    for place, thing in things:
        message, deletes = (None, thing) if isinstance(thing, tuple) else (thing, ())
        board = secrets.token_urlsafe(16) if message and message.buttons else ""
        payload = Payload(language, message, board, deletes, place.address, place.answers)
        if message and board:
            actions = tuple(None if button.url else button.action for button in message.buttons)
            encrypted = ACTIONS.write(cipher, actions, board, place.chat, place.person or "")
            boards.append(
                {
                    "id": board,
                    "chat": place.chat,
                    "person": place.person,
                    "actions": encrypted,
                    "created": now,
                }
            )
        token = secrets.token_urlsafe(12)
        encrypted = PAYLOAD.write(cipher, payload, token, place.chat)
        rows.append(
            {
                "chat": place.chat,
                "channel": place.channel,
                "token": token,
                "payload": encrypted,
                "due": EPOCH,
                "attempts": 0,
                "weight": 1 if message and not message.replaces else 0,
            }
        )
        channels.add(place.channel)
    if boards:
        _PUT_KEYBOARD.run_each(connection, boards)
    if rows:
        _PUT.run_each(connection, rows)
    return channels


def put_notices(
    connection: Connection, cipher: Cipher, language: Language, notices: Iterable[Notice], now: datetime
) -> set[str]:
    """Each to its person's private chat; one for somebody without such a chat is logged and dropped."""
    things: list[tuple[Place, Message]] = []
    for notice in notices:
        place = private_place(connection, notice.person)
        if place is None:
            log.warning("a notice for somebody who has no private chat with the assistant was dropped")
        else:
            things.append((place, notice.message))
    return put(connection, cipher, language, things, now)


def announce(connection: Connection, channels: Iterable[str], sender: str) -> None:
    """Wake the senders of other processes when this transaction is committed; PostgreSQL only."""
    for channel in channels:
        _ANNOUNCE.first(connection, to=ANNOUNCED, what=f"{channel} {sender}")
