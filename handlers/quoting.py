"""Quoting: a rule word for word with its place, and what is not from the protocol with its source."""

from __future__ import annotations

from datetime import date

from handlers.dates.in_words import day_in_words
from handlers.reply import Block, Paragraph, Quotation
from handlers.texts import Texts
from knowledge.language.words import Language
from knowledge.pack.policy import Outside
from knowledge.pack.protocol import Rule


def quotation(rule: Rule, language: Language) -> Quotation:
    """The rule's own text, character for character, with its place and id."""
    return Quotation(rule.text, place_of(rule, language), rule.id)


def place_of(rule: Rule, language: Language) -> str:
    """Where a rule stands: "Richtlijnen › Profilering, punt 4 · profilering-4", or its own citation."""
    return rule.citation or f"{rule.place(language)} · {rule.id}"


def gist(texts: Texts) -> list[Block]:
    """The remark that the words in another language than the protocol's are ours."""
    return [Paragraph(texts("gist"), tone="aside")] if texts("gist") else []


def outside(source: Outside, texts: Texts) -> str:
    """The sentence that something is not from the protocol, where it was read and when."""
    return from_outside("not_from_protocol", source.source, source.checked, texts)


def from_outside(name: str, source: str, checked: date | None, texts: Texts) -> str:
    """The text `name` with the source and the day on which a person read it, or `name_unchecked`."""
    if checked is None:
        return texts(f"{name}_unchecked", source=source)
    return texts(name, source=source, checked=day_in_words(checked, "d MMMM y", texts.language))
