"""Whom to speak to: function, telephone and hours, as far as the pack has them."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.context import Context, Response
from handlers.reply import Block, Bullets, Message, Paragraph, Reply
from handlers.session import Asked
from handlers.texts import Texts
from knowledge.pack.loading import Pack

USUAL = ("directeur", "vertrouwenspersoon", "bestuur", "ict")
"""Whom people can speak to about anything; names of the pack's contacts."""


def of_label(label: str | None, pack: Pack, texts: Texts) -> str:
    """Whom to ask about a rule or topic."""
    explained = pack.explanations.get(label or "")
    topic = next((topic for topic in pack.topics if topic.label == label), None)
    name = (explained.ask if explained else topic.ask if topic else "") or pack.talk.ask
    return pack.contacts[name][texts.language]


def whom_to_speak_to(context: Context, asked: Asked | None, lead: str = "") -> Response:
    """Somebody to speak to: about the last question first, then the usual ones."""
    texts, pack = context.texts, context.matcher.pack
    situation = next((one for one in pack.situations if asked and one.id == asked.situation), None)
    names = situation.contacts if situation else tuple(name for name in USUAL if name in pack.contacts)
    first = (
        of_label(asked.label, pack, texts)
        if asked and not situation
        else pack.contacts[names[0]][texts.language]
    )
    says = " ".join(filter(None, (lead, texts("speak_to", contact=first))))
    blocks: list[Block] = [Paragraph(says), *reach(names, pack, texts)]
    return Response(Reply(texts.language, (Message(tuple(blocks)),)), context.session)


def reach(names: Sequence[str], pack: Pack, texts: Texts) -> list[Block]:
    """How to reach these contacts, and that a number is missing where it is."""
    lines = []
    for name in names:
        contact, reached = pack.contacts[name][texts.language], pack.reach.get(name)
        if reached and reached.phone and reached.hours:
            lines.append(
                texts(
                    "reach_hours", contact=contact, phone=reached.phone, hours=reached.hours[texts.language]
                )
            )
        elif reached and reached.phone:
            lines.append(texts("reach_phone", contact=contact, phone=reached.phone))
        else:
            lines.append(contact)
    blocks: list[Block] = [Bullets(tuple(line[:1].upper() + line[1:] for line in lines))]
    missing = [name for name in names if name not in pack.reach]
    if missing:
        blocks.append(Paragraph(texts("reach_missing"), tone="aside"))
    return blocks
