"""What people send besides text. The file itself is never looked at."""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import StartReport
from handlers.context import Context, Response, said
from handlers.questions import ask
from handlers.questions.answers import check_buttons
from handlers.questions.follow_up import understand
from handlers.reply import Button, Message, Paragraph, Reply
from handlers.texts import Texts
from handlers.turn import Chat, Media, Sent, Turn
from knowledge.pack.loading import Pack

FILES: dict[Media, str] = {"photo": "a_photo", "video": "a_video", "document": "a_file"}
"""What may carry a question → the text that names it."""
OTHERS: dict[Media, str] = {
    "sticker": "sticker",
    "voice": "voice",
    "location": "location",
    "contact": "contact",
    "other": "other_media",
}
MUCH_SURER = 0.2
"""By how much the caption together with what was sent must be surer than the caption alone."""


async def sent(turn: Turn, act: Sent, context: Context) -> Response:
    """A caption is the question; without one, or with one that says too little, the person is asked what they
    want to know.
    """
    texts = context.texts
    if act.caption.strip():
        return await _captioned(turn, context, act)
    if act.media in FILES:
        return Response(
            _what_about(act.media, texts, turn.chat, context.matcher.pack),
            replace(context.session, told_media=True),
        )
    return Response(said(texts, OTHERS[act.media]), context.session)


async def _captioned(turn: Turn, context: Context, act: Sent) -> Response:
    question = act.caption.strip()
    note = "" if context.session.told_media else context.texts("not_looked_at")
    before = context.session.topic(turn.at)
    outcome = understand(question, before.question if before else None, context.matcher)
    if act.media in FILES and outcome.status in ("decline", "choose", "smalltalk") and not outcome.topic:
        named = context.matcher.ask(f"{context.texts(FILES[act.media])} {question}")
        if named.status == "answer" or (named.topic and named.confidence > outcome.confidence + MUCH_SURER):
            outcome = named
        elif outcome.status != "choose":
            reply = _what_about(act.media, context.texts, turn.chat, context.matcher.pack)
            return Response(reply, replace(context.session, told_media=True))
    return await ask.answer(
        turn, replace(context, session=replace(context.session, told_media=True)), outcome, note
    )


def _what_about(media: Media, texts: Texts, chat: Chat, pack: Pack) -> Reply:
    buttons = (
        [*check_buttons(pack, texts.language), Button(texts("report_start"), StartReport())]
        if chat.private
        else []
    )
    blocks = (
        Paragraph(texts("what_about", thing=texts(FILES[media]))),
        Paragraph(texts("not_looked_at"), tone="aside"),
    )
    return Reply(texts.language, (Message(blocks, tuple(buttons)),))
