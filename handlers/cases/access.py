"""The one gate: who may do what with which case. Every read, list, export, reminder and count asks here
before anything is opened.

A case that may not be seen is answered exactly as one that does not exist. What a role may do in which state
of a case is another question: `handlers/cases/case.py` answers that.
"""

from __future__ import annotations

from typing import Literal, get_args

from handlers.cases.case import BOARD, CaseHead
from handlers.turn import Person

Access = Literal[
    "continue", "submit", "cancel",
    "list", "read", "export", "count", "remind",
    "settle", "note", "agree", "file", "close", "reopen", "hand_over", "involve",
    "decide",
]  # fmt: skip
"""First what is done with a draft, then what shows a case or tells of it, then working on it, and last what
only the board does.
"""

DRAFT: frozenset[Access] = frozenset({"continue", "submit", "cancel"})
DECIDING: frozenset[Access] = frozenset({"decide"})
ACCESSES: tuple[Access, ...] = get_args(Access)


def may(person: Person, action: Access, head: CaseHead) -> bool:
    """Whether this person, in the role they have now, may do this with this case.

    - An employee and who runs the bot: nothing. A role that was taken away: nothing, drafts included.
    - A draft: only who tells it, and (but for reading it) nobody else; reading one's own is `continue`.
    - A director: cases of own schools. Not one in which they are involved, and none that went to the board
      because somebody is involved: whoever that was may be bound a second time, on another channel.
    - The board: every case that was sent in, unless involved; it alone decides.
    """
    if person.role not in ("directie", "bestuur") or person.id in head.involved or head.state == "vernietigd":
        return False
    if head.state == "concept" or action in DRAFT:
        return head.state == "concept" and action in DRAFT and person.id == head.reporter
    if person.role == "bestuur":
        return True
    if action in DECIDING or head.school not in person.schools:
        return False
    return not (head.involved and head.keeper == BOARD)
