"""How the assistant introduces itself: /start and /help, with home for who has tasks."""

from __future__ import annotations

from handlers.actions import ShowSections
from handlers.casework.home import home
from handlers.context import Context, Response, said
from handlers.questions.answers import check_buttons
from handlers.reply import Block, Bullets, Button, Message, Paragraph, Reply
from handlers.turn import Turn


async def welcome(turn: Turn, context: Context) -> Response:
    """Who this is and what it does, short enough for a phone; home for who has tasks."""
    return await _introduced(turn, context, Paragraph(context.texts("help_offered")))


async def usage(turn: Turn, context: Context, commands: tuple[str, ...]) -> Response:
    """/help: all that the welcome said, how to ask, and the commands."""
    return await _introduced(
        turn,
        context,
        Paragraph(context.texts("help")),
        Bullets(commands),
    )


async def _introduced(turn: Turn, context: Context, *more: Block) -> Response:
    texts, pack = context.texts, context.matcher.pack
    title = pack.protocol.title
    name = texts("the_protocol", title=title.replace("Protocol", "protocol", 1))
    title = name if title.startswith("Protocol") else f"“{title}”"
    if not turn.chat.private:
        return Response(said(texts, "group_welcome", title=title, board=pack.name), context.session)
    at_home = await home(turn, context)
    blocks = (
        Paragraph(texts("welcome", title=title, board=pack.name)),
        *at_home.blocks,
        *more,
        Paragraph(texts("no_names"), tone="aside"),
    )
    buttons = (
        *at_home.buttons,
        *check_buttons(pack, texts.language),
        Button(texts("topics"), ShowSections()),
    )
    return Response(Reply(texts.language, (Message(blocks, buttons),)), context.session)
