"""Making what a message carries, at the moment of sending: the protocol, or the record of a case. Access is
checked again then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import assert_never

from sqlalchemy import Connection

from bot.documents import FORMATS
from bot.ports.audit import AuditEntry
from bot.storage import SqlStore
from bot.storage.case_repository import entered
from bot.storage.people_repository import role_of
from bot.storage.pin_repository import is_open
from bot.storage.school_repository import all_schools
from handlers import texts
from handlers.actions import Form
from handlers.cases.access import may
from handlers.cases.case import Actor, Event
from handlers.casework import case_view
from handlers.documents import records
from handlers.documents.document import Document
from handlers.documents.protocol_document import protocol_document
from handlers.reply import CaseRecord, DocumentOrder, ProtocolDocument
from handlers.turn import Person
from knowledge.language.words import Language
from knowledge.pack.loading import Pack


@dataclass(frozen=True)
class Maker:
    """A `bot.ports.outbox.MakeAttachment`."""

    store: SqlStore
    pack: Pack
    now: Callable[[], datetime]

    async def __call__(self, order: DocumentOrder) -> bytes:
        """Raises `KeyError` for what cannot be made any more: the case is gone, or the person may not see it
        now.
        """
        match order:
            case ProtocolDocument():
                document = protocol_document(self.pack, order.language, self.now())
                return await asyncio.to_thread(FORMATS[order.form], document)
            case CaseRecord():
                return await self.record(order)
            case _:
                assert_never(order)

    async def record(self, order: CaseRecord) -> bytes:
        """The record for the person who asked for it; that it was made, with its SHA-256, is kept with the
        case. Raises `KeyError`.
        """
        render = FORMATS[order.form]
        actor, document = await self.store.call(lambda connection: self._for_person(connection, order))
        content = await asyncio.to_thread(render, document)
        return await self._made(order.case, order.record, order.form, actor, content)

    async def for_operator(self, number: str, which: str, form: Form, language: Language) -> bytes:
        """The same for who has the keys and the database in hand, and so stands above the gate (`bot
        export`). Raises `KeyError`.
        """
        render = FORMATS[form]

        def find(connection: Connection) -> tuple[str, Document]:
            head = self.store.casefile.find(connection, number)
            if head is None:
                raise KeyError(number)
            return head.id, self._document(connection, head.id, which, language)

        case_id, document = await self.store.call(find)
        return await self._made(
            case_id, which, form, Actor("operator", "beheerder"), await asyncio.to_thread(render, document)
        )

    def _for_person(self, connection: Connection, order: CaseRecord) -> tuple[Actor, Document]:
        """Raises `KeyError` if the person may not see the case, or the chat closed since the record was asked
        for: an offer ends with the time that the PIN opens.
        """
        role, schools = role_of(connection, order.person)
        head = self.store.casefile.head(connection, order.case)
        if head is None or not may(Person(order.person, role=role, schools=schools), "export", head):
            raise KeyError(order.case)
        if not is_open(connection, order.person, order.chat, self.now(), looking=False):
            raise KeyError(order.case)
        return Actor(order.person, role), self._document(connection, order.case, order.record, order.language)

    def _document(self, connection: Connection, case_id: str, which: str, language: Language) -> Document:
        case = self.store.casefile.load(connection, case_id)
        shown = case_view.show(case, self.pack, all_schools(connection), texts.load()[language])
        return records.edition(shown, which, self.now())

    async def _made(self, case_id: str, which: str, form: Form, actor: Actor, content: bytes) -> bytes:
        about = f"{which}:{form}:{sha256(content).hexdigest()}"
        event = Event("exported", case_id, actor, self.now(), about)

        def enter(connection: Connection) -> tuple[None, list[AuditEntry]]:
            self.store.casefile.add_events(connection, [event])
            _, schools = role_of(connection, actor.person)
            return None, [replace(entered(event, None), schools=schools)]

        await self.store.call_audited(enter)
        return content
