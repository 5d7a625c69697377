"""Nude images of minors in a report: what is allowed is said again when it is submitted."""

from __future__ import annotations

from datetime import datetime

from handlers.cases.case import Case
from handlers.flow_interpreter import Written
from handlers.reply import Message
from handlers.safety.help_block import help_message
from handlers.texts import Texts
from knowledge.pack.loading import Pack
from knowledge.safety.detector import Detector
from knowledge.safety.reading import load_safety

NUDE = "nude"
"""The situation of safety.yaml."""


def written_in(case: Case) -> str:
    """The free texts of a report, one after the other."""
    return ". ".join(given.text for given in case.answers.values() if isinstance(given, Written))


def is_about_nude_image(text: str) -> bool:
    heard = Detector(load_safety()).detect(text)
    return heard is not None and any(sign.situation.id == NUDE for sign in heard.signs)


def after_report(case: Case, pack: Pack, texts: Texts, at: datetime) -> tuple[Message, ...]:
    """What the law allows with a nude image of a minor, if the report tells of one."""
    if not is_about_nude_image(written_in(case)):
        return ()
    data = load_safety()
    return (help_message((data.situation(NUDE),), "other", data, pack, texts, at, stored=True),)
