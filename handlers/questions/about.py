"""What the assistant says about itself, its answers and what it keeps: language, why, privacy,
forgetting, goodbye.
"""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import ChooseLanguage, ConfirmForget
from handlers.context import Context, Kept, Response, said
from handlers.questions import guided_checks
from handlers.reply import Block, Bullets, Button, Message, Paragraph, Reply
from handlers.session import Session
from handlers.texts import Texts
from handlers.turn import Turn
from knowledge.language.words import LANGUAGES, Language
from knowledge.matching.matcher import Matcher, Outcome

KINDS = {
    "session": "kept_session",
    "buttons": "kept_buttons",
    "messages": "kept_messages",
    "role": "kept_role",
    "pin": "kept_pin",
}
"""Kind of what is kept → the text that names it."""


async def language(turn: Turn, context: Context, named: str) -> Response:
    """/taal: answer in the language named; where none of ours is, ask which."""
    known = next((name for name in LANGUAGES if name == named.lower()), None)
    if known:
        return choose_language(context, known)
    buttons = tuple(
        Button(context.all_texts[name]("language_name"), ChooseLanguage(name)) for name in LANGUAGES
    )
    return Response(
        Reply(context.texts.language, (Message((Paragraph(context.texts("which_language")),), buttons),)),
        context.session,
    )


def choose_language(context: Context, chosen: Language) -> Response:
    return Response(
        said(context.all_texts[chosen], "language_set"), replace(context.session, language=chosen)
    )


async def privacy(turn: Turn, context: Context) -> Response:
    """What is kept about whom, for how long."""
    return Response(said(context.texts, "privacy"), context.session)


async def forget(turn: Turn, context: Context) -> Response:
    """/vergeet: what is kept about the person, and whether it is to go."""
    texts = context.texts
    kept = _listed(await context.stores.memory.kept(), texts)
    if not kept:
        return Response(said(texts, "nothing_kept"), context.session)
    blocks: tuple[Block, ...] = (
        Paragraph(texts("kept")),
        Bullets(kept),
        Paragraph(texts("kept_stays"), tone="aside"),
    )
    buttons = (
        Button(texts("forget_yes"), ConfirmForget(yes=True)),
        Button(texts("forget_no"), ConfirmForget(yes=False)),
    )
    return Response(Reply(texts.language, (Message(blocks, buttons),)), context.session)


async def confirm_forget(turn: Turn, context: Context, action: ConfirmForget) -> Response:
    """The answer to that: deletes it and says what it was, or leaves it."""
    texts = context.texts
    if not action.yes:
        return Response(said(texts, "forget_kept"), context.session)
    gone = _listed(await context.stores.memory.forget(), texts)
    blocks: tuple[Block, ...] = (Paragraph(texts("forgotten")), *((Bullets(gone),) if gone else ()))
    return Response(Reply(texts.language, (Message(blocks),)), Session(), forgotten=True)


async def stop(turn: Turn, context: Context) -> Response:
    """/stop: ends an open check; without one, goodbye."""
    if context.session.check(turn.at):
        return await guided_checks.stop(turn, context, None)
    return Response(said(context.texts, "goodbye"), context.session)


async def why(turn: Turn, context: Context) -> Response:
    """Why the last answer was given, in the person's own words."""
    asked = context.session.topic(turn.at)
    if asked is None:
        return Response(said(context.texts, "nothing_to_explain"), context.session)
    return Response(
        explain(context.matcher.ask(asked.question), context.matcher, context.texts), context.session
    )


def explain(outcome: Outcome, matcher: Matcher, texts: Texts, ours: bool = False) -> Reply:
    """Why an outcome came about: the words that counted, the phrasings most like the question, the chance.

    `ours`: with our own names for concepts and topics, for whoever edits the pack; else only what the person
    can know.
    """
    blocks: list[Block] = [Paragraph(texts("why_chance", chance=f"{outcome.confidence:.0%}"))]
    if outcome.evidence and ours:
        blocks += [Paragraph(texts("why")), Bullets(outcome.evidence)]
    elif outcome.evidence:
        blocks.append(Paragraph(texts("why_words", words=", ".join(_own_words(outcome)))))
    if like := matcher.like(outcome):
        known = {str(rule.id) for rule in matcher.pack.protocol}
        lines = tuple(
            f'"{text}" ({label}, {score:.0f}%)' if ours or label in known else f'"{text}" ({score:.0f}%)'
            for text, label, score in like
        )
        blocks += [Paragraph(texts("why_like")), Bullets(lines)]
    return Reply(texts.language, (Message(tuple(blocks)),))


def _own_words(outcome: Outcome) -> tuple[str, ...]:
    """ "foto, website": what was written, without our names for it; each once."""
    return tuple(dict.fromkeys(line.partition(": ")[2] for line in outcome.evidence))


def _listed(kept: Kept, texts: Texts) -> tuple[str, ...]:
    return tuple(
        texts(KINDS[kind], count=str(count)) if kind in KINDS else f"{kind}: {count}"
        for kind, count in kept.counts.items()
        if count
    )
