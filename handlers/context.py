"""What a handler is given: texts, knowledge, the session, and what it may write in the one transaction of its
turn.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Protocol

from handlers.actions import Action, ExpectedText
from handlers.cases.repository import Cases
from handlers.people import People
from handlers.reply import Message, Paragraph, Reply
from handlers.session import Session
from handlers.texts import Texts
from handlers.turn import Edited, Said, Sent, Turn
from knowledge.language.words import Language
from knowledge.matching.matcher import Matcher


class Journal(Protocol):
    """What is kept to let the knowledge grow, without whose it was."""

    async def unanswered(self, question: str, language: Language, label: str | None) -> None:
        """Keep a scrubbed question that found no answer, with the topic or rule that came nearest."""

    async def feedback(self, label: str, helpful: bool, question: str) -> None:
        """Keep whether the answer under this rule or topic helped, with the scrubbed question ("" where it is
        not known any more).
        """


@dataclass(frozen=True, slots=True)
class Kept:
    """How much is kept about one person, by kind."""

    counts: Mapping[str, int]
    """Kind ("session", "buttons", "messages", "role") → how many."""


class Memory(Protocol):
    """What is kept about the person of this turn."""

    async def kept(self) -> Kept: ...

    async def forget(self) -> Kept:
        """Delete it, the session included; returns what that was. Roles and cases stay: they are the
        school's.
        """


class TurnStores(Protocol):
    """The stores of one turn."""

    @property
    def journal(self) -> Journal: ...

    @property
    def memory(self) -> Memory: ...

    @property
    def people(self) -> People: ...

    @property
    def cases(self) -> Cases: ...


@dataclass(frozen=True, slots=True)
class Context:
    """Everything beside the turn that a handler works with."""

    session: Session
    texts: Texts
    """In the language to answer in."""
    all_texts: Mapping[Language, Texts]
    matcher: Matcher
    stores: TurnStores
    lapsed: ExpectedText | None = None
    """What the session expected until the time for it ended, a while ago."""
    takes_away: bool = True
    """Whether a channel takes a person's answers out of the chat once they are in the case."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a turn comes to."""

    reply: Reply
    session: Session
    forgotten: bool = False
    """Whether the session is to stay exactly as it is: nothing about the person is put into it again."""
    then: Action | None = None
    """An action to continue with at once: what was asked for before the PIN, or a report to start."""


TurnHandler = Callable[[Turn, Context], Awaitable[Response]]
CommandHandler = Callable[[Turn, Context, str], Awaitable[Response]]
"""Answers a command; the text is what stands after its name."""


def said(texts: Texts, name: str, **values: str) -> Reply:
    """A reply of one paragraph."""
    return Reply(texts.language, (Message((Paragraph(texts(name, **values)),)),))


def without_own_message(turn: Turn, context: Context, response: Response, secret: bool = False) -> Response:
    """The response that also deletes the person's own message from the chat: its words are in the case now,
    or were refused. Only where the setting allows that, or always for a `secret` (a PIN, an invitation's
    code).
    """
    act = turn.act
    if not (context.takes_away or secret) or not isinstance(act, Said | Sent | Edited) or not act.message:
        return response
    return replace(response, reply=replace(response.reply, deletes=(*response.reply.deletes, act.message)))
