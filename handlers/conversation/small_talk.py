"""What asks nothing of the protocol: greeting, thanks, help, a feeling. One short reply each."""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import BackFromHelp, SendProtocol, ShowSections
from handlers.casework.home import home
from handlers.context import Context, Response, said
from handlers.conversation import introduction
from handlers.conversation.commands import help_lines
from handlers.people import KEEPERS
from handlers.questions.answers import check_buttons, contact_of
from handlers.reply import Bullets, Button, Message, Paragraph, Reply
from handlers.report import start
from handlers.turn import Turn
from knowledge.language.words import split
from knowledge.talk.acts import Act, Heard

SAYS: dict[Act, str] = {
    "about_us": "about",
    "thanks": "thanks",
    "bye": "bye",
    "ok": "acknowledged",
    "test": "test_heard",
    "drop": "dropped",
    "stop": "stopped_talking",
    "later": "wished_luck",
}
"""Act → the text that answers it."""
AFTER_HELP: frozenset[Act] = frozenset(("ok", "thanks", "bye", "drop", "stop"))
"""Acts that are not cheered at after the help for somebody in danger."""
YES = frozenset(("ja", "yes", "jep", "yep", "graag", "please"))


async def hear(turn: Turn, context: Context, heard: Heard, text: str) -> Response | None:
    """The reply; None if the text asks something after all."""
    texts, pack = context.texts, context.matcher.pack
    if heard.act == "later" and ("?" in text or _asks(text, heard.rest, context)):
        return None
    if heard.act == "help":
        return await usage(turn, context)
    if heard.act == "menu":
        return await menu(turn, context)
    if heard.act == "greeting" or (heard.act == "bye" and _says_dag(text, context)):
        at_home = await home(turn, context)
        blocks = (Paragraph(texts("hello")), *at_home.blocks)
        return Response(Reply(texts.language, (Message(blocks, at_home.buttons),)), context.session)
    if heard.act == "feeling":
        reply = said(texts, "felt", contact=contact_of(pack.talk.ask, pack, texts))
        return Response(reply, context.session)
    name = SAYS.get(heard.act)
    if name is None:
        return None
    if heard.act in AFTER_HELP and any(isinstance(b.action, BackFromHelp) for b in context.session.offered):
        name = "after_help"
    return Response(said(texts, name), replace(context.session, declines=0))


async def menu(turn: Turn, context: Context) -> Response:
    """What can be done here, with a button each."""
    texts, pack = context.texts, context.matcher.pack
    at_home = await home(turn, context)
    can = Bullets(tuple(texts("menu_can").strip().split("\n")))
    buttons = (
        *at_home.buttons,
        Button(texts("topics"), ShowSections()),
        *check_buttons(pack, texts.language),
        Button(texts("whole_protocol"), SendProtocol()),
    )
    blocks = (Paragraph(texts("menu")), *at_home.blocks, can)
    return Response(Reply(texts.language, (Message(blocks, buttons),)), context.session)


async def resume(turn: Turn, context: Context) -> Response:
    """ "ga verder": the report that was begun, else what was talked of last."""
    if turn.person.role in KEEPERS and await context.stores.cases.drafts(turn.person.id):
        return await start.resume(turn, context)
    asked = context.session.topic(turn.at)
    texts = context.texts
    if asked is None or not asked.question:
        return await menu(turn, context)
    return Response(said(texts, "going_on", question=asked.question), context.session)


async def usage(turn: Turn, context: Context) -> Response:
    """What can be asked, and the commands."""
    return await introduction.usage(turn, context, help_lines(context.texts))


def is_yes(text: str) -> bool:
    """Whether a text says yes, and not only that it was heard."""
    return not YES.isdisjoint(split(text))


def nothing(context: Context) -> Reply:
    return Reply(context.texts.language)


def _asks(text: str, rest: str, context: Context) -> bool:
    """Whether "ik ga …" asks or tells something after all."""
    asks = context.matcher.pack.things.read(rest).asks not in (None, "is")
    return asks or context.matcher.ask(text).status in ("answer", "incident")


def _says_dag(text: str, context: Context) -> bool:
    """Whether "dag" greets: before anything was asked."""
    return context.session.asked is None and "dag" in split(text)
