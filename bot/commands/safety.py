"""Danger in what `bot ask` is asked, answered before the pack's index is even loaded; and helplines that
nobody checked.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from bot.clock import utc_now
from bot.commands import common
from knowledge.files.problems import PackError

if TYPE_CHECKING:
    from handlers.reply import Reply
    from handlers.texts import Texts
    from knowledge.safety.detector import Detector, Finding
    from knowledge.safety.situations import SafetyData


def answered(question: str, as_json: bool, explain: bool) -> bool:
    """Whether the question was answered with the help for somebody in danger."""
    heard = _hear(question)
    if heard is None or heard.loudness != "stop":
        return False
    if as_json:
        common.print_json(stop_json(question))
        return True
    from bot.channels.terminal import chat
    from handlers import texts
    from handlers.reply import Reply
    from handlers.safety.help_block import help_message

    spoken = texts.load()[heard.language or "nl"]
    pack = common.load_pack(common.load_settings())
    data = _detector().data
    message = help_message(heard.situations, heard.sign.who, data, pack, spoken, utc_now())
    chat.draw(Reply(spoken.language, (message,)), common.output())
    if explain:
        for sign in heard.signs:
            common.output().print(f"{sign.situation.id}: {sign.cue} ({sign.words})", markup=False)
    return True


def stop_json(question: str) -> dict[str, object] | None:
    """The object for `--json`; None if this is no danger that stops everything else."""
    heard = _hear(question)
    if heard is None or heard.loudness != "stop":
        return None
    return {
        "question": question,
        "language": heard.language or "nl",
        "status": "safety",
        "situation": heard.situation.id,
        "rule": None,
        "confidence": 1.0,
        "choices": [],
        "nearest": [],
        "offers_incident": False,
        "evidence": [f"{sign.situation.id}: {sign.words}" for sign in heard.signs],
    }


def line_above(question: str) -> Finding | None:
    """The doubt that is said in one line above the usual answer."""
    heard = _hear(question)
    return heard if heard and heard.loudness == "aside" else None


def aside_json(heard: Finding | None) -> dict[str, object]:
    """What the usual object says besides, if one line stands above the answer."""
    return {"situation": heard.situation.id, "loudness": "aside"} if heard else {}


def above(reply: Reply, heard: Finding | None, texts: Texts) -> Reply:
    """The reply below that line."""
    if heard is None:
        return reply
    from handlers.reply import Paragraph
    from handlers.safety.help_block import aside_words

    first, *rest = reply.messages
    line = Paragraph(aside_words(heard, texts))
    return replace(reply, messages=(replace(first, blocks=(line, *first.blocks)), *rest))


def stale_helplines(data: SafetyData, today: date, never: bool = True) -> list[str]:
    """Advice, in one line however many they are, on helplines whose page was last read over a year ago, or
    (with `never`) by nobody yet.
    """
    lines = [line for line in data.helplines.values() if line.source.is_stale(today)]
    stale = [line for line in lines if never or line.source.checked]
    if not stale:
        return []
    names = ", ".join(f"{line.number or line.url} ({line.id})" for line in stale)
    return [
        f"advice: {stale[0].path}:{stale[0].line}: nobody read the live page of these helplines in the last "
        f'year: {names}. Read it, and fill in "checked" and "checked_by_role".'
    ]


def _hear(question: str) -> Finding | None:
    return _detector().detect(question)


@cache
def _detector() -> Detector:
    from knowledge.safety.detector import load_detector

    try:
        return load_detector()
    except PackError as error:
        common.fail(error)
