"""What the assistant says about itself and its answers: welcome, language, why, goodbye."""

from __future__ import annotations

from dataclasses import replace

from handlers.given import Context, Response, said
from handlers.reply import Bullets, Message, Paragraph, Reply
from handlers.texts import Texts
from handlers.turn import Turn
from knowledge.matcher import Matcher, Outcome
from knowledge.words import LANGUAGES


async def welcome(turn: Turn, context: Context) -> Response:
    """Who this is, what it does, and how to ask."""
    texts, pack = context.texts, context.matcher.pack
    title = pack.protocol.title.replace("Protocol", "protocol", 1)
    blocks = (Paragraph(texts("welcome", title=title, board=pack.name)), Paragraph(texts("help"), tone="aside"))
    return Response(Reply(texts.language, (Message(blocks),)), context.session)


async def language(turn: Turn, context: Context) -> Response:
    """Answer in the language named, or in the other one where none is."""
    named = next((name for name in LANGUAGES if name == context.argument.lower()), None)
    chosen = named or ("en" if context.texts.language == "nl" else "nl")
    return Response(said(context.all_texts[chosen], "language_set"), replace(context.session, language=chosen))


async def goodbye(turn: Turn, context: Context) -> Response:
    return Response(said(context.texts, "goodbye"), context.session)


async def why(turn: Turn, context: Context) -> Response:
    """Why the last answer was given."""
    asked = context.session.topic(turn.at)
    if asked is None:
        return Response(said(context.texts, "nothing_to_explain"), context.session)
    return Response(explain(context.matcher.ask(asked.question), context.matcher, context.texts), context.session)


def explain(outcome: Outcome, matcher: Matcher, texts: Texts) -> Reply:
    """Why an outcome came about: the concepts and their words, the phrasings most like the question, the chance."""
    blocks: list[Paragraph | Bullets] = [Paragraph(texts("why_chance", chance=f"{outcome.confidence:.0%}"))]
    if outcome.evidence:
        blocks += [Paragraph(texts("why")), Bullets(outcome.evidence)]
    like = matcher.like(outcome)
    if like:
        blocks += [Paragraph(texts("why_like")), Bullets(tuple(f'"{text}" ({label}, {score:.0f}%)' for text, label, score in like))]
    return Reply(texts.language, (Message(tuple(blocks)),))
