"""What is remembered between two turns of one person in one chat."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.actions import ExpectedText
from handlers.flow_interpreter import Run
from handlers.reply import Button
from knowledge.language.words import Language

TOPIC_LASTS = timedelta(minutes=15)
"""How long "en op insta?" still means the last question."""
CHECK_LASTS = timedelta(hours=2)
"""How long a guided check waits for the next answer."""
KEPT_MESSAGES = 10
"""How many of a person's messages are remembered as questions, and of ours as judged."""
DOUBLE_PRESS = timedelta(seconds=5)
"""A second press of the same button within this time is the same press."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The last question, kept for what is asked after it."""

    question: str
    at: datetime
    label: str | None
    """The rule or topic that it was about, where one was recognised."""
    message: str = ""
    """The platform's id of the question's message, so that an edit of it can be told."""
    others: tuple[str, ...] = ()
    """Rules that were likely too, best first: what is offered to who meant something else."""
    first: str = ""
    """The line that the answer began with."""
    said: str = ""
    """A digest of the answer, so that it is not given twice in a row."""
    earlier: str = ""
    """The first of two questions that were asked in one message."""
    situation: str = ""
    """The delicate situation that it was about, by its id in the pack."""

    def without_words(self) -> Asked:
        """Only which rule, topic or situation it was about: nothing that the person wrote."""
        return replace(self, question="", first="", said="", earlier="")


@dataclass(frozen=True, slots=True)
class Press:
    button: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    language: Language | None = None
    """Chosen by the person; None follows each question's own language."""
    spoken: Language | None = None
    """The language of the last reply, if there was one."""
    asked: Asked | None = None
    declines: int = 0
    """Questions in a row that got no answer."""
    offered: tuple[Button, ...] = ()
    """What the last reply offered, for who types a number or a button's words."""
    pressed: Press | None = None
    """The last button, to know a double press by."""
    run: Run | None = None
    """A guided check under way."""
    case: str | None = None
    """The id of the report under way; its answers are in the case file."""
    edit_told: str = ""
    """The id of the report in which it was said that a changed message changes no answer."""
    run_at: datetime | None = None
    """When the check last went on."""
    answered: tuple[str, ...] = ()
    """The platform's ids of the last messages that were answered as questions, so that an edit of one is told
    from an edit of anything else.
    """
    judged: tuple[str, ...] = ()
    """The last answers that were called helpful or not: one judgement each."""
    helped: datetime | None = None
    """When the help for somebody in danger was shown last; nothing of what it was about."""
    told_media: bool = False
    """Whether it was said that files are not looked at."""
    expects: ExpectedText | None = None
    """What the next text is for; any button or command ends the waiting, and so does time
    (`handlers/conversation/expectation.py`).
    """
    expects_at: datetime | None = None
    """When that was asked."""
    refused: str = ""
    """A digest of the text that was refused once because it looks like somebody's data: the same text sent
    again is accepted.
    """

    def speaks(self, settings: Language | None) -> Language:
        """The language to say something in that is no answer to a question; `settings`: that of the person's
        settings on the platform.
        """
        return self.language or self.spoken or settings or "nl"

    def topic(self, now: datetime) -> Asked | None:
        """The last question, while it still counts."""
        return self.asked if self.asked and now - self.asked.at <= TOPIC_LASTS else None

    def check(self, now: datetime) -> Run | None:
        """The guided check under way, unless it was left lying."""
        return self.run if self.run and self.run_at and now - self.run_at <= CHECK_LASTS else None
