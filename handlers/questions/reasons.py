"""Why a rule is there, from the protocol's own words. Which words is data beside the rule; that they
belong together is our reading, and said to be.
"""

from __future__ import annotations

from handlers.context import Context, Response, said
from handlers.questions import about
from handlers.questions.answers import rule_buttons
from handlers.quoting import gist, quotation
from handlers.reply import Block, Message, Paragraph, Reply
from handlers.session import Asked
from handlers.turn import Turn
from knowledge.language.words import split
from knowledge.pack.protocol import Rule

EVIDENCE = frozenset(("uitleg", "explain", "bewijs", "evidence"))
"""What is typed behind /waarom to see by which words the answer was found."""


async def command(turn: Turn, context: Context, text: str) -> Response:
    """/waarom: why the rule of the last answer is there; with "uitleg": how that answer was found."""
    if not EVIDENCE.isdisjoint(split(text)):
        return await about.why(turn, context)
    asked = context.session.topic(turn.at)
    if asked is None:
        return Response(said(context.texts, "nothing_to_explain"), context.session)
    return reason(context, asked, text)


def reason(context: Context, asked: Asked, rest: str) -> Response:
    """Why the rule is there, from the protocol's own words; which words is data beside the rule, the link is
    ours.
    """
    texts, pack = context.texts, context.matcher.pack
    rule = rule_of(context, asked.label) or _nearest_rule(context, asked.label)
    explained = pack.explanations.get(rule.id) if rule else None
    if rule is None or explained is None:
        return Response(said(texts, "why_unknown"), context.session)
    blocks: list[Block] = []
    if named := pack.things.read(rest).things if rest else None:
        thing = next(iter(named.values()))
        if not thing.stays:
            name = thing.name[texts.language]
            blocks.append(Paragraph(texts("why_about", thing=name[:1].upper() + name[1:])))
    blocks += [
        Paragraph(explained.why[texts.language]),
        quotation(pack.protocol.rule(explained.reason), texts.language),
        *gist(texts),
        Paragraph(texts("why_ours", rule=rule.title[texts.language]), tone="aside"),
    ]
    buttons = tuple(rule_buttons(dict.fromkeys((explained.reason, rule.id)), pack, texts))
    return Response(Reply(texts.language, (Message(tuple(blocks), buttons),)), context.session)


def asked_for(text: str, label: str | None, context: Context) -> bool:
    """Whether a question asks why a rule is there, and somebody wrote that down."""
    pack = context.matcher.pack
    return bool(label) and label in pack.explanations and pack.things.read(text).asks == "why"


def rule_of(context: Context, label: str | None) -> Rule | None:
    """The rule with this label; None if the label is a topic's or nothing."""
    return next((rule for rule in context.matcher.pack.protocol if rule.id == label), None)


def _nearest_rule(context: Context, label: str | None) -> Rule | None:
    topic = next((topic for topic in context.matcher.pack.topics if topic.label == label), None)
    return rule_of(context, topic.nearest) if topic else None
