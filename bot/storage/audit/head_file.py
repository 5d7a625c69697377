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


@dataclass
class HeadFile:
    """Heads by board, as JSON. Never goes back by itself: several processes may write it."""

    path: Path
    _warned: bool = field(default=False, repr=False)

    def read(self, board: str) -> AuditHead | None:
        """None if nothing is known of this board yet. Raises `HeadFileError`."""
        found = self._load().get(board)
        return AuditHead(board, found[0], found[1]) if found else None

    def write(self, head: AuditHead) -> None:
        """Remember a head that was committed. What cannot be written is logged once: the log itself goes on,
        and the next head says the same and more.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                heads = _parse(file.read())
                if heads.get(head.board, (0, ""))[0] >= head.seq:
                    return
                heads[head.board] = (head.seq, head.hash)
                file.seek(0)
                file.write(json.dumps(heads))
                file.truncate()
        except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
            if not self._warned:
                log.warning("the audit log's head cannot be kept in %s: %s", self.path, type(error).__name__)
            self._warned = True
        else:
            self._warned = False

    def _load(self) -> dict[str, tuple[int, str]]:
        try:
            return _parse(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise HeadFileError(f"{self.path} cannot be read: {error.strerror}.") from None
        except (ValueError, TypeError, KeyError, IndexError, AttributeError):
            raise HeadFileError(
                f"{self.path} does not hold the end of the audit log: it was damaged. Compare with the head "
                f"in the board's chat: bot audit verify --head"
            ) from None


def _parse(text: str) -> dict[str, tuple[int, str]]:
    if not text.strip():
        return {}
    return {str(board): (int(found[0]), str(found[1])) for board, found in json.loads(text).items()}
