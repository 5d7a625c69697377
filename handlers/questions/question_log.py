"""Keeping what lets the knowledge grow: questions without an answer and judgements, without names and
numbers. Where a name may be left, only the concepts of a question are kept.
"""

from __future__ import annotations

from handlers.context import Context
from handlers.privacy.kept_text import text_to_keep
from knowledge.language.words import Language


async def keep_unanswered(context: Context, question: str, language: Language, label: str | None) -> None:
    """A question that found no answer."""
    await context.stores.journal.unanswered(_without_people(context, question), language, label)


async def keep_judgement(context: Context, label: str, helpful: bool, question: str) -> None:
    """Whether an answer helped; `question` is "" where it is not known any more."""
    await context.stores.journal.feedback(label, helpful, _without_people(context, question))


def _without_people(context: Context, question: str) -> str:
    matcher = context.matcher
    reader = matcher.index.reader
    concepts = sorted(reader.read(question).concepts)
    return text_to_keep(question, concepts, (matcher.pack.name,), reader.vocabulary.__contains__)
