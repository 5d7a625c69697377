"""Texts that are shown again so that nothing has to be typed twice: one that is held back for what looks like
somebody's data, and an earlier answer that is changed.

While such a text stands in the chat, the case holds it (`Case.held`); once the question is answered, the
message with it gives way to a line without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from handlers.privacy.personal_data import Finding, find_personal_data
from handlers.reply import Block, Message, Paragraph
from handlers.report.prompts import Told, question

NAMED = 5
"""Findings that are named, at most."""


def findings(told: Told, text: str) -> tuple[Finding, ...]:
    """What in a text is or may be somebody's data."""
    return find_personal_data(text, tuple(told.schools.values()), told.texts.language)


def proposed(text: str, found: Sequence[Finding]) -> str:
    """The text with what may be written instead of each finding ("leerling A")."""
    for finding in reversed(found):
        text = f"{text[: finding.start]}{finding.proposal or '…'}{text[finding.end :]}"
    return f"{text[:1].upper()}{text[1:]}" if found and found[0].start == 0 else text


def held_back(told: Told, text: str, found: Sequence[Finding]) -> Message:
    """The text comes back with the words that held it, and a proposal without them."""
    texts = told.texts
    named = dict.fromkeys(finding.text for finding in found)
    words = ", ".join(texts("report_option_named", label=word) for word in list(named)[:NAMED])
    blocks = (
        Paragraph(texts("report_personal", words=words)),
        Paragraph(texts("report_proposal"), tone="aside"),
        Paragraph(proposed(text, found)),
    )
    buttons = (
        told.button("report_keep_proposal", "proposal"),
        told.button("report_rewrite", "rewrite"),
        told.button("report_keep", "keep"),
    )
    return Message(blocks, buttons, ref=_ref(told))


def with_old_text(told: Told, text: str, first: Sequence[Block] = ()) -> Message:
    """The open question with a text of before to start from: to copy, or in the box where there is one."""
    asked = question(told, first)
    old = (Paragraph(told.texts("report_you_wrote"), tone="aside"), Paragraph(text))
    unchanged = told.button("report_unchanged", "keep")
    return replace(
        asked,
        blocks=(*asked.blocks, *old),
        buttons=(unchanged, *asked.buttons),
        prefill=text,
        ref=_ref(told),
    )


def text_removed(told: Told) -> tuple[Message, ...]:
    """What takes the place of the message that shows a text; () if none does."""
    if not told.case.held:
        return ()
    return (Message((Paragraph(told.texts("report_text_removed"), tone="aside"),), replaces=_ref(told)),)


def _ref(told: Told) -> str:
    return f"@report:{told.case.id}:text"
