"""The second place that knows where the audit log ends: a small file outside the database. A log that was cut
or emptied is shorter than what stands here.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
from dataclasses import dataclass, field
from pathlib import Path

from bot.ports.audit import AuditHead

log = logging.getLogger(__name__)


class HeadFileError(Exception):
    """The file is there and cannot be read; the text says why and what to do."""


KEPT = 200
"""Heads of one board that are kept: the first and the last of each day."""


@dataclass
class HeadFile:
    """Heads by board, as JSON, the oldest first. Never goes back by itself: several processes may write."""

    path: Path
    _warned: bool = field(default=False, repr=False)

    def read(self, board: str) -> AuditHead | None:
        """The last one; None if nothing is known of this board yet. Raises `HeadFileError`."""
        found = self.read_all(board)
        return found[-1] if found else None

    def read_all(self, board: str) -> list[AuditHead]:
        """All that are kept. Raises `HeadFileError`."""
        return [AuditHead(board, seq, digest) for seq, digest, _ in self._load().get(board, [])]

    def write(self, head: AuditHead, day: str) -> None:
        """Remember a head that was committed. What cannot be written is logged once: the log itself goes on,
        and the next head says the same and more.
        """
        self._change(head, day, restored=False)

    def go_on_from(self, head: AuditHead, day: str) -> None:
        """After a restore of an older copy, which `bot audit verify` told of: forget the heads that come
        after this one.
        """
        self._change(head, day, restored=True)

    def _change(self, head: AuditHead, day: str, restored: bool) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                heads = _parse(file.read())
                known = heads.setdefault(head.board, [])
                if restored:
                    known = heads[head.board] = [one for one in known if one[0] < head.seq]
                if known and known[-1][0] >= head.seq:
                    return
                if [one[2] for one in known[-2:]] == [day, day]:
                    known.pop()
                known.append((head.seq, head.hash, day))
                del known[:-KEPT]
                file.seek(0)
                file.write(json.dumps(heads))
                file.truncate()
        except (OSError, *DAMAGED) as error:
            if not self._warned:
                log.warning("the audit log's head cannot be kept in %s: %s", self.path, type(error).__name__)
            self._warned = True
        else:
            self._warned = False

    def _load(self) -> dict[str, list[tuple[int, str, str]]]:
        try:
            return _parse(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise HeadFileError(f"{self.path} cannot be read: {error.strerror}.") from None
        except DAMAGED:
            raise HeadFileError(
                f"{self.path} does not hold the end of the audit log: it was damaged. Move it away, and "
                f"compare with the head in the board's chat: bot audit verify --head"
            ) from None


DAMAGED = (ValueError, TypeError, KeyError, IndexError, AttributeError)


def _parse(text: str) -> dict[str, list[tuple[int, str, str]]]:
    if not text.strip():
        return {}
    return {
        str(board): [(int(seq), str(digest), str(day)) for seq, digest, day in heads]
        for board, heads in json.loads(text).items()
    }
