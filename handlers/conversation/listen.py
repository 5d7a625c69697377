"""What a text does, in the order of DESIGN §2: it repairs what went before, asks something, or is small talk.
Danger and what the session waits for have been heard before this.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from handlers.actions import NoneOfThese, StartReport
from handlers.casework import home
from handlers.context import Context, Response, TurnHandler, said
from handlers.conversation import danger, small_talk
from handlers.questions import about, ask, browse, delicate, languages, repair, two_questions
from handlers.turn import Turn
from knowledge.language.words import Language, split
from knowledge.talk import acts
from knowledge.talk.acts import Act, Heard

SHOWS: Mapping[Act, TurnHandler] = {
    "pdf": browse.pdf,
    "protocol": browse.sections,
    "privacy": about.privacy,
    "news": home.news,
    "resume": small_talk.resume,
}
PLAIN_NO = 2
"""Words up to which "nee" chooses none of what was offered, and says nothing more."""
LEANING: frozenset[Act] = frozenset({"next", "unclear", "why", "person", "shorter", "disagree", "meant"})
"""Acts that lean on what was said last."""
BESIDE = 4
"""Words from which what stands beside the wish for a language is a question."""
_CLAUSES = re.compile(r"[.,;:!?\n]+\s*")
_LANGUAGE_NAMED = re.compile(r"\b(?:english|engels\w*|dutch|nederlands\w*)\b", re.IGNORECASE)
UNTOUCHED: frozenset[Act] = frozenset(
    {
        "english",
        "dutch",
        "pdf",
        "protocol",
        "menu",
        "news",
        "resume",
        "stop",
        "drop",
        "thanks",
        "bye",
        "ok",
        "greeting",
        "test",
    }
)
"""Acts that mean the same in the middle of a delicate matter."""


async def listen(turn: Turn, context: Context, text: str) -> Response:
    """The reply to a text that no open question takes."""
    heard = acts.load().read(text)
    if heard and heard.act == "preface":
        text = text[_place(heard.rest, text) :]
        heard = acts.load().read(text)
    if (heard is None or heard.act in LEANING) and (after := danger.after_help(turn, context, text)):
        return after
    if heard:
        context = replace(context, texts=languages.of_act(heard, text, turn, context))
        if response := await _act(turn, context, heard, text):
            return response
    if response := await delicate.hear(turn, context, text):
        return response
    if response := await two_questions.hear(turn, context, text):
        return response
    return await ask.ask(turn, context, text)


async def _act(turn: Turn, context: Context, heard: Heard, text: str) -> Response | None:
    """The reply to an act; None if it turns out to be a question after all."""
    if heard.act not in UNTOUCHED and (response := delicate.follow(turn, context, text)):
        return response
    offered = {type(button.action) for button in context.session.offered}
    match heard.act:
        case "english":
            return await _switch(turn, context, "en", text)
        case "dutch":
            return await _switch(turn, context, "nl", text)
        case "pdf" | "protocol" | "privacy" | "news" | "resume":
            return await SHOWS[heard.act](turn, context)
        case "stop" if context.session.check(turn.at):
            return await about.stop(turn, context)
        case "not_meant" if NoneOfThese in offered and len(split(text)) <= PLAIN_NO:
            return await ask.none_of_these(turn, context)
        case "ok" if StartReport in offered and small_talk.is_yes(text):
            return Response(small_talk.nothing(context), context.session, then=StartReport())
        case "person" | "shorter" | "unclear" | "not_meant" | "meant" | "disagree" | "next" | "why":
            return await repair.hear(turn, context, heard, text)
        case _:
            return await small_talk.hear(turn, context, heard, text)


def _place(rest: str, text: str) -> int:
    """Where the words of `rest` begin in the text as it was typed."""
    first = rest.split(" ")[0]
    found = [match.start() for match in re.finditer(re.escape(first), text, re.IGNORECASE)]
    fitting = [place for place in found if " ".join(split(text[place:])) == rest]
    return fitting[0] if fitting else 0


async def _switch(turn: Turn, context: Context, language: Language, text: str) -> Response:
    """Answer in this language from now on. What is asked beside it is answered, and then it holds until a
    whole sentence is in the other one; else the last answer is said once more.
    """
    context = replace(context, texts=context.all_texts[language])
    if question := _beside_language(text):
        session = replace(context.session, language=None, spoken=language)
        return await listen(turn, replace(context, session=session), question)
    asked = context.session.topic(turn.at)
    context = replace(context, session=replace(context.session, language=language))
    reply = said(context.texts, "language_set")
    if asked is None or not asked.question:
        return Response(reply, context.session)
    session = replace(context.session, asked=None)
    again = await ask.answer(turn, replace(context, session=session), context.matcher.ask(asked.question))
    if again.then:
        return Response(reply, context.session)
    return replace(again, reply=replace(again.reply, messages=(*reply.messages, *again.reply.messages)))


def _beside_language(text: str) -> str:
    """What is said beside the wish for a language, in clauses of its own; "" if that is too little to be a
    question.
    """
    clauses = [clause for clause in _CLAUSES.split(text) if clause.strip()]
    others = [clause for clause in clauses if _LANGUAGE_NAMED.search(clause) is None]
    rest = ", ".join(clause.strip() for clause in others)
    return rest if len(split(rest)) >= BESIDE else ""
