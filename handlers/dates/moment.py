"""When something happened, as people type it in Dutch or English, turned into a day that lies in the past.

The library dateparser (1.5) was tried first: of 32 ways of naming a day it read 18 right, the simple ones,
and it took "mei" and "vorige maand" for one certain day; importing it took 0.15 to 0.3 s. It cannot say that
it is unsure, and being asked back is what people need here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from handlers.dates.clock import STARTS, Part, read_clock
from handlers.dates.days import Doubt, mentions, one_of, spelt_right
from handlers.dates.in_words import day_in_words, period_in_words, time_in_words
from handlers.dates.working_days import AMSTERDAM
from knowledge.language.words import Language


@dataclass(frozen=True, slots=True)
class When:
    day: date | None
    """Never after the day it was told on. With a doubt: the day to ask back about, if there is one."""
    time: time | None
    part: Part | None
    text: str
    """As typed; says more than the rest ("in de pauze")."""
    doubt: Doubt | None = None

    @property
    def certain(self) -> bool:
        """Whether nothing need be asked back."""
        return self.doubt is None


def read(text: str, now: datetime) -> When:
    """What a text says about when; `now` without a time zone is Dutch time. Raises nothing."""
    here = now.replace(tzinfo=AMSTERDAM) if now.tzinfo is None else now.astimezone(AMSTERDAM)
    plain = _plain(text)
    if _UNKNOWN.search(plain):
        return When(None, None, None, text, "unknown")
    found, rest = mentions(plain, here)
    mention = one_of(found)
    clock = read_clock(rest, mention.part if mention else None)
    at, part = (mention.time, None) if mention and mention.time else (clock.time, clock.part)
    if mention is None:
        return When(None, at, part, text, "no_day" if at or part else "unreadable")
    if mention.day is None:
        return When(None, at, part, text, mention.doubt)
    if mention.day > here.date():
        return When(None, at, part, text, "future")
    if mention.day == here.date() and (at or STARTS[part or "nacht"]) > here.time():
        return When(mention.day, None, None, text, "future")
    return When(mention.day, at, part, text, mention.doubt)


def describe(when: When, language: Language) -> str:
    """The day and time in words: "dinsdag 17 november 2026, 14:30"; as typed where no day is known."""
    if when.day is None:
        return when.text
    told = day_in_words(when.day, "EEEE d MMMM y", language)
    if when.time:
        return f"{told}, {time_in_words(when.time, language)}"
    if when.part:
        return f"{told}, {period_in_words(_PERIODS[when.part], language)}"
    return told


_PERIODS: dict[Part, str] = {
    "ochtend": "morning1",
    "middag": "afternoon1",
    "avond": "evening1",
    "nacht": "night1",
}
"""Part of the day → its name in CLDR."""
_NOT_KNOWING = (
    "weet (?:ik )?(?:het |dat )?(?:echt |zo )?niet|geen idee|onbekend|(?:do not|don't|dont) "
    "know|no idea|unknown"
)
_UNKNOWN = re.compile(rf"^\W*(?:dat |ik |'k |i )?(?:{_NOT_KNOWING}|\?+)(?: meer| precies)?\W*$")


def _plain(text: str) -> str:
    """Small letters, one kind of apostrophe, single spaces, and the names of days and months spelt right
    where one letter is off.
    """
    lowered = re.sub(r"[’‘`´]", "'", text[:500].lower().replace("é", "e"))
    return spelt_right(" ".join(lowered.split()))
