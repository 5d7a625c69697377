"""One turn's rows: what is read at its beginning and written at its end. Functions of an open transaction."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from bot.ports.audit import AuditEntry
from bot.storage import chat_history, outbox
from bot.storage.compiled_statement import Insert, Statement
from bot.storage.encryption import Cipher
from bot.storage.outbox import Place
from bot.storage.schema import (
    EPOCH,
    MICROSECOND,
    chats,
    deliveries,
    feedback,
    keyboards,
    sent,
    sessions,
    unanswered,
)
from bot.storage.serialization import ACTIONS, SESSION, LostRecordError
from handlers.actions import Action
from handlers.context import Kept
from handlers.reply import Message, Reply
from handlers.session import Session
from handlers.turn import Opened, Pressed, Role, Turn
from knowledge.language.words import Language

log = logging.getLogger(__name__)

SEEN_FOR = timedelta(days=3)
"""After this a delivery's id may come back for something else: Telegram's restart at random after a quiet
week.
"""
A_DAY = timedelta(days=1)

Roles = Callable[[Connection, str], tuple[Role, tuple[str, ...]]]
"""From a person's id to their role and the schools that it holds for."""

_BUTTON = re.compile(r"([A-Za-z0-9_-]{22})\.([0-9]{1,3})")


def _claim(insert: Insert) -> Insert:
    new = insert(deliveries)
    return new.on_conflict_do_update(
        index_elements=["id"], set_={"at": new.excluded.at}, where=deliveries.c.at < bindparam("forgotten")
    )


def _meet(insert: Insert) -> Insert:
    new = insert(chats)
    names = ("channel", "private", "address", "person", "updated")
    return new.on_conflict_do_update(index_elements=["id"], set_={name: new.excluded[name] for name in names})


def _keep(insert: Insert) -> Insert:
    new = insert(sessions)
    return new.on_conflict_do_update(
        index_elements=["chat", "person"], set_={"data": new.excluded.data, "updated": new.excluded.updated}
    )


_CLAIM = Statement(_claim, "id", "at")
_MEET = Statement(_meet, "id", "channel", "private", "address", "person", "updated")
_KEEP = Statement(_keep, "chat", "person", "data", "updated")
_CHAT = Statement(
    select(chats.c.private, chats.c.address, chats.c.person, chats.c.language, chats.c.updated)
    .where(chats.c.id == bindparam("chat"))
    # a notice into this chat, from a turn elsewhere, only needs that its key stays (a foreign key)
    .with_for_update(key_share=True, nowait=True)
)
_SESSION = Statement(
    select(sessions.c.data).where(
        sessions.c.chat == bindparam("chat"), sessions.c.person == bindparam("person")
    )
)
_KEYBOARD = Statement(
    select(keyboards.c.person, keyboards.c.actions).where(
        keyboards.c.id == bindparam("board"),
        keyboards.c.chat == bindparam("chat"),
        or_(keyboards.c.person.is_(None), keyboards.c.person == bindparam("person")),
    )
)
_SPOKE = Statement(
    update(chats)
    .where(chats.c.id == bindparam("in_chat"))
    .values(language=bindparam("spoken"), updated=bindparam("at"))
)
_FORGET = Statement(
    delete(sessions).where(
        sessions.c.chat == bindparam("in_chat"), sessions.c.person == bindparam("of_person")
    )
)
_IN_VAIN = Statement(lambda insert: insert(unanswered), "day", "language", "question", "label")
_JUDGED = Statement(lambda insert: insert(feedback), "day", "label", "helpful", "question")


@dataclass
class Begun:
    """A turn under way."""

    turn: Turn
    """With the person's role and the pressed button's action filled in."""
    session: Session
    stored: bool
    """Whether there is a session in the database."""
    language: str | None
    """The chat's, as stored."""
    updated: datetime
    saved: tuple[Session, Reply] | None = None
    unanswered: list[tuple[str, Language, str | None]] = field(default_factory=list)
    feedback: list[tuple[str, bool, str]] = field(default_factory=list)
    audit: list[AuditEntry] = field(default_factory=list)
    """Entered at the end: who enters something holds the log's lock until the commit."""


def begin(connection: Connection, cipher: Cipher, turn: Turn, roles: Roles) -> Begun | None:
    """Lock the chat, claim the delivery, read what the turn needs. None for a duplicate delivery. Raises the
    driver's error if another transaction holds the chat.
    """
    language, updated = _lock_chat(connection, turn)
    if not _CLAIM.run(connection, id=turn.delivery, at=turn.at, forgotten=turn.at - SEEN_FOR):
        return None
    session = _session(connection, cipher, turn)
    role, schools = roles(connection, turn.person.id)
    person = (
        replace(turn.person, role=role, schools=schools)
        if (role, schools) != (turn.person.role, turn.person.schools)
        else turn.person
    )
    act = turn.act
    if isinstance(act, Pressed):
        act = replace(act, action=_action(connection, cipher, turn, act.button))
    return Begun(
        replace(turn, person=person, act=act), session or Session(), session is not None, language, updated
    )


def finish(connection: Connection, cipher: Cipher, begun: Begun) -> set[str]:
    """Write what the turn changed. Returns the channels that have something to send now."""
    _write_journal(connection, begun)
    if begun.saved is None:
        return set()
    session, reply = begun.saved
    turn = begun.turn
    _save_session(connection, cipher, begun, session)
    if reply.language != begun.language or turn.at - begun.updated >= A_DAY:
        _SPOKE.run(connection, in_chat=turn.chat.id, spoken=reply.language, at=turn.at)
    channels = outbox.put(connection, cipher, reply.language, _things(turn, reply), turn.at)
    return channels | outbox.put_notices(connection, cipher, reply.language, reply.notices, turn.at)


def kept(connection: Connection, person: str) -> Kept:
    """How much is kept about a person, in all chats; roles and cases are counted by those who keep them."""
    own = select(chats.c.id).where(chats.c.person == person)
    count = {
        "session": select(func.count()).select_from(sessions).where(sessions.c.person == person),
        "buttons": select(func.count()).select_from(keyboards).where(keyboards.c.person == person),
        "messages": select(func.count()).select_from(sent).where(sent.c.chat.in_(own)),
    }
    counts = {kind: connection.execute(query).scalar_one() for kind, query in count.items()}
    return Kept({**counts, "messages": counts["messages"] + chat_history.kept(connection, person)})


def forget(connection: Connection, person: str) -> Kept:
    """Delete that; returns what it was."""
    was = kept(connection, person)
    connection.execute(delete(sessions).where(sessions.c.person == person))
    connection.execute(delete(keyboards).where(keyboards.c.person == person))
    connection.execute(
        delete(sent).where(sent.c.chat.in_(select(chats.c.id).where(chats.c.person == person)))
    )
    chat_history.forget(connection, person)
    return was


def _lock_chat(connection: Connection, turn: Turn) -> tuple[str | None, datetime]:
    chat = turn.chat
    person = turn.person.id if chat.private else None
    row = _CHAT.first(connection, chat=chat.id)
    if row is None or (bool(row[0]), row[1], row[2]) != (chat.private, chat.address, person):
        _MEET.run(
            connection,
            id=chat.id,
            channel=_channel(turn),
            private=chat.private,
            address=chat.address,
            person=person,
            updated=turn.at,
        )
        return (row[3] if row else None), turn.at
    return row[3], EPOCH + row[4] * MICROSECOND


def _session(connection: Connection, cipher: Cipher, turn: Turn) -> Session | None:
    # a statement of its own after the lock: one that waited for the lock would have read what stood there
    # before
    row = _SESSION.first(connection, chat=turn.chat.id, person=turn.person.id)
    if row is None:
        return None
    try:
        return SESSION.read(cipher, row[0], turn.chat.id, turn.person.id)
    except LostRecordError as lost:
        log.warning("a session was dropped: %s", lost)
        return Session()


def _action(connection: Connection, cipher: Cipher, turn: Turn, button: str) -> Action | None:
    form = _BUTTON.fullmatch(button)
    if form is None:
        return None
    row = _KEYBOARD.first(connection, board=form[1], chat=turn.chat.id, person=turn.person.id)
    if row is None:
        return None
    try:
        actions = ACTIONS.read(cipher, row[1], form[1], turn.chat.id, row[0] or "")
    except LostRecordError as lost:
        log.warning("a button was not understood: %s", lost)
        return None
    number = int(form[2])
    return actions[number] if number < len(actions) else None


def _things(turn: Turn, reply: Reply) -> list[tuple[Place, Message | tuple[str, ...]]]:
    """What goes into the turn's own chat. In a group the first new message, or one that takes the place of
    what is gone, says what it answers.
    """
    chat, channel = turn.chat, _channel(turn)
    here = (
        Place(chat.id, channel, turn.person.id)
        if chat.private
        else Place(chat.id, channel, None, chat.address)
    )
    answers = "" if chat.private or isinstance(turn.act, Opened) else turn.act.message
    things: list[tuple[Place, Message | tuple[str, ...]]] = []
    for message in reply.messages:
        things.append((replace(here, answers=answers), message))
        answers = answers if message.replaces else ""
    if reply.deletes:
        things.append((here, reply.deletes))
    return things


def _save_session(connection: Connection, cipher: Cipher, begun: Begun, session: Session) -> None:
    chat, person = begun.turn.chat.id, begun.turn.person.id
    if session == Session():
        if begun.stored:
            _FORGET.run(connection, in_chat=chat, of_person=person)
        return
    data = SESSION.write(cipher, session, chat, person)
    _KEEP.run(connection, chat=chat, person=person, data=data, updated=begun.turn.at)


def _write_journal(connection: Connection, begun: Begun) -> None:
    day: date = begun.turn.at.date()
    if begun.unanswered:
        rows = [
            {"day": day, "language": language, "question": _text(text), "label": label}
            for text, language, label in begun.unanswered
        ]
        _IN_VAIN.run_each(connection, rows)
    if begun.feedback:
        judged = [
            {"day": day, "label": label, "helpful": helpful, "question": _text(text)}
            for label, helpful, text in begun.feedback
        ]
        _JUDGED.run_each(connection, judged)


def _text(text: str) -> str:
    """What every database takes as text: PostgreSQL takes no NUL, and none takes half a surrogate pair."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def _channel(turn: Turn) -> str:
    return turn.chat.id.partition(":")[0]
