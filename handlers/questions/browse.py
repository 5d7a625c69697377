"""Reading the protocol: sections, rules, one rule after the other, and the whole as a document."""

from __future__ import annotations

import re

from handlers.actions import Action, ReadRule, SendProtocol, ShowSection, ShowSections
from handlers.context import Context, Response
from handlers.questions.answers import rule_blocks
from handlers.reply import Attachment, Block, Button, Heading, Message, Paragraph, ProtocolDocument, Reply
from handlers.texts import Texts
from handlers.turn import Pressed, Turn
from knowledge.pack.protocol import Protocol, Rule, Section


async def sections(turn: Turn, context: Context) -> Response:
    """/protocol: what the protocol consists of."""
    protocol, texts = context.matcher.pack.protocol, context.texts
    buttons = [Button(_name(section), ShowSection(section.id)) for section in protocol.sections]
    blocks = (Heading(protocol.title), Paragraph(texts("sections")))
    return _shown(blocks, (*buttons, Button(texts("whole_protocol"), SendProtocol())), turn, context)


async def section(turn: Turn, context: Context, action: ShowSection) -> Response:
    """The rules of one section."""
    protocol, texts = context.matcher.pack.protocol, context.texts
    found = next(section for section in protocol.sections if section.id == action.section)
    if len(found.rules) == 1:
        return _read(found.rules[0], turn, context)
    buttons = [
        Button(f"{rule.number}. {rule.title[texts.language]}", ReadRule(rule.id)) for rule in found.rules
    ]
    blocks = (Heading(" › ".join(found.path)), Paragraph(texts("rules_of_section")))
    return _shown(
        blocks, (*buttons, Button(texts("to_sections"), ShowSections(in_place=True))), turn, context
    )


async def read(turn: Turn, context: Context, action: ReadRule) -> Response:
    """One rule in full, with the one before and the one after."""
    return _read(context.matcher.pack.protocol.rule(action.rule), turn, context)


async def pdf(turn: Turn, context: Context) -> Response:
    """The whole protocol as a document."""
    texts, pack = context.texts, context.matcher.pack
    attachment = Attachment(f"{_file_name(pack.protocol.title)}.pdf", ProtocolDocument("nl"))
    return Response(
        Reply(
            texts.language,
            (Message((Paragraph(texts("pdf_here", board=pack.name)),), attachment=attachment),),
        ),
        context.session,
    )


def _read(rule: Rule, turn: Turn, context: Context) -> Response:
    protocol, texts = context.matcher.pack.protocol, context.texts
    buttons = (*_turning(rule, protocol, texts), Button(texts("to_sections"), ShowSections(in_place=True)))
    return _shown((Heading(rule.title[texts.language]), *rule_blocks(rule, texts)), buttons, turn, context)


def _turning(rule: Rule, protocol: Protocol, texts: Texts) -> list[Button]:
    rules = list(protocol)
    place = rules.index(rule)
    before, after = rules[:place][-1:], rules[place + 1 :][:1]
    return [
        *(Button(texts("previous"), ReadRule(other.id)) for other in before),
        *(Button(texts("next"), ReadRule(other.id)) for other in after),
    ]


def _shown(blocks: tuple[Block, ...], buttons: tuple[Button, ...], turn: Turn, context: Context) -> Response:
    """In place of the page that the button stood on, where it stood on one."""
    page = turn.act.message if isinstance(turn.act, Pressed) and _on_page(turn.act.action) else ""
    return Response(
        Reply(context.texts.language, (Message(blocks, buttons, replaces=page),)), context.session
    )


def _on_page(action: Action | None) -> bool:
    """Whether the button stands on a page of this browsing, not below an answer, which must stay."""
    return isinstance(action, ShowSection | ReadRule) or action == ShowSections(in_place=True)


def _name(section: Section) -> str:
    return section.path[-1]


def _file_name(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")
