"""Finding what was tampered with in the audit log, and where. Nobody makes an entry without the log's key, so
what fits its number and the entry before it is as it was entered; the heads tell where it must end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from sqlalchemy import Connection, func, select

from bot.ports.audit import AuditHead, AuditRow
from bot.storage.audit.chain import FIRST, hash_of, mac_of
from bot.storage.audit.log import KEY_CONTEXT, STARTED, AuditLog
from bot.storage.audit.tables import audit_heads
from bot.storage.case_repository import CaseFile
from bot.storage.case_tables import case_events, cases
from bot.storage.encryption import DecryptionError
from handlers.cases.case import What
from handlers.cases.repository import UnreadableCaseError

Kind = Literal[
    "missing", "cut", "empty", "changed", "swapped", "put_back", "foreign", "head_changed", "no_key",
    "case_older", "case_newer", "case_gone", "case_damaged", "events_gone",
]  # fmt: skip
EVENTS = frozenset(get_args(What))
TRIES = 400_000
"""How many places are tried at most for entries that do not fit where they stand: some seconds."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is not as it was entered."""

    kind: Kind
    first: int = 0
    """Number of the entry, or of the first one."""
    last: int = 0
    """Of the last one; for `swapped` the other one, for `put_back` and `foreign` where it comes from."""
    what: str = ""
    """Number or id of a case, or the id of another board."""

    def __str__(self) -> str:
        entries = f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"
        texts: dict[Kind, str] = {
            "missing": f"{entries}: deleted",
            "cut": f"{entries}: cut from the end of the log",
            "empty": f"{entries}: the log is empty, all of it was deleted",
            "changed": f"entry {self.first}: changed after it was entered",
            "swapped": f"entries {self.first} and {self.last}: they changed places",
            "put_back": f"entry {self.first}: holds what was entered as number {self.last}",
            "foreign": f'entry {self.first}: entry {self.last} of board "{self.what}"',
            "head_changed": f"the head at entry {self.first} is not what stands in the log: "
            f"the log was replaced, or the head ({self.what}) was",
            "no_key": "the log's key is gone or cannot be opened, so nothing of it can be proved",
            "case_older": f"case {self.what}: an older state was put back: it is at revision {self.first}, "
            f"and the log says {self.last}",
            "case_newer": f"case {self.what}: changed past the log: it is at revision {self.first}, "
            f"and the log says {self.last}",
            "case_damaged": f"case {self.what}: cannot be opened; a value of its row was changed, moved or "
            f"put back",
            "case_gone": f"case {self.what}: its row was deleted",
            "events_gone": f"case {self.what}: {self.first} of its events were deleted",
        }
        return texts[self.kind]


@dataclass(frozen=True, slots=True)
class Verified:
    entries: int
    head: AuditHead
    """Of what is there."""
    findings: tuple[Finding, ...]


@dataclass
class _Walk:
    """What one walk through the entries gathers."""

    last: int = 0
    hash: str = FIRST
    count: int = 0
    findings: list[Finding] = field(default_factory=list)
    suspects: list[AuditRow] = field(default_factory=list)
    macs: dict[int, str] = field(default_factory=dict)
    hashes: dict[int, str] = field(default_factory=dict)
    revisions: dict[str, int] = field(default_factory=dict)
    events: Counter[tuple[str, str]] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    before: int = 0
    """The last of `case_events` from before the log."""


def verify(connection: Connection, log: AuditLog, outside: Iterable[AuditHead] = ()) -> Verified:
    """Compare the log with itself, with the heads in the database and `outside` it, and with the cases.
    Nobody adds an entry meanwhile.
    """
    row = connection.execute(
        select(audit_heads).where(audit_heads.c.board == log.board).with_for_update()
    ).first()
    heads = [("second place", head) for head in outside]
    if row:
        heads.append(("database", AuditHead(log.board, row.seq, row.hash)))
    end = max((head.seq for _, head in heads), default=0)
    try:
        key = log.key(connection)
    except DecryptionError:
        key = None
    if key is None:
        there = sum(1 for _ in log.entries(connection))
        lost = there or end
        gone = [Finding("empty", 1, end)] if end and not there else []
        gone += [Finding("no_key")] if lost or _has_cases(connection, log.board) else []
        return Verified(there, AuditHead(log.board, 0, FIRST), tuple(gone))
    walk = _walk(log.entries(connection), key, log.board)
    found = walk.findings + _place(connection, log, key, walk, end)
    if walk.last < end:
        found.append(Finding("cut" if walk.last else "empty", walk.last + 1, end))
    wrong = {suspect.seq for suspect in walk.suspects}
    for where, head in heads:
        there_is = walk.hashes.get(head.seq)
        if head.seq and there_is and not there_is.startswith(head.hash) and head.seq not in wrong:
            found.append(Finding("head_changed", head.seq, head.seq, where))
    if row and 0 < row.seq < walk.last:
        found.append(Finding("head_changed", row.seq, row.seq, "database"))
    found += _compare_cases(connection, log.board, walk)
    return Verified(walk.count, AuditHead(log.board, walk.last, walk.hash), tuple(dict.fromkeys(found)))


def damaged_cases(connection: Connection, log: AuditLog) -> list[Finding]:
    """Cases that the gate would refuse to open; each is opened for it, about half a millisecond."""
    file = CaseFile(log.board, log.cipher)
    there = select(cases.c.id, cases.c.number).where(cases.c.board == log.board, cases.c.key.is_not(None))
    found = []
    for row in connection.execute(there).all():
        try:
            file.load(connection, row.id)
        except UnreadableCaseError:
            found.append(Finding("case_damaged", what=row.number or row.id))
    return found


def _walk(rows: Iterator[AuditRow], key: bytes, board: str) -> _Walk:
    walk = _Walk()
    trusted = True  # whether the entry before is one that the next can be compared with
    for row in rows:
        walk.count += 1
        if row.seq != walk.last + 1:
            walk.findings.append(Finding("missing", walk.last + 1, row.seq - 1))
            trusted = False
        fits = mac_of(key, board, row.seq, row) == row.mac
        follows = hash_of(key, walk.hash, row.mac) == row.hash
        if not fits:
            walk.suspects.append(row)
        broken = fits and not follows and trusted
        if broken:
            walk.findings.append(Finding("changed", row.seq, row.seq))
        if fits:
            _gather(walk, row)
        trusted = (fits or follows) and not broken
        walk.last, walk.hash = row.seq, row.hash
        walk.macs[row.seq], walk.hashes[row.seq] = row.mac, row.hash
    return walk


def _gather(walk: _Walk, row: AuditRow) -> None:
    if row.act == "log_started":
        walk.before = int(row.about.removeprefix(STARTED) or 0)
    if row.case:
        walk.names[row.case] = row.number or walk.names.get(row.case, "")
        if row.revision is not None:
            walk.revisions[row.case] = row.revision
        if row.act in EVENTS:
            walk.events[row.case, row.act] += 1


def _place(connection: Connection, log: AuditLog, key: bytes, walk: _Walk, end: int) -> list[Finding]:
    """What each entry that does not fit its number is: changed, another's content, or another board's."""
    own = {log.board: (key, max(end, walk.last))}
    tries = iter(range(TRIES))
    come_from = {row.seq: _origin(row, own, walk.macs, tries) for row in walk.suspects}
    others = _other_keys(connection, log)
    found: list[Finding] = []
    for row in walk.suspects:
        board, origin = come_from[row.seq] or _origin(row, others, {}, tries) or ("", 0)
        if board != log.board:
            found.append(
                Finding("foreign", row.seq, origin, board) if board else Finding("changed", row.seq, row.seq)
            )
        elif come_from.get(origin) == (board, row.seq) and origin != row.seq:
            found.append(Finding("swapped", min(row.seq, origin), max(row.seq, origin)))
        elif origin != row.seq:
            found.append(Finding("put_back", row.seq, origin))
        else:
            found.append(Finding("changed", row.seq, row.seq))
    return found


def _origin(
    row: AuditRow, logs: Mapping[str, tuple[bytes, int]], macs: Mapping[int, str], tries: Iterator[int]
) -> tuple[str, int] | None:
    """Board and number that the row was entered as; None if at none of those that are tried."""
    for board, (key, length) in logs.items():
        for seq in range(1, length + 1):
            if next(tries, None) is None:
                return None
            if mac_of(key, board, seq, row) in (row.mac, macs.get(seq)):
                return board, seq
    return None


def _other_keys(connection: Connection, log: AuditLog) -> dict[str, tuple[bytes, int]]:
    """Board → the key of its log, and how long that is."""
    found = {}
    for row in connection.execute(select(audit_heads).where(audit_heads.c.board != log.board)):
        try:
            found[row.board] = (log.cipher.unwrap(row.key, *KEY_CONTEXT, row.board), row.seq)
        except DecryptionError:
            continue
    return found


def _compare_cases(connection: Connection, board: str, walk: _Walk) -> list[Finding]:
    """Cases that are not as the log left them, and events that it has and the case has not."""
    found = []
    stored = {
        row.id: row
        for row in connection.execute(
            select(cases.c.id, cases.c.number, cases.c.revision).where(cases.c.board == board)
        )
    }
    for case, revision in walk.revisions.items():
        name = walk.names.get(case) or case
        row = stored.get(case)
        if row is None:
            found.append(Finding("case_gone", what=name))
        elif row.revision != revision:
            kind: Kind = "case_older" if row.revision < revision else "case_newer"
            found.append(Finding(kind, row.revision, revision, name))
    events = {
        (row.case, row.what): row.times
        for row in connection.execute(
            select(case_events.c.case, case_events.c.what, func.count().label("times"))
            .where(case_events.c.board == board, case_events.c.id > walk.before)
            .group_by(case_events.c.case, case_events.c.what)
        )
    }
    gone: Counter[str] = Counter()
    for (case, act), count in walk.events.items():
        gone[case] += max(0, count - events.get((case, act), 0))
    found += [
        Finding("events_gone", count, count, walk.names.get(case) or case)
        for case, count in gone.items()
        if count
    ]
    return found


def _has_cases(connection: Connection, board: str) -> bool:
    """Whether there were changes that a log should tell of."""
    query = select(cases.c.id).where(cases.c.board == board).limit(1)
    return connection.execute(query).first() is not None
