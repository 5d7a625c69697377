"""The answers of a report in words, as people read them back."""

from __future__ import annotations

from collections.abc import Mapping

from handlers.flow_interpreter import Answer, Unknown, Written
from handlers.texts import Texts
from knowledge.pack.flow import Step

Schools = Mapping[str, str]
"""School's id → its name."""


def words(step: Step, given: Answer, schools: Schools, texts: Texts) -> str:
    """An answer as a person reads it back."""
    if isinstance(given, Unknown):
        return texts("report_unknown")
    if isinstance(given, Written):
        return given.text
    names = []
    for option_id in given.options:
        option = step.option(option_id)
        names.append(option.label[texts.language] if option else schools.get(option_id, option_id))
    return ", ".join(names)


def name_of(step: Step, texts: Texts) -> str:
    """The question in a word or two."""
    return (step.short or step.ask)[texts.language]
