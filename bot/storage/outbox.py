"""The outbox's rows: put in by a turn's transaction, claimed and settled by senders. Functions of an open
transaction.
"""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, exists, or_, select, update

from bot.ports.outbox import Outgoing
from bot.storage.compiled_statement import Insert, Statement
from bot.storage.encryption import Sealer
from bot.storage.schema import EPOCH, chats, keyboards, outbox, sent
from bot.storage.serialization import ACTIONS, PAYLOAD, LostRecordError, Payload
from handlers.reply import Message, Notice
from handlers.turn import Chat
from knowledge.language.words import Language

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
"""How long a claimed row is its sender's; after that it counts as crashed."""


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


_other = outbox.alias()
_CLAIMABLE = Statement(
    select(
        outbox.c.id,
        outbox.c.chat,
        outbox.c.token,
        outbox.c.payload,
        outbox.c.attempts,
        chats.c.private,
        chats.c.address,
    )
    .join(chats, chats.c.id == outbox.c.chat)
    .where(
        outbox.c.channel == bindparam("channel"),
        outbox.c.due <= bindparam("now"),
        # a chat with an earlier row, or with one that is being sent or waits, has to wait as a whole
        ~exists(
            select(_other.c.id).where(
                _other.c.chat == outbox.c.chat,
                or_(_other.c.id < outbox.c.id, _other.c.due > bindparam("now")),
            )
        ),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=outbox, skip_locked=True)
)
_LEASE = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(due=bindparam("until"), attempts=outbox.c.attempts + 1)
)
_REF = Statement(
    select(sent.c.messages).where(sent.c.chat == bindparam("in_chat"), sent.c.ref == bindparam("of_ref"))
)
_PRIVATE = Statement(
    select(chats.c.id, chats.c.channel)
    .where(chats.c.person == bindparam("of_person"))
    .order_by(chats.c.updated.desc())
    .limit(bindparam("most"))
)
_DONE = Statement(delete(outbox).where(outbox.c.id == bindparam("row")))
_LATER = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.attempts == bindparam("claims"))
    .values(due=bindparam("at"))
)
_DROP = Statement(
    delete(outbox).where(outbox.c.id == bindparam("row"), outbox.c.attempts == bindparam("claims"))
)
_RELEASE = Statement(
    update(outbox)
    .where(outbox.c.attempts > 0, outbox.c.due > bindparam("now"), outbox.c.due <= bindparam("until"))
    .values(due=bindparam("now"))
)
_MORE = Statement(select(outbox.c.id).where(outbox.c.chat == bindparam("in_chat")).limit(bindparam("most")))
_PUT = Statement(lambda insert: insert(outbox), "chat", "channel", "token", "payload", "due", "attempts")
_PUT_KEYBOARD = Statement(lambda insert: insert(keyboards), "id", "chat", "person", "actions", "created")


def _remember(insert: Insert) -> Insert:
    new = insert(sent)
    return new.on_conflict_do_update(
        index_elements=["chat", "ref"], set_={"messages": new.excluded.messages, "at": new.excluded.at}
    )


_REMEMBER = Statement(_remember, "chat", "ref", "messages", "at")


def private_place(connection: Connection, person: str) -> Place | None:
    """Where a person is reached alone; None where they never wrote to the assistant there."""
    row = _PRIVATE.first(connection, of_person=person, most=1)
    return Place(row[0], row[1], person) if row else None


def put(
    connection: Connection,
    sealer: Sealer,
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
            sealed = ACTIONS.write(sealer, actions, board, place.chat, place.person or "")
            boards.append(
                {"id": board, "chat": place.chat, "person": place.person, "actions": sealed, "created": now}
            )
        token = secrets.token_urlsafe(12)
        sealed = PAYLOAD.write(sealer, payload, token, place.chat)
        rows.append(
            {
                "chat": place.chat,
                "channel": place.channel,
                "token": token,
                "payload": sealed,
                "due": EPOCH,
                "attempts": 0,
            }
        )
        channels.add(place.channel)
    if boards:
        _PUT_KEYBOARD.run_each(connection, boards)
    if rows:
        _PUT.run_each(connection, rows)
    return channels


def put_notices(
    connection: Connection, sealer: Sealer, language: Language, notices: Iterable[Notice], now: datetime
) -> set[str]:
    """Each to its person's private chat; one for somebody without such a chat is logged and dropped."""
    things: list[tuple[Place, Message]] = []
    for notice in notices:
        place = private_place(connection, notice.person)
        if place is None:
            log.warning("a notice for somebody who has no private chat with the assistant was dropped")
        else:
            things.append((place, notice.message))
    return put(connection, sealer, language, things, now)


def claim(
    connection: Connection, sealer: Sealer, channel: str, limit: int, now: datetime
) -> Sequence[Outgoing]:
    """Lease the first due row of up to `limit` chats. A row that cannot be read is dropped."""
    rows = _CLAIMABLE.all(connection, channel=channel, now=now, most=limit)
    if not rows:
        return ()
    _LEASE.run_each(connection, [{"row": row[0], "until": now + LEASE} for row in rows])
    claimed = []
    for number, chat, token, sealed, attempts, private, address in rows:
        try:
            payload = PAYLOAD.read(sealer, sealed, token, chat)
        except LostRecordError as lost:
            log.error("a message in the outbox was dropped: %s", lost)
            _DONE.run(connection, row=number)
            continue
        message = payload.message
        buttons = tuple(
            "" if button.url else f"{payload.keyboard}.{place}"
            for place, button in enumerate(message.buttons if message else ())
        )
        replaces = _replaces(connection, chat, message.replaces if message else "")
        where = Chat(chat, bool(private), address if payload.address is None else payload.address)
        claimed.append(
            Outgoing(
                number,
                where,
                payload.language,
                message,
                buttons,
                replaces,
                payload.deletes,
                attempts,
                payload.answers,
            )
        )
    return claimed


def release(connection: Connection, now: datetime) -> int:
    """Make due what is claimed, or waits no longer than a claim lasts; returns how many rows. Only for who
    knows that no sender is at work.
    """
    return _RELEASE.run(connection, now=now, until=now + LEASE)


def done(connection: Connection, outgoing: Outgoing, messages: tuple[str, ...], now: datetime) -> bool:
    """Whether the chat has more to send."""
    _DONE.run(connection, row=outgoing.id)
    if outgoing.message and outgoing.message.ref and messages:
        _REMEMBER.run(
            connection, chat=outgoing.chat.id, ref=outgoing.message.ref, messages=json.dumps(messages), at=now
        )
    return _more(connection, outgoing)


def later(connection: Connection, outgoing: Outgoing, at: datetime) -> bool:
    """Where another sender claimed it since, it stays that one's. Returns False: what follows in the chat
    waits too.
    """
    _LATER.run(connection, row=outgoing.id, claims=outgoing.attempts + 1, at=at)
    return False


def drop(connection: Connection, outgoing: Outgoing) -> bool:
    """Where another sender claimed it since, it stays that one's. Returns whether the chat has more to
    send.
    """
    _DROP.run(connection, row=outgoing.id, claims=outgoing.attempts + 1)
    return _more(connection, outgoing)


def _more(connection: Connection, outgoing: Outgoing) -> bool:
    return _MORE.first(connection, in_chat=outgoing.chat.id, most=1) is not None


def _replaces(connection: Connection, chat: str, name: str) -> tuple[str, ...]:
    if not name.startswith("@"):
        return (name,) if name else ()
    found = _REF.first(connection, in_chat=chat, of_ref=name)
    return tuple(json.loads(found[0])) if found else ()
