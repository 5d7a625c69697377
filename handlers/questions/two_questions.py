"""Two questions in one message: both are answered, each by its own words; a second that is not clear is
offered.
"""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.actions import JudgeAnswer
from handlers.context import Context, Response
from handlers.questions import ask, languages
from handlers.questions.follow_up import points_back, understand, without_lead
from handlers.questions.follow_up_lines import after, is_sure
from handlers.questions.opening import Before
from handlers.reply import Button, Message, Paragraph
from handlers.turn import Turn
from knowledge.language.words import split
from knowledge.matching.matcher import Outcome

BEGINS = (
    "mag|mogen|moet|moeten|kan|kunnen|wie|wat|waar|wanneer|hoe|welke?|waarom|is|zijn|staat|geldt|hoef|wordt|worden|"
    "may|can|must|should|who|what|where|when|how|which|why|do|does|is|are"
)
"""How a question begins, for finding where a second one starts."""
_JOINT = re.compile(
    rf"\?+\s+|[.!;\n]+\s*(?=(?:en|and)\s+(?:{BEGINS})\b)|,?\s+(?:en|and)\s+(?:ook\s+|also\s+|dan\s+)?(?=(?:{BEGINS})\b)",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"^\W*(?:ik )?(?:heb|i have|have)?\s*(?:even )?(?:2|twee|two|een paar|a few)\s+"
    r"(?:vragen|vraagjes|dingen|questions)\W+(?:ik )?",
    re.IGNORECASE,
)
_WHICH = re.compile(
    r"^\W*(?:en\s+|and\s+)?(?:wat betreft\s+|over\s+|about\s+|for\s+)?(?:dat|die|de|het|the)?\s*"
    r"(?P<which>eerste|1e|first|tweede|2e|second|laatste|last|andere|other)(?:\s+(?:vraag|question|one))?\b[\s,:;.?-]*(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
_HOW_ABOUT = re.compile(
    r"(?P<how>hoe zit het met|hoe zit dat met|wat zegt het (?:protocol )?over|what about|how about)\s+"
    r"(?P<one>.+?)\s+"
    r"(?:en|and)\s+(?:met|over|about)\s+(?P<other>.+)",
    re.IGNORECASE,
)
FIRST = ("eerste", "1e", "first")
LEAST_WORDS = 3
"""Words that each of two questions must have."""
SHORT_WORDS = 2
"""The same for the second, which may lean on the first."""


async def hear(turn: Turn, context: Context, text: str) -> Response | None:
    """The reply to two questions at once, or to "dat tweede, …" after them; None: this is one question."""
    if response := await _which(turn, context, text):
        return response
    parts = split_in_two(text)
    if parts is None:
        return None
    first, second = parts
    matcher = context.matcher
    asked = context.session.topic(turn.at)
    one = understand(first, asked.question if asked else None, matcher)
    other = matcher.ask(second)
    if not is_sure(other) and points_back(second):
        other = after(second, Before(first, _label(one)), matcher)
    whole = matcher.ask(text)
    if not is_sure(one) and not is_sure(other):
        return None
    if _label(one) == _label(other) or not _says_something(one) or not _says_something(other):
        return None
    if whole.status == "incident" or one.status == "incident" or other.status == "incident":
        return None
    context = replace(context, texts=languages.of_question(text, turn, context))
    return await _both(turn, context, (first, one), (second, other))


def split_in_two(text: str) -> tuple[str, str] | None:
    """The two questions of a text, if it looks like two."""
    body = _ANNOUNCED.sub("", text.strip())
    if both := _HOW_ABOUT.match(body):
        return f"{both['how']} {both['one']}", f"{both['how']} {both['other']}"
    for joint in _JOINT.finditer(body):
        first, second = body[: joint.start()].strip(" ,.;"), body[joint.end() :].strip()
        if joint[0].startswith("?"):
            first = f"{first}?"
        if len(split(first)) >= LEAST_WORDS and len(split(second)) >= SHORT_WORDS and _is_question(first):
            return first, second
    return None


def _is_question(text: str) -> bool:
    return text.endswith("?") or re.search(rf"\b(?:{BEGINS})\b", text, re.IGNORECASE) is not None


async def _both(
    turn: Turn, context: Context, first: tuple[str, Outcome], second: tuple[str, Outcome]
) -> Response:
    texts = context.texts
    one = await ask.answer(turn, context, first[1], typed=first[0])
    clean = replace(context, session=replace(one.session, asked=None))
    before = Before(first[0], _label(first[1])) if second[1].question != second[0] else None
    other = await ask.answer(turn, clean, second[1], typed=second[0], before=before)
    head = Paragraph(texts("second_question", question=without_lead(second[0])))
    ours, theirs = one.reply.messages[0], other.reply.messages[0]
    buttons = tuple(dict.fromkeys((*_rules(ours.buttons), *_rules(theirs.buttons))))
    message = Message((*ours.blocks, head, *theirs.blocks), buttons, ref=ours.ref, replaces=ours.replaces)
    asked = other.session.asked
    session = replace(
        other.session, asked=replace(asked, earlier=first[1].question) if asked else one.session.asked
    )
    return Response(replace(one.reply, messages=(message,)), session)


def _rules(buttons: tuple[Button, ...]) -> tuple[Button, ...]:
    """What is worth pressing below two answers: rules and checks, no judgements."""
    return tuple(button for button in buttons if not isinstance(button.action, JudgeAnswer))


async def _which(turn: Turn, context: Context, text: str) -> Response | None:
    """ "dat tweede, geldt dat ook voor politiek?": one of two questions is asked on about."""
    asked = context.session.topic(turn.at)
    found = _WHICH.match(text)
    if asked is None or not asked.earlier or found is None or not found["rest"].strip():
        return None
    question = asked.earlier if found["which"].lower() in FIRST else asked.question
    outcome = context.matcher.ask(question)
    chosen = replace(asked, question=question, label=_label(outcome), first="")
    session = replace(context.session, asked=chosen)
    return await ask.ask(turn, replace(context, session=session), found["rest"].strip())


def _says_something(outcome: Outcome) -> bool:
    return outcome.status == "choose" or is_sure(outcome)


def _label(outcome: Outcome) -> str | None:
    return outcome.rule or outcome.topic or (outcome.choices[0] if outcome.choices else None)
