"""A chat that goes on under another id: what is stored of it moves along, encrypted for its new place."""

from __future__ import annotations

import logging

from sqlalchemy import Connection, delete, insert, select, update

from bot.storage.encryption import Cipher
from bot.storage.schema import chats, keyboards, outbox, sent, sessions
from bot.storage.serialization import ACTIONS, PAYLOAD, SESSION, LostRecordError

log = logging.getLogger(__name__)


def move_chat(connection: Connection, cipher: Cipher, old: str, new: str) -> bool:
    """Sessions (and so the language), buttons, and what is still to be sent. What the new chat has already
    stays; what cannot be read is left behind. Whether the old chat was known.
    """
    known = connection.execute(select(chats).where(chats.c.id == old).with_for_update()).one_or_none()
    if known is None:
        return False
    if connection.execute(select(chats.c.id).where(chats.c.id == new)).one_or_none() is None:
        connection.execute(insert(chats).values({**known._asdict(), "id": new}))
    _move_sessions(connection, cipher, old, new)
    _move_buttons(connection, cipher, old, new)
    _move_outbox(connection, cipher, old, new)
    there = select(sent.c.ref).where(sent.c.chat == new)
    connection.execute(delete(sent).where(sent.c.chat == old, sent.c.ref.in_(there)))
    connection.execute(update(sent).where(sent.c.chat == old).values(chat=new))
    # the old chat's own row stays until its time: a message under way is still written down for it
    return True


def _move_sessions(connection: Connection, cipher: Cipher, old: str, new: str) -> None:
    there = set(connection.scalars(select(sessions.c.person).where(sessions.c.chat == new)))
    for row in connection.execute(select(sessions).where(sessions.c.chat == old)).all():
        if row.person in there:
            continue
        try:
            session = SESSION.read(cipher, row.data, old, row.person)
        except LostRecordError as error:
            log.warning("a session does not move along: %s", error)
            continue
        data = SESSION.write(cipher, session, new, row.person)
        connection.execute(
            insert(sessions).values(chat=new, person=row.person, data=data, updated=row.updated)
        )
    connection.execute(delete(sessions).where(sessions.c.chat == old))


def _move_buttons(connection: Connection, cipher: Cipher, old: str, new: str) -> None:
    for row in connection.execute(select(keyboards).where(keyboards.c.chat == old)).all():
        one = keyboards.c.id == row.id
        try:
            actions = ACTIONS.read(cipher, row.actions, row.id, old, row.person or "")
        except LostRecordError as error:
            log.warning("buttons do not move along: %s", error)
            connection.execute(delete(keyboards).where(one))
            continue
        encrypted = ACTIONS.write(cipher, actions, row.id, new, row.person or "")
        connection.execute(update(keyboards).where(one).values(chat=new, actions=encrypted))


def _move_outbox(connection: Connection, cipher: Cipher, old: str, new: str) -> None:
    for row in connection.execute(select(outbox).where(outbox.c.chat == old)).all():
        one = outbox.c.id == row.id
        try:
            payload = PAYLOAD.read(cipher, row.payload, row.token, old)
        except LostRecordError as error:
            log.warning("a message does not move along: %s", error)
            connection.execute(delete(outbox).where(one))
            continue
        encrypted = PAYLOAD.write(cipher, payload, row.token, new)
        connection.execute(update(outbox).where(one).values(chat=new, payload=encrypted))
