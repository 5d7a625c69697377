"""The outbox's rows, as senders claim and settle them. Functions of an open transaction.

A claimed row has a `sender`: the process that is sending it. It stays that one's until it is settled, or
until the process dies (`bot/storage/heartbeat.py`; on SQLite: until the next start).
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, exists, func, null, or_, select, update

from bot.delivery.rate_limit import RateLimit, SendLimits
from bot.ports.outbox import Claimed, Outgoing
from bot.storage.compiled_statement import Insert, Statement
from bot.storage.encryption import Cipher
from bot.storage.outbox import Place, put
from bot.storage.schema import EPOCH, MICROSECOND, Instant, chats, outbox, rate_limits, sent
from bot.storage.serialization import PAYLOAD, LostRecordError
from handlers.reply import Message
from handlers.turn import Chat

log = logging.getLogger(__name__)

Settle = Callable[[Connection], bool]
"""Settles one claimed row; returns whether the chat may have more to send."""

LEASE_OF_BEFORE = timedelta(seconds=60)
"""A claimed row is not due for so long: a process of an earlier version, which does not know `sender`,
leaves it alone during an upgrade.
"""
NEVER = timedelta(days=36_500)

_first, _other = outbox.alias(), outbox.alias()
_CLAIMABLE = Statement(
    select(
        outbox.c.id,
        outbox.c.chat,
        outbox.c.token,
        outbox.c.payload,
        outbox.c.attempts,
        outbox.c.weight,
        chats.c.private,
        chats.c.address,
        rate_limits.c.full_at,
    )
    .join(chats, chats.c.id == outbox.c.chat)
    .outerjoin(rate_limits, rate_limits.c.name == outbox.c.chat)
    .where(
        outbox.c.channel == bindparam("channel"),
        outbox.c.sender.is_(None),
        outbox.c.due <= bindparam("now", type_=Instant),
        # a subquery with min(): PostgreSQL makes a join of `not exists`, which reads all that waits
        outbox.c.id == select(func.min(_first.c.id)).where(_first.c.chat == outbox.c.chat).scalar_subquery(),
        # a chat with a row that is being sent or waits has to wait as a whole
        ~exists(
            select(_other.c.id).where(
                _other.c.chat == outbox.c.chat,
                or_(_other.c.sender.is_not(None), _other.c.due > bindparam("now", type_=Instant)),
            )
        ),
        or_(
            outbox.c.weight == 0,
            rate_limits.c.full_at.is_(None),
            rate_limits.c.full_at
            <= case(
                (chats.c.private, bindparam("private_until", type_=Instant)),
                else_=bindparam("group_until", type_=Instant),
            ),
        ),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
    .with_for_update(of=outbox, skip_locked=True)
)
_CLAIM = Statement(
    update(outbox)
    .where(outbox.c.id == bindparam("row"))
    .values(sender=bindparam("by"), due=bindparam("until"), attempts=outbox.c.attempts + 1)
)
_REF = Statement(
    select(sent.c.messages).where(sent.c.chat == bindparam("in_chat"), sent.c.ref == bindparam("of_ref"))
)
_DONE = Statement(delete(outbox).where(outbox.c.id == bindparam("row")))
_own = (
    outbox.c.id == bindparam("row"),
    outbox.c.sender == bindparam("by"),
    outbox.c.attempts == bindparam("claims"),
)
_LATER = Statement(update(outbox).where(*_own).values(sender=null(), due=bindparam("at")))
_DROP = Statement(delete(outbox).where(*_own))
_MORE = Statement(select(outbox.c.id).where(outbox.c.chat == bindparam("in_chat")).limit(bindparam("most")))


def _remember(insert: Insert) -> Insert:
    new = insert(sent)
    return new.on_conflict_do_update(
        index_elements=["chat", "ref"], set_={"messages": new.excluded.messages, "at": new.excluded.at}
    )


def _lock_limit(insert: Insert) -> Insert:
    """Changes nothing: it makes the row if there is none, locks it, and returns it."""
    return (
        insert(rate_limits)
        .on_conflict_do_update(index_elements=["name"], set_={"full_at": rate_limits.c.full_at})
        .returning(rate_limits.c.full_at)
    )


def _set_limit(insert: Insert) -> Insert:
    new = insert(rate_limits)
    return new.on_conflict_do_update(index_elements=["name"], set_={"full_at": new.excluded.full_at})


_REMEMBER = Statement(_remember, "chat", "ref", "messages", "at")
_LOCK_LIMIT = Statement(_lock_limit, "name", "full_at")
_SET_LIMIT = Statement(_set_limit, "name", "full_at")


@dataclass(frozen=True, slots=True)
class Claimer:
    """One process that sends, on one channel."""

    cipher: Cipher
    sender: str
    channel: str
    limits: SendLimits | None = None
    """None: as fast as they come."""

    def claim(self, connection: Connection, limit: int, now: datetime) -> Claimed:
        """Claim the first due row of up to `limit` chats. A row that cannot be read is dropped."""
        rows = self._claimable(connection, limit, now)
        wait = None
        if rows and self.limits:
            free, wait = self._take_overall(connection, self.limits.overall, len(rows), now)
            rows = rows[:free]
        if not rows:
            return Claimed((), wait)
        until = now + LEASE_OF_BEFORE
        _CLAIM.run_each(connection, [{"row": row[0], "by": self.sender, "until": until} for row in rows])
        if self.limits:
            self._take_of_chats(connection, self.limits, rows, now)
        read = (self._read(connection, row) for row in rows)
        return Claimed([outgoing for outgoing in read if outgoing], wait)

    def done(
        self, connection: Connection, outgoing: Outgoing, messages: tuple[str, ...], now: datetime
    ) -> bool:
        _DONE.run(connection, row=outgoing.id)
        if outgoing.message and outgoing.message.ref and messages:
            values = {"ref": outgoing.message.ref, "messages": json.dumps(messages), "at": now}
            _REMEMBER.run(connection, chat=outgoing.chat.id, **values)
        more = len(messages) - max(outgoing.weight, len(outgoing.replaces))
        if self.limits and more > 0:  # it went out in more parts than it was claimed for
            self._charge(connection, self.limits, outgoing.chat, more, now)
        return self._more(connection, outgoing)

    def later(self, connection: Connection, outgoing: Outgoing, at: datetime) -> bool:
        """If another process claimed it since, it stays that one's. What follows in the chat waits too."""
        _LATER.run(connection, row=outgoing.id, by=outgoing.claimed_by, claims=outgoing.attempts + 1, at=at)
        return False

    def drop(self, connection: Connection, outgoing: Outgoing) -> bool:
        """If another process claimed it since, it stays that one's."""
        _DROP.run(connection, row=outgoing.id, by=outgoing.claimed_by, claims=outgoing.attempts + 1)
        return self._more(connection, outgoing)

    def instead(self, connection: Connection, outgoing: Outgoing, message: Message, now: datetime) -> bool:
        """Another message at the end of the chat's line, if this one is still ours."""
        if not _DROP.run(connection, row=outgoing.id, by=outgoing.claimed_by, claims=outgoing.attempts + 1):
            return self._more(connection, outgoing)
        chat = outgoing.chat
        person = connection.scalar(select(chats.c.person).where(chats.c.id == chat.id))
        place = Place(chat.id, self.channel, person, chat.address or None)
        put(connection, self.cipher, outgoing.language, [(place, message)], now)
        return True

    def _claimable(self, connection: Connection, limit: int, now: datetime) -> list[Any]:
        until = {
            "private_until": _allowed_until(self.limits.private if self.limits else None, now),
            "group_until": _allowed_until(self.limits.group if self.limits else None, now),
        }
        return _CLAIMABLE.all(connection, channel=self.channel, now=now, most=limit, **until)

    def _read(self, connection: Connection, row: Any) -> Outgoing | None:
        number, chat, token, encrypted, attempts, weight, private, address, _ = row
        try:
            payload = PAYLOAD.read(self.cipher, encrypted, token, chat)
        except LostRecordError as lost:
            log.error("a message in the outbox was dropped: %s", lost)
            _DONE.run(connection, row=number)
            return None
        message = payload.message
        buttons = tuple(
            "" if button.url else f"{payload.keyboard}.{place}"
            for place, button in enumerate(message.buttons if message else ())
        )
        return Outgoing(
            number,
            Chat(chat, bool(private), address if payload.address is None else payload.address),
            payload.language,
            message,
            buttons,
            _replaces(connection, chat, message.replaces if message else ""),
            payload.deletes,
            attempts,
            payload.answers,
            weight,
            self.sender,
        )

    def _take_overall(
        self, connection: Connection, limit: RateLimit, wanted: int, now: datetime
    ) -> tuple[int, float | None]:
        """How many may be sent now, and in how many seconds the next ones may, if that is fewer than
        wanted.
        """
        at = now.timestamp()
        full_at = self._lock_overall(connection, limit, now)
        free = min(wanted, limit.available(full_at, at))
        full_at = limit.take(full_at, at, free)
        if free:
            _SET_LIMIT.run(connection, name=self.channel, full_at=_moment(full_at))
        # not for each single token: a claim costs more than a moment of waiting
        wait = limit.wait(full_at, at, max(1, limit.burst // 2)) if free < wanted else None
        return free, wait

    def _lock_overall(self, connection: Connection, limit: RateLimit, now: datetime) -> float:
        """When the channel's bucket is full; it is locked until the transaction ends."""
        row = _LOCK_LIMIT.first(connection, name=self.channel, full_at=now)
        at = now.timestamp()
        full_at = at if row is None else _seconds(row[0])
        return full_at if full_at < at + limit.burst / limit.per_second + PLAUSIBLE else at

    def _take_of_chats(
        self, connection: Connection, limits: SendLimits, rows: Sequence[Any], now: datetime
    ) -> None:
        taken = []
        for _, chat, _, _, _, weight, private, _, full_at in rows:
            if weight:
                limit = limits.private if private else limits.group
                full = limit.take(_seconds(full_at or 0), now.timestamp(), weight)
                taken.append({"name": chat, "full_at": _moment(full)})
        if taken:
            _SET_LIMIT.run_each(connection, taken)

    def _charge(
        self, connection: Connection, limits: SendLimits, chat: Chat, tokens: int, now: datetime
    ) -> None:
        at = now.timestamp()
        overall = limits.overall.take(self._lock_overall(connection, limits.overall, now), at, tokens)
        row = _LOCK_LIMIT.first(connection, name=chat.id, full_at=now)
        limit = limits.private if chat.private else limits.group
        own = limit.take(at if row is None else _seconds(row[0]), at, tokens)
        taken = [
            {"name": self.channel, "full_at": _moment(overall)},
            {"name": chat.id, "full_at": _moment(own)},
        ]
        _SET_LIMIT.run_each(connection, taken)

    def _more(self, connection: Connection, outgoing: Outgoing) -> bool:
        """On PostgreSQL another transaction may put something in just now that this one does not see: the
        sender looks again when it is committed.
        """
        if connection.dialect.name == "postgresql":
            return True
        return _MORE.first(connection, in_chat=outgoing.chat.id, most=1) is not None


PLAUSIBLE = 60.0
"""Seconds: a bucket that is empty for longer was emptied by a clock that went wrong, and is not believed."""


def release_all(connection: Connection) -> int:
    """Make due what is claimed; returns how many rows. Call only while no sender is running."""
    claimed = update(outbox).where(outbox.c.sender.is_not(None)).values(sender=None, due=EPOCH)
    return connection.execute(claimed).rowcount


def _allowed_until(limit: RateLimit | None, now: datetime) -> datetime:
    """Until when a chat's bucket may be short of full and still has a token."""
    if limit is None:
        return now + NEVER
    return now + timedelta(seconds=(limit.burst - 1) / limit.per_second)


def _seconds(microseconds: int) -> float:
    return microseconds / 1_000_000


def _moment(seconds: float) -> datetime:
    return EPOCH + round(seconds * 1_000_000) * MICROSECOND


def _replaces(connection: Connection, chat: str, name: str) -> tuple[str, ...]:
    if not name.startswith("@"):
        return (name,) if name else ()
    found = _REF.first(connection, in_chat=chat, of_ref=name)
    return tuple(json.loads(found[0])) if found else ()
