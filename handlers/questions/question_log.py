"""Keeping what lets the knowledge grow: questions without an answer and judgements, without names and
numbers.
"""

from __future__ import annotations

from handlers.context import Context
from handlers.privacy.personal_data import scrub
from knowledge.language.words import Language


async def keep_unanswered(context: Context, question: str, language: Language, label: str | None) -> None:
    """A question that found no answer."""
    await context.stores.journal.unanswered(scrub(question), language, label)


async def keep_judgement(context: Context, label: str, helpful: bool, question: str) -> None:
    """Whether an answer helped; `question` is "" where it is not known any more."""
    await context.stores.journal.feedback(label, helpful, scrub(question))
