"""How entries of the audit log are proved: pure functions of the log's key."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace

from bot.ports.audit import AuditEntry, AuditRow
from bot.storage.schema import EPOCH, MICROSECOND

FIRST = "0" * 64
"""What stands in place of the hash before the first entry."""


def pseudonym(key: bytes, person: str) -> str:
    """The same for one person as long as the log exists; nobody makes it without the key. Who is nobody
    ("operator", "system") keeps that name.
    """
    if ":" not in person:
        return person
    return f"p-{_hmac(key, 'person', person)[:12]}"


def make_row(key: bytes, board: str, seq: int, before: str, entry: AuditEntry) -> AuditRow:
    """The entry as number `seq`, after the one whose hash is `before`."""
    row = AuditRow(
        seq,
        entry.at,
        pseudonym(key, entry.by),
        entry.function,
        ",".join(entry.schools),
        entry.act,
        entry.case,
        entry.number,
        " ".join(filter(None, (entry.whom and pseudonym(key, entry.whom), entry.about))),
        entry.outcome,
        entry.revision,
        "",
        "",
    )
    mac = mac_of(key, board, seq, row)
    return replace(row, mac=mac, hash=hash_of(key, before, mac))


def mac_of(key: bytes, board: str, seq: int, row: AuditRow) -> str:
    """Authenticates what a row says, at this board and number."""
    at = (row.at - EPOCH) // MICROSECOND
    case = [row.case, row.number, row.about, row.outcome, row.revision]
    said = [board, seq, at, row.who, row.function, row.schools, row.act, *case]
    return _hmac(key, "entry", json.dumps(said))


def hash_of(key: bytes, before: str, mac: str) -> str:
    """Binds an entry to all before it."""
    return _hmac(key, "chain", f"{before}:{mac}")


def _hmac(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(key, f"{purpose}\0{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
