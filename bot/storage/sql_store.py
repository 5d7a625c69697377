"""The store in a database: SQLite for one machine, PostgreSQL for many."""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Connection

from bot.clock import utc_now
from bot.delivery.rate_limit import SendLimits
from bot.ports.audit import AuditEntry, AuditHead
from bot.ports.outbox import Claimed, Outgoing
from bot.ports.store import StoreConflictError, StoreUnavailableError
from bot.storage import chat_move, leases, outbox, readiness, turn_unit
from bot.storage.audit.head_file import HeadFile
from bot.storage.audit.log import AuditLog
from bot.storage.case_repository import CaseFile, SqlCases
from bot.storage.database import Database, Transaction
from bot.storage.encryption import Cipher
from bot.storage.engines import BACKGROUND, OUTBOX, TURNS, Lane
from bot.storage.heartbeat import Heartbeat
from bot.storage.outbox_claims import Claimer, Settle
from bot.storage.people_repository import SqlPeople, role_of
from bot.storage.retention import EVERY, LEASE, Deleted, Periods, added, delete_expired
from handlers.context import Journal, Kept, Memory
from handlers.reply import Message, Notice, Reply
from handlers.session import Session
from handlers.turn import Chat, Turn
from knowledge.language.words import Language

Result = TypeVar("Result")

ALONE = "alone"
"""The sender of a SQLite database, of which there is one."""
CHAT_WITHIN = 2.5
"""Seconds that a turn waits for its chat while another replica is at work in it."""
AGAIN_AFTER = (0.02, 0.06)
"""Seconds between two tries, at least and at most."""


class SqlStore:
    """A `Store` and an `Outbox`. Belongs to one event loop."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        roles: turn_unit.Roles = role_of,
        now: Callable[[], datetime] = utc_now,
        board: str = "board",
        periods: Periods | None = None,
        limits: Mapping[str, SendLimits] | None = None,
        head_file: HeadFile | None = None,
    ) -> None:
        """`limits`: channel → how fast its platform takes messages; a channel without is sent to as fast as
        messages come. `head_file`: where the audit log's head is kept outside the database.
        """
        self.database = database
        self.cipher = cipher
        self.casefile = CaseFile(board, cipher)
        self.audit = AuditLog(board, cipher, head_file)
        self.roles = roles
        self.periods = periods or Periods()
        self.limits = limits or {}
        self._now = now
        self._heartbeat = (
            Heartbeat(database.engine, self._hear, not database.pooled)
            if database.name == "postgresql"
            else None
        )
        self._arrived: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        self._chats: dict[str, asyncio.Lock] = {}
        self._in_chat: Counter[str] = Counter()
        self._settling: list[tuple[Settle, asyncio.Future[bool]]] = []
        self._settler: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def unit(self, turn: Turn) -> AsyncIterator[SqlUnit | None]:
        """Begin a turn, as `bot.ports.store.Store` says."""
        channels: set[str] = set()
        head: AuditHead | None = None
        async with self._one_by_one(turn.chat.id), self._begin(turn) as (transaction, begun):
            yield SqlUnit(self, begun, transaction) if begun else None
            if begun:
                channels, head = await transaction.run(lambda connection: self._finish(connection, begun))
                await transaction.commit()
        self.audit.publish(head)
        self._announce(channels)

    @asynccontextmanager
    async def _begin(self, turn: Turn) -> AsyncIterator[tuple[Transaction, turn_unit.Begun | None]]:
        """A transaction that holds the chat's lock. While another replica holds that, it is tried again and
        again without holding a connection.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + CHAT_WITHIN
        while True:
            async with self.database.open() as transaction:
                try:
                    begun = await transaction.run(
                        lambda connection: turn_unit.begin(connection, self.cipher, turn, self.roles)
                    )
                except StoreConflictError:
                    if clock() >= deadline:
                        raise StoreUnavailableError("busy") from None
                else:
                    yield transaction, begun
                    return
            await asyncio.sleep(random.uniform(*AGAIN_AFTER))  # noqa: S311

    async def call(self, work: Callable[[Connection], Result], lane: Lane = TURNS) -> Result:
        """A transaction outside any turn."""
        return await self.database.transaction(work, lane)

    async def call_audited(
        self, work: Callable[[Connection], tuple[Result, Sequence[AuditEntry]]], lane: Lane = TURNS
    ) -> Result:
        """The same for what the audit log keeps: entered in the same transaction."""

        def whole(connection: Connection) -> tuple[Result, AuditHead | None]:
            result, entries = work(connection)
            return result, self.audit.append(connection, entries)

        result, head = await self.call(whole, lane)
        self.audit.publish(head)
        return result

    async def move_chat(self, old: str, new: str) -> bool:
        return await self.call(lambda connection: chat_move.move_chat(connection, self.cipher, old, new))

    async def remind(self, make: Callable[[Connection], Sequence[Notice]], language: Language) -> int:
        """Notices made and put into the outbox in one transaction; returns how many."""

        def work(connection: Connection) -> tuple[int, set[str]]:
            notices = make(connection)
            channels = outbox.put_notices(connection, self.cipher, language, notices, self._now())
            self._tell_others(connection, channels)
            return len(notices), channels

        count, channels = await self.call(work, BACKGROUND)
        self._announce(channels)
        return count

    async def claim(self, channel: str, limit: int, now: datetime) -> Claimed:
        if self._heartbeat and not await self._heartbeat.started():
            raise StoreUnavailableError("away")
        claimer = self._claimer(channel)
        # undone by a power failure it is claimed once more, as after any crash of who holds it
        return await self.database.brief(
            lambda connection: claimer.claim(connection, limit, now), OUTBOX, durable=False
        )

    def holds(self, outgoing: Outgoing) -> bool | None:
        heartbeat = self._heartbeat
        if heartbeat is None:
            return True
        if outgoing.claimed_by != heartbeat.me:
            return False
        return True if heartbeat.beats else None

    async def sent(self, outgoing: Outgoing, messages: tuple[str, ...]) -> None:
        claimer = self._claimer(channel_of(outgoing.chat))
        await self._settle(
            outgoing, lambda connection: claimer.done(connection, outgoing, messages, self._now())
        )

    async def later(self, outgoing: Outgoing, at: datetime) -> None:
        claimer = self._claimer(channel_of(outgoing.chat))
        await self._settle(outgoing, lambda connection: claimer.later(connection, outgoing, at))

    async def drop(self, outgoing: Outgoing) -> None:
        claimer = self._claimer(channel_of(outgoing.chat))
        await self._settle(outgoing, lambda connection: claimer.drop(connection, outgoing))

    async def instead(self, outgoing: Outgoing, message: Message) -> None:
        claimer = self._claimer(channel_of(outgoing.chat))
        await self._settle(
            outgoing, lambda connection: claimer.instead(connection, outgoing, message, self._now())
        )

    async def wait(self, channel: str, seconds: float) -> None:
        arrived = self._arrived[channel]
        with suppress(TimeoutError):
            await asyncio.wait_for(arrived.wait(), seconds)
        arrived.clear()

    async def check(self) -> None:
        """Raises `StoreUnavailableError` if the database cannot be read and written now."""
        await readiness.check(self.database)

    async def delete_expired(self) -> Deleted:
        """Delete what is past its time; to be called about once an hour. Of any number of replicas one does
        it; the others delete nothing.
        """
        now = self._now()
        total: Counter[str] = Counter()
        until = now + EVERY * 0.9  # the same process may have the next turn
        if await self.call(lambda connection: leases.take(connection, LEASE, now, until), BACKGROUND):
            while added(
                total,
                await self.call_audited(lambda connection: self._delete_batch(connection, now), BACKGROUND),
            ):
                continue
        return total

    def _delete_batch(self, connection: Connection, now: datetime) -> tuple[Deleted, list[AuditEntry]]:
        audited: list[AuditEntry] = []
        return delete_expired(connection, now, self.periods, audited), audited

    async def close(self) -> None:
        """End what is under way and close the database."""
        if self._settler:
            await self._settler
        if self._heartbeat:
            await asyncio.to_thread(self._heartbeat.stop)
        await asyncio.to_thread(self.database.close)

    def _claimer(self, channel: str) -> Claimer:
        sender = self._heartbeat.me if self._heartbeat else ALONE
        return Claimer(self.cipher, sender, channel, self.limits.get(channel))

    def _finish(self, connection: Connection, begun: turn_unit.Begun) -> tuple[set[str], AuditHead | None]:
        channels = turn_unit.finish(connection, self.cipher, begun)
        head = self.audit.append(connection, begun.audit)
        self._tell_others(connection, channels)
        return channels, head

    def _tell_others(self, connection: Connection, channels: set[str]) -> None:
        if self._heartbeat and self._heartbeat.others and not self.database.pooled:
            outbox.announce(connection, channels, self._heartbeat.me)

    def _hear(self, channel: str) -> None:
        """Another process put something in; or ("") one ended, or this one may claim again."""
        self._announce({channel} if channel else set(self._arrived))

    def _announce(self, channels: set[str]) -> None:
        for channel in channels:
            self._arrived[channel].set()

    @asynccontextmanager
    async def _one_by_one(self, chat: str) -> AsyncIterator[None]:
        """Turns of one chat wait for each other here, so that a busy chat holds one place at the gate and not
        all of them.
        """
        lock = self._chats.setdefault(chat, asyncio.Lock())
        self._in_chat[chat] += 1
        try:
            async with lock:
                yield
        finally:
            self._in_chat[chat] -= 1
            if not self._in_chat[chat]:
                del self._in_chat[chat], self._chats[chat]

    async def _settle(self, outgoing: Outgoing, work: Settle) -> None:
        """Done together with all that waits by then, in one transaction."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._settling.append((work, done))
        if self._settler is None:
            self._settler = asyncio.create_task(self._settle_all())
        if await done:
            self._announce({channel_of(outgoing.chat)})

    async def _settle_all(self) -> None:
        try:
            while self._settling:
                batch, self._settling = self._settling, []
                await self._settle_batch(batch)
        finally:
            self._settler = None

    async def _settle_batch(self, batch: list[tuple[Settle, asyncio.Future[bool]]]) -> None:
        try:
            results = await self.database.brief(
                lambda connection: [work(connection) for work, _ in batch], OUTBOX
            )
        except Exception as error:
            for _, done in batch:
                if not done.done():
                    done.set_exception(error)
        else:
            for (_, done), result in zip(batch, results, strict=True):
                if not done.done():
                    done.set_result(result)


class SqlUnit:
    """One turn's transaction, as `bot.ports.store.Unit` says."""

    def __init__(self, store: SqlStore, begun: turn_unit.Begun, transaction: Transaction) -> None:
        self._store = store
        self._begun = begun
        self._transaction = transaction

    @property
    def turn(self) -> Turn:
        return self._begun.turn

    @property
    def session(self) -> Session:
        return self._begun.session

    @property
    def journal(self) -> Journal:
        return self

    @property
    def memory(self) -> Memory:
        return self

    @property
    def people(self) -> SqlPeople:
        return SqlPeople(self, self._store.roles)

    @property
    def cases(self) -> SqlCases:
        return SqlCases(self, self._store.casefile)

    def save(self, session: Session, reply: Reply) -> None:
        self._begun.saved = (session, reply)

    async def call(self, work: Callable[[Connection], Result]) -> Result:
        """Read or write in the turn's own transaction."""
        return await self._transaction.run_in_thread(work)

    def record(self, *entries: AuditEntry) -> None:
        """Enter into the audit log, once each, at the end of the turn and in its transaction."""
        self._begun.audit += [entry for entry in entries if entry not in self._begun.audit]

    async def unanswered(self, question: str, language: Language, label: str | None) -> None:
        self._begun.unanswered.append((question, language, label))

    async def feedback(self, label: str, helpful: bool, question: str) -> None:
        self._begun.feedback.append((label, helpful, question))

    async def kept(self) -> Kept:
        return await self.call(lambda connection: turn_unit.kept(connection, self.turn.person.id))

    async def forget(self) -> Kept:
        return await self.call(lambda connection: turn_unit.forget(connection, self.turn.person.id))


def channel_of(chat: Chat) -> str:
    return chat.id.partition(":")[0]
