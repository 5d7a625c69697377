"""One person's conversation: what was typed or chosen goes in, a reply comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from handlers import ask
from handlers.reply import Button, Paragraph, Reply
from handlers.texts import Texts
from knowledge.matcher import Matcher, Outcome
from knowledge.words import LANGUAGES, Language


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing a person did: typed a text or pressed a button."""

    text: str = ""
    action: str | None = None
    """The pressed button's action; None for a text."""


@dataclass(frozen=True, slots=True)
class Session:
    """What is remembered between two turns of one person."""

    language: Language | None = None
    """Chosen by the person; None follows each question's own language."""
    spoken: Language = "nl"
    """The language of the last reply."""
    outcome: Outcome | None = None
    """Of the last question, to explain it."""
    buttons: tuple[Button, ...] = ()
    """What the last reply offered."""


STOPS = ("/stop", "/exit", "/quit")


class Conversation:
    """Routes a turn to what handles it."""

    def __init__(self, matcher: Matcher, texts: Mapping[Language, Texts]) -> None:
        self._matcher = matcher
        self._pack = matcher.pack
        self._texts = texts

    def welcome(self, session: Session) -> Reply:
        texts = self._texts[session.language or session.spoken]
        return Reply(
            texts.language,
            (
                Paragraph(texts("welcome", title=self._pack.protocol.title.replace("Protocol", "protocol", 1), board=self._pack.name)),
                Paragraph(texts("help"), tone="aside"),
            ),
        )

    def respond(self, turn: Turn, session: Session) -> tuple[Reply, Session]:
        """The reply to a turn, and the session after it."""
        reply, session = self._route(turn, session)
        return reply, replace(session, spoken=reply.language, buttons=reply.buttons)

    def _route(self, turn: Turn, session: Session) -> tuple[Reply, Session]:
        text = turn.text.strip()
        spoken = self._texts[session.language or session.spoken]
        if turn.action is not None:
            return self._pressed(turn.action, spoken), session
        if text.startswith("/"):
            return self._command(text, spoken, session)
        if text.isdigit() and session.buttons:
            number = int(text) if len(text) < 4 else 0
            if 1 <= number <= len(session.buttons):
                return self._pressed(session.buttons[number - 1].action, spoken), session
            reply = _said(spoken, "unknown_number", last=str(len(session.buttons)))
            return replace(reply, buttons=session.buttons), session
        outcome = self._matcher.ask(turn.text)
        texts = self._texts[session.language or outcome.language]
        return ask.say(outcome, self._pack, texts), replace(session, outcome=outcome)

    def _pressed(self, action: str, texts: Texts) -> Reply:
        verb, _, target = action.partition(":")
        if verb == "rule":
            return ask.show_rule(self._pack.protocol.rule(target), self._pack, texts)
        return ask.none_chosen(self._pack, texts)

    def _command(self, text: str, texts: Texts, session: Session) -> tuple[Reply, Session]:
        command, _, argument = text.lower().partition(" ")
        if command in ("/help", "/start"):
            return self.welcome(session), session
        if command in ("/taal", "/language"):
            language = next((name for name in LANGUAGES if name == argument.strip()), None)
            chosen = language or ("en" if texts.language == "nl" else "nl")
            return _said(self._texts[chosen], "language_set"), replace(session, language=chosen)
        if command in ("/waarom", "/why"):
            return self._explained(session, texts), session
        if command in STOPS:
            return _said(texts, "goodbye"), session
        return _said(texts, "unknown_command"), session

    def _explained(self, session: Session, texts: Texts) -> Reply:
        if session.outcome is None:
            return _said(texts, "nothing_to_explain")
        return explain(session.outcome, self._matcher, texts)


def explain(outcome: Outcome, matcher: Matcher, texts: Texts) -> Reply:
    """Why an outcome came about: the concepts and their words, the phrasings most like the question, the chance."""
    blocks = [Paragraph(texts("why_chance", chance=f"{outcome.confidence:.0%}"))]
    if outcome.evidence:
        blocks.append(Paragraph("\n".join([texts("why"), *(f"- {line}" for line in outcome.evidence)])))
    like = matcher.like(outcome)
    if like:
        lines = [f'- "{text}" ({label}, {score:.0f}%)' for text, label, score in like]
        blocks.append(Paragraph("\n".join([texts("why_like"), *lines])))
    return Reply(texts.language, tuple(blocks))


def _said(texts: Texts, name: str, **values: str) -> Reply:
    return Reply(texts.language, (Paragraph(texts(name, **values)),))
