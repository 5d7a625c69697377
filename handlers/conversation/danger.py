"""Listening for danger before anything else is understood, and keeping nothing of what was heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Literal

from handlers.actions import BackFromHelp
from handlers.cases.repository import Cases, UnreadableCaseError
from handlers.context import Context, Journal, Memory, Response, TurnStores, said
from handlers.people import People
from handlers.reply import Button, Message, Paragraph, Reply, text_of
from handlers.report import report
from handlers.safety.care import NUDE
from handlers.safety.help_block import aside_words, help_message
from handlers.session import Session
from handlers.texts import Texts
from handlers.turn import Edited, Said, Sent, Turn
from knowledge.language.words import Language
from knowledge.pack.loading import Pack
from knowledge.safety.detector import Detector, Finding, load_detector
from knowledge.safety.situations import SOMEBODY

HELPED_FOR = timedelta(minutes=10)
"""How long after the help what is said next may still be about it."""
ACUTE = 3
"""Up to this gravity nothing follows the help, not even the report's next question."""


def make_detector() -> Detector:
    """With the data that all boards share. Raises `PackError` if that is wrong."""
    return load_detector()


def hear(turn: Turn, detector: Detector, session: Session | None = None) -> Finding | None:
    """The danger in what the person wrote; a press carries no words. While a report or case is written, a
    story about somebody is nothing unusual.
    """
    text = words_of(turn)
    heard = detector.detect(text) if text else None
    if (
        heard
        and session
        and heard.situation.id == SOMEBODY
        and (session.case or session.expects or session.run)
    ):
        return None
    return heard


async def hear_kept_image(turn: Turn, context: Context, detector: Detector) -> Finding | None:
    """That somebody kept a copy, in a report on a nude image of a minor: one line says what is allowed."""
    text = words_of(turn)
    if not text or not context.session.case or not detector.is_image_kept(text):
        return None
    heard = detector.detect(f"{await report.written_so_far(turn, context)}. {text}")
    signs = [sign for sign in heard.signs if sign.situation.id == NUDE] if heard else []
    if heard is None or not signs:
        return None
    return Finding("aside", (replace(signs[0], loudness="aside"),), heard.language)


def words_of(turn: Turn) -> str:
    """The person's own words in this turn, "" if there are none."""
    act = turn.act
    if isinstance(act, Sent):
        return act.caption
    return act.text if isinstance(act, Said | Edited) else ""


async def stop(turn: Turn, context: Context, finding: Finding, detector: Detector) -> Response:
    """Only the help. In a report it comes before the report's own next words, which an answer about somebody
    else still reaches: a director may have to write down exactly such things.
    """
    texts = texts_of(turn, context, finding)
    context = replace(context, texts=texts, session=replace(context.session, helped=turn.at))
    taken = await _taken_by_report(turn, context, finding)
    if taken:
        acute = finding.situation.gravity <= ACUTE
        message = _block(turn, context, finding, detector, "report" if acute else None, stored=True)
        messages = (message,) if acute else (message, *taken.reply.messages)
        return replace(taken, reply=replace(taken.reply, language=texts.language, messages=messages))
    message = _block(turn, context, finding, detector, "report" if context.session.case else "question")
    deletes = (turn.act.message,) if turn.chat.history and isinstance(turn.act, Said | Sent) else ()
    return Response(Reply(texts.language, (message,), deletes=deletes), context.session)


def after_help(turn: Turn, context: Context, text: str) -> Response | None:
    """The reply to what is said soon after the help and is no clear question of its own: a rule that is only
    near would be out of place there. None for anything else.
    """
    helped = context.session.helped
    if helped is None or turn.at - helped > HELPED_FOR:
        return None
    if context.matcher.ask(text).status in ("answer", "incident"):
        return None
    # said once: who goes on asking is answered as always
    return Response(said(context.texts, "safety_after"), replace(context.session, helped=None))


def with_aside(turn: Turn, context: Context, response: Response, finding: Finding) -> Response:
    """The usual response below one calm line. Of the question the session keeps no word, only what it was
    about.
    """
    line = Paragraph(aside_words(finding, context.all_texts[response.reply.language]))
    messages = response.reply.messages or (Message(()),)
    messages = (replace(messages[0], blocks=(line, *messages[0].blocks)), *messages[1:])
    session = response.session
    if session.asked and session.asked is not context.session.asked:
        session = replace(session, asked=session.asked.without_words())
    return replace(response, reply=replace(response.reply, messages=messages), session=session)


def help_text(turn: Turn, detector: Detector, texts: Mapping[Language, Texts], pack: Pack) -> str:
    """The help as plain text, said without a session; "" if the turn tells of no danger that stops."""
    heard = hear(turn, detector)
    if heard is None or heard.loudness != "stop":
        return ""
    spoken = texts[heard.language or turn.person.language or "nl"]
    message = help_message(
        heard.situations, heard.sign.who, detector.data, pack, spoken, turn.at, None, turn.chat.private
    )
    return "\n\n".join(text_of(block) for block in message.blocks)


def without_journal(context: Context) -> Context:
    """The context for a turn of which no question is stored."""
    return replace(context, stores=Unrecorded(context.stores))


async def help_now(turn: Turn, context: Context) -> Response:
    """/hulp: the numbers, whenever somebody asks for them."""
    detector = make_detector()
    situation = detector.data.situation("helpline")
    button = _button(turn, context, "report" if context.session.case else "question")
    message = help_message(
        (situation,),
        "other",
        detector.data,
        context.matcher.pack,
        context.texts,
        turn.at,
        button,
        turn.chat.private,
    )
    return Response(Reply(context.texts.language, (message,)), context.session)


async def back(turn: Turn, context: Context) -> Response:
    """Back from the help to what was under way; the router repeats the open question below."""
    if held := await report.held_answer(turn, context):
        return held
    busy = context.session.case or context.session.expects or context.session.check(turn.at)
    return Response(said(context.texts, "safety_go_on" if busy else "safety_ask_again"), context.session)


def texts_of(turn: Turn, context: Context, finding: Finding) -> Texts:
    """In the language chosen, else that of the words, else the one spoken before."""
    session = context.session
    language: Language = session.language or finding.language or session.speaks(turn.person.language)
    return context.all_texts[language]


async def _taken_by_report(turn: Turn, context: Context, finding: Finding) -> Response | None:
    """The report's own response to what it takes of words about somebody else; None if it takes nothing."""
    try:
        if finding.sign.who == "other":
            return await report.take_told(turn, context)
    except UnreadableCaseError:  # nothing stands between a danger and the help
        return None
    return None


def _block(
    turn: Turn,
    context: Context,
    finding: Finding,
    detector: Detector,
    back_to: Literal["question", "report"] | None,
    stored: bool = False,
) -> Message:
    return help_message(
        finding.situations,
        finding.sign.who,
        detector.data,
        context.matcher.pack,
        context.texts,
        turn.at,
        _button(turn, context, back_to) if back_to else None,
        turn.chat.private,
        stored,
    )


def _button(turn: Turn, context: Context, back_to: Literal["question", "report"]) -> Button | None:
    if not turn.chat.private:
        link = turn.chat.private_link
        return Button(context.texts("report_private_link"), None, link) if link else None
    return Button(context.texts(f"safety_back_to_{back_to}"), BackFromHelp())


class _NoJournal:
    """Stores nothing."""

    async def unanswered(self, question: str, language: Language, label: str | None) -> None:
        return

    async def feedback(self, label: str, helpful: bool, question: str) -> None:
        return


@dataclass(frozen=True, slots=True)
class Unrecorded:
    """The stores of a turn of which no question is stored: all but the journal."""

    stores: TurnStores

    @property
    def journal(self) -> Journal:
        return _NoJournal()

    @property
    def memory(self) -> Memory:
        return self.stores.memory

    @property
    def people(self) -> People:
        return self.stores.people

    @property
    def cases(self) -> Cases:
        return self.stores.cases
