"""What asks nothing of the protocol: greeting, thanks, help, a feeling. One short reply each."""

from __future__ import annotations

from dataclasses import replace

from handlers.actions import ShowSections
from handlers.commands import help_lines
from handlers.context import Context, Response, said
from handlers.questions import about
from handlers.questions.answers import check_buttons, contact_of
from handlers.reply import Button, Message, Paragraph, Reply
from handlers.turn import Turn
from knowledge.language.words import split
from knowledge.talk.acts import Act, Heard

SAYS: dict[Act, str] = {
    "about_us": "about",
    "thanks": "thanks",
    "bye": "bye",
    "ok": "acknowledged",
    "greeting": "hello",
    "test": "test_heard",
    "drop": "dropped",
    "stop": "stopped_talking",
    "later": "wished_luck",
}
"""Act → the text that answers it."""
YES = frozenset(("ja", "yes", "jep", "yep", "graag", "please"))


async def hear(turn: Turn, context: Context, heard: Heard, text: str) -> Response | None:
    """The reply; None if the text asks something after all."""
    texts, pack = context.texts, context.matcher.pack
    if heard.act == "later" and ("?" in text or _asks(text, heard.rest, context)):
        return None
    if heard.act == "help":
        return await usage(turn, context)
    if heard.act == "menu":
        buttons = (Button(texts("topics"), ShowSections()), *check_buttons(pack, texts.language))
        return Response(
            Reply(texts.language, (Message((Paragraph(texts("menu")),), buttons),)), context.session
        )
    if heard.act == "feeling":
        reply = said(texts, "felt", contact=contact_of(pack.talk.ask, pack, texts))
        return Response(reply, context.session)
    name = SAYS.get(heard.act)
    if name is None:
        return None
    if heard.act == "bye" and context.session.asked is None and "dag" in split(text):
        name = "hello"
    return Response(said(texts, name), replace(context.session, declines=0))


async def usage(turn: Turn, context: Context) -> Response:
    """What can be asked, and the commands."""
    return await about.usage(turn, context, help_lines(context.texts))


def is_yes(text: str) -> bool:
    """Whether a text says yes, and not only that it was heard."""
    return not YES.isdisjoint(split(text))


def nothing(context: Context) -> Reply:
    return Reply(context.texts.language)


def _asks(text: str, rest: str, context: Context) -> bool:
    """Whether "ik ga …" asks or tells something after all."""
    asks = context.matcher.pack.things.read(rest).asks not in (None, "is")
    return asks or context.matcher.ask(text).status in ("answer", "incident")
