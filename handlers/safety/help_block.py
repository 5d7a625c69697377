"""What is said when somebody is in danger: an act for who is near, whom to call, who inside the school."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import assert_never

from handlers.dates.working_days import AMSTERDAM, is_holiday
from handlers.quoting import from_outside
from handlers.reply import Block, Bullets, Button, Message, Paragraph
from handlers.texts import Texts
from knowledge.pack.loading import Pack
from knowledge.safety.detector import Finding
from knowledge.safety.hours import Hours
from knowledge.safety.situations import MAX_LINES, Helpline, SafetyData, Situation, Source, Who

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def help_message(
    situations: Sequence[Situation],
    who: Who,
    data: SafetyData,
    pack: Pack,
    texts: Texts,
    at: datetime,
    button: Button | None = None,
    private: bool = True,
    stored: bool = False,
) -> Message:
    """The help for these situations, the gravest first: its text, and at most three numbers of all. `stored`:
    whether what was written is stored after all, as an answer of a report.
    """
    first = situations[0]
    language = texts.language
    said = first.texts.get(who) or first.texts["other"]
    blocks: list[Block] = [
        Paragraph(said[language]),
        Bullets(tuple(line_words(line, texts, at) for line in _lines(situations, data))),
    ]
    if first.inside:
        blocks.append(Paragraph(_inside(first, pack, texts)))
    if not private:
        blocks.append(Paragraph(texts("safety_rather_private")))
    what_we_are = [source_words(first.source, texts), texts("safety_warns_nobody")]
    if not stored:
        what_we_are.append(texts("safety_not_kept"))
    blocks.append(Paragraph(" ".join(what_we_are), tone="aside"))
    return Message(tuple(blocks), (button,) if button else ())


def aside_words(finding: Finding, texts: Texts) -> str:
    """The one line above the usual answer."""
    return texts("safety_aside", line=finding.situation.aside[texts.language])


def line_words(line: Helpline, texts: Texts, at: datetime) -> str:
    """A helpline: number, name, hours, and whether it answers at this moment."""
    here = at.astimezone(AMSTERDAM)
    is_open = line.hours.is_open(here.replace(tzinfo=None), is_holiday(here.date()))
    state = "" if line.hours.kind != "hours" else texts("safety_open" if is_open else "safety_closed")
    free = texts("safety_free") if line.free and line.number else ""
    reached = line.number or line.url.removeprefix("https://www.").removeprefix("https://")
    return texts(
        "safety_line",
        number=reached,
        whom=f"{line.name[texts.language]}{free}",
        hours=f"{_hours(line.hours, texts)}{state}",
    )


def source_words(source: Source, texts: Texts) -> str:
    """That it is not from the protocol, where it was read, and whether anybody looked at the live page."""
    return from_outside("not_from_protocol", source.source, source.checked, texts)


def _lines(situations: Sequence[Situation], data: SafetyData) -> list[Helpline]:
    """The numbers of all situations, those of the gravest first; 112 stays where it stands first."""
    names = dict.fromkeys(name for situation in situations for name in situation.lines)
    return [data.helplines[name] for name in names][:MAX_LINES]


def _inside(situation: Situation, pack: Pack, texts: Texts) -> str:
    """Who inside is to know, with telephones as far as the board filled them in."""
    named = []
    for contact in situation.inside:
        known = pack.contacts.get(contact)
        name = known[texts.language] if known else texts(f"safety_inside_{contact}")
        phone = pack.reach[contact].phone if contact in pack.reach else ""
        named.append(f"{name} ({phone})" if phone else name)
    reached = any(contact in pack.reach for contact in situation.inside)
    return texts("safety_inside" if reached else "safety_inside_unknown", who=texts("safety_or").join(named))


def _hours(hours: Hours, texts: Texts) -> str:
    match hours.kind:
        case "always":
            return texts("safety_always")
        case "unknown":
            return texts("safety_hours_unknown")
        case "hours":
            spans = []
            for span in hours.spans:
                days = sorted(span.days)
                first, last = texts(f"safety_{DAY_NAMES[days[0]]}"), texts(f"safety_{DAY_NAMES[days[-1]]}")
                name = first if first == last else texts("safety_days", first=first, last=last)
                if len(days) == 7:
                    name = texts("safety_every_day")
                closes = "24:00" if span.closes.hour == 23 else f"{span.closes:%H:%M}"
                spans.append(texts("safety_span", days=name, opens=f"{span.opens:%H:%M}", closes=closes))
            return ", ".join(spans)
        case _:
            assert_never(hours.kind)
