"""Typed records ↔ encrypted bytes."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from bot.storage.encryption import Cipher, DecryptionError
from handlers.actions import Action
from handlers.reply import Message
from handlers.session import Session
from knowledge.language.words import Language

Kind = TypeVar("Kind")


class LostRecordError(Exception):
    """A stored value that can no longer be read: encrypted with a lost key, damaged, moved, or of a shape
    that this program does not know.
    """


@dataclass(frozen=True, slots=True)
class Payload:
    """What an outbox row holds."""

    language: Language
    message: Message | None = None
    keyboard: str = ""
    """The keyboard that holds the message's buttons."""
    deletes: tuple[str, ...] = ()
    address: str | None = None
    """The chat's when it was put in, where that differs from turn to turn: a group's topics; None: the chat's
    last one.
    """
    answers: str = ""
    """The platform's id of the message in a group that it answers."""


@dataclass(frozen=True)
class Encrypted(Generic[Kind]):
    """Writes and reads one kind of record in one column."""

    kind: Any
    """`Kind` as a type."""
    table: str
    column: str

    @cached_property
    def adapter(self) -> TypeAdapter[Kind]:
        """Built when it is first needed: that takes time, and a case is not opened at every start."""
        return TypeAdapter(self.kind)

    def write(self, cipher: Cipher, record: Kind, *row: str) -> bytes:
        """Encrypted for its row."""
        try:
            plain = self.adapter.dump_json(record)
        except (
            PydanticSerializationError
        ):  # half a surrogate pair in what a person sent: no text, and no reason to fail
            plain = json.dumps(self.adapter.dump_python(record, mode="json"), ensure_ascii=False).encode(
                "utf-8", "replace"
            )
        return cipher.encrypt(plain, self.table, self.column, *row)

    def read(self, cipher: Cipher, encrypted: bytes, *row: str) -> Kind:
        """Raises `LostRecordError`."""
        try:
            return self.adapter.validate_json(cipher.decrypt(encrypted, self.table, self.column, *row))
        except DecryptionError as error:
            raise LostRecordError(f"{self.table}.{self.column}: {error}") from None
        except ValidationError as error:
            wrong = ", ".join(
                sorted({".".join(map(str, e["loc"][:3])) for e in error.errors(include_input=False)})
            )
            raise LostRecordError(
                f"{self.table}.{self.column}: not of this program's shape ({wrong})"
            ) from None


SESSION: Encrypted[Session] = Encrypted(Session, "sessions", "data")
ACTIONS: Encrypted[tuple[Action | None, ...]] = Encrypted(tuple[Action | None, ...], "keyboards", "actions")
PAYLOAD: Encrypted[Payload] = Encrypted(Payload, "outbox", "payload")
