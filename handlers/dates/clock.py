"""Times of day as people type them, Dutch and English: "half drie", "kwart over 2", "14u30", "3pm", "'s
avonds".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Literal

Part = Literal["ochtend", "middag", "avond", "nacht"]
STARTS: dict[Part, time] = {"nacht": time(0), "ochtend": time(6), "middag": time(12), "avond": time(18)}

_WORDS = {
    "een": 1,
    "one": 1,
    "twee": 2,
    "two": 2,
    "drie": 3,
    "three": 3,
    "vier": 4,
    "four": 4,
    "vijf": 5,
    "five": 5,
    "zes": 6,
    "six": 6,
    "zeven": 7,
    "seven": 7,
    "acht": 8,
    "eight": 8,
    "negen": 9,
    "nine": 9,
    "tien": 10,
    "ten": 10,
    "elf": 11,
    "eleven": 11,
    "twaalf": 12,
    "twelve": 12,
    "kwart": 15,
    "quarter": 15,
    "twintig": 20,
    "twenty": 20,
}
NUMBER = rf"(?:\d{{1,2}}|{'|'.join(_WORDS)})"
"""A number as digits or a word; `number` reads it."""
_PARTS: dict[str, Part] = {
    "ochtend": "ochtend",
    "morgen": "ochtend",
    "morning": "ochtend",
    "middag": "middag",
    "afternoon": "middag",
    "avond": "avond",
    "evening": "avond",
    "nacht": "nacht",
    "night": "nacht",
}
PART = "ochtend|morgen|middag|avond|nacht|morning|afternoon|evening|night"
_PART = re.compile(
    r"\b(?:'?s |in de |in the |at |op de "
    r")?(ochtend|middag|avond|nacht|morning|afternoon|evening|night)(?:s|je)?\b|\b'?s (morgen)s\b"
)
_ENDS = r"(?=\s*(?:$|[,.;!?)]|uur\b|u\b|en\b|in\b|op\b|'|of\b|on\b))"
_MINUTES = r"(?:5|10|15|20|25|vijf|tien|kwart|twintig|five|ten|(?:a )?quarter|twenty)"

_TIMES = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"(?<![\d:.-])(?P<h>\d{1,2}):(?P<m>\d{2})(?::\d{2})?(?!\d)(?:\s*(?P<ap>[ap])\.?m\b)?", "at"),
        (r"(?<![\d:.-])(?P<h>\d{1,2})\s*(?P<ap>[ap])\.?m\b", "at"),
        (r"(?<![\d:.-])(?P<h>\d{1,2})\.(?P<m>\d{2})(?![\d.])(?:\s*(?:uur|u)\b)?", "at"),
        (r"(?<![\d:.-])(?P<h>\d{1,2})\s?u\s?(?P<m>\d{2})\b", "at"),
        (rf"\b(?P<x>{_MINUTES})(?: minuten)? (?P<side>voor|over) half (?P<h>{NUMBER})\b", "half"),
        (rf"\bhalf past (?P<h>{NUMBER})\b", "past half"),
        (rf"\bhalf (?P<h>{NUMBER})\b", "half"),
        (
            rf"\b(?P<x>{_MINUTES})(?: minuten| minutes)? (?P<side>voor|over|past|to) (?P<h>{NUMBER})\b",
            "beside",
        ),
        (rf"\b(?:om|rond|tegen|omstreeks|at|around|about)(?: een uur of)? (?P<h>{NUMBER})\b{_ENDS}", "at"),
        (rf"\b(?P<h>{NUMBER})\s?(?:uur|o'clock)\b(?! (?:lang|later|achter|per|geleden))", "at"),
        (r"\b(?P<h>\d{1,2})u\b", "at"),
        (r"\b(?P<noon>noon|twaalf uur 's middags)\b", "at"),
    )
)


@dataclass(frozen=True, slots=True)
class Clock:
    time: time | None
    part: Part | None


def number(word: str) -> int:
    """The value of what `NUMBER` matches."""
    return int(word) if word.isdigit() else _WORDS[word]


def part_named(word: str) -> Part:
    """The part of the day that a word of `PART` names."""
    return _PARTS[word]


def read_clock(text: str, part: Part | None = None) -> Clock:
    """The first time and part of the day in a text in small letters; `part` is one that the day brought
    ("gisteravond").

    An hour from 1 to 12 without more is taken as near school hours: 7 to 12 in the morning, 1 to 6 in the
    afternoon.
    """
    if part is None and (found := _PART.search(text)):
        part = _PARTS[found[1] or found[2]]
    for pattern, meaning in _TIMES:
        for match in pattern.finditer(text):
            at = _time(match, meaning, part)
            if at:
                return Clock(at, part if part and _within(at, part) else None)
    return Clock(None, part)


def _time(match: re.Match[str], meaning: str, part: Part | None) -> time | None:
    given = {name: value for name, value in match.groupdict().items() if value}
    if "noon" in given:
        return time(12)
    written = given["h"]
    hour, minute = number(written), int(given.get("m", "0"))
    if meaning in ("half", "beside", "past half") and not 1 <= hour <= 12:
        return None
    minutes = hour * 60 + minute
    if meaning == "half":
        minutes -= 30
    elif meaning == "past half":
        minutes += 30
    if "x" in given:
        beside = number(given["x"].removeprefix("a "))
        minutes += beside if given["side"] in ("over", "past") else -beside
    if minute > 59 or not 0 <= minutes <= 24 * 60:
        return None
    if given.get("ap"):
        if not 1 <= hour <= 12:
            return None
        minutes = minutes % (12 * 60) + (12 * 60 if given["ap"] == "p" else 0)
    elif not written.startswith("0") and hour <= 12:
        minutes = _on_the_day(minutes, part)
    return time(minutes // 60 % 24, minutes % 60)


def _on_the_day(minutes: int, part: Part | None) -> int:
    """Which of the two times on a twelve-hour clock is meant, in minutes."""
    early = minutes % (12 * 60)
    if part is None:
        return early if early >= 7 * 60 else early + 12 * 60
    if part == "nacht":
        return early if early < 6 * 60 else early + 12 * 60
    return early if part == "ochtend" else early + 12 * 60


def _within(at: time, part: Part) -> bool:
    """Whether a time is in a part of the day, taken widely."""
    wide = {"ochtend": (5, 12), "middag": (11, 18), "avond": (17, 24)}
    if part == "nacht":
        return at.hour < 7 or at.hour >= 21
    first, end = wide[part]
    return first <= at.hour <= end
