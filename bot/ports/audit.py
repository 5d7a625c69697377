"""The audit log: what is entered of every act, and what a reader gets back. `bot/storage/audit/` keeps it in
a database; nothing that people wrote ever goes into it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from handlers.cases.case import What
from handlers.turn import Role

Act = (
    What
    | Literal[
        # cases
        "opened", "changed", "listed", "refused",
        # roles
        "invited", "redeemed", "withdrawn", "role_given", "role_taken", "code_wrong",
        "pin_given", "pin_wrong", "pin_chosen", "review_asked",
        # keys and the whole
        "key_made", "key_rotated", "key_retired", "recovery_sheet_made", "board_moved",
        "backup_made", "restored", "deleted", "retention_set", "hold_set", "hold_lifted", "subject_access",
        # the log itself
        "log_started", "head_shown", "log_read", "log_verified",
    ]
)  # fmt: skip
Outcome = Literal["done", "refused", "wrong", "locked", "failed"]
OPERATOR = "operator"
"""In place of a person: who runs the assistant, at the command line."""
SYSTEM = "system"
"""In place of a person: the assistant itself, by its clock."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act. `about` is a closed value (a step's id, an edition with its hash, a count), never words of
    people.
    """

    act: Act
    by: str
    """The person's id, `OPERATOR` or `SYSTEM`; the log keeps a stable pseudonym of it."""
    function: Role
    at: datetime
    schools: tuple[str, ...] = ()
    """Ids of the schools that the function holds for at that moment."""
    case: str = ""
    """The case's opaque id."""
    number: str = ""
    """The case's number; looked up by its id if it is left out."""
    about: str = ""
    outcome: Outcome = "done"
    revision: int | None = None
    """The case's, after the act changed it."""
    whom: str = ""
    """The id of another person whom the act is about; the pseudonym of it goes before `about`."""


def by_operator(
    act: Act, at: datetime, about: str = "", outcome: Outcome = "done", whom: str = ""
) -> AuditEntry:
    """What somebody did at the command line."""
    return AuditEntry(act, OPERATOR, "beheerder", at, about=about, outcome=outcome, whom=whom)


@dataclass(frozen=True, slots=True)
class AuditHead:
    """Where a board's log ends: enough to notice that it was cut or replaced."""

    board: str
    seq: int
    """Number of the last entry, from 1; 0 for an empty log."""
    hash: str
    """64 hexadecimal digits."""

    @property
    def short(self) -> str:
        """What people can compare: "1234 9f2a-01cc-77d0-b3e1"."""
        return f"{self.seq} {'-'.join(self.hash[at : at + 4] for at in range(0, 16, 4))}"


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry as it is kept."""

    seq: int
    at: datetime
    who: str
    """The pseudonym, the same for one person through the whole log."""
    function: str
    schools: str
    """Ids with commas between."""
    act: str
    case: str
    number: str
    about: str
    outcome: str
    revision: int | None
    mac: str
    hash: str
