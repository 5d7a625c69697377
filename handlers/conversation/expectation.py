"""What the session expects the next text for ends with the time that a chat stays open after the PIN: whoever
has the device later must not go on where its owner stopped. The one place that looks at the clock for it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from handlers.actions import ExpectedText
from handlers.people import OPEN_AT_MOST, OPEN_FOR
from handlers.session import Session


def lapse(session: Session, now: datetime) -> tuple[Session, ExpectedText | None]:
    """The session without an expectation that ended, and that expectation: a text may still be meant for it,
    and must not be taken for a question. None if nothing ended, or so long ago that nobody means it any more.
    """
    expects, at = session.expects, session.expects_at
    if expects is None or (at is not None and now - at <= OPEN_FOR):
        return session, None
    meant = expects if at is not None and now - at <= OPEN_AT_MOST else None
    return replace(session, expects=None, expects_at=None), meant


def stamp(session: Session, before: Session, now: datetime) -> Session:
    """The session with the moment at which it began to expect what it does. `before`: as it was when the turn
    began; something else in between does not prolong the time.
    """
    if session.expects is None:
        return replace(session, expects_at=None)
    same = session.expects == before.expects
    return replace(session, expects_at=before.expects_at if same and before.expects_at else now)
