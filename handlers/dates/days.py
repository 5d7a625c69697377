"""The days that a text names, Dutch and English: "vorige week dinsdag", "3 nov.", "eergisteravond", "twee
weken geleden".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal

from rapidfuzz.distance import OSA

from handlers.dates.clock import NUMBER, PART, Part, number, part_named

Doubt = Literal["unknown", "unreadable", "no_day", "several", "ambiguous", "contradiction", "future"]
"""unknown: "weet ik niet"; unreadable: nothing about when; no_day: something, but no day ("vorige maand", "om
3 uur"); several: more days than one; ambiguous: `day` is the likelier of two; contradiction: `day` has
another weekday than the one named; future: after now."""
RECENT = timedelta(days=183)
"""A date without a year that lies further back, in an earlier year, is asked back."""


@dataclass(frozen=True, slots=True)
class Mention:
    """One day, or one thing in place of a day, in a text."""

    day: date | None
    doubt: Doubt | None = None
    part: Part | None = None
    time: time | None = None
    weekday: int | None = None
    """Set where it is nothing but a weekday, that may belong to a date beside it."""


def mentions(plain: str, now: datetime) -> tuple[list[Mention], str]:
    """Every day that a text in small letters names, and the text without them: a day's numbers are not read
    again as a time.
    """
    found: list[Mention] = []
    for pattern, meaning in _EXPRESSIONS:

        def taken(match: re.Match[str], meaning: _Meaning = meaning) -> str:
            mention = meaning({name: value for name, value in match.groupdict().items() if value}, now)
            if mention is None:
                return match[0]
            found.append(mention)
            return " " * (match.end() - match.start())

        plain = pattern.sub(taken, plain)
    return found, plain


def one_of(found: list[Mention]) -> Mention | None:
    """The day that several mentions come to: a weekday beside a date agrees or contradicts it; days that
    differ are several.
    """
    if not found:
        return None
    days = [mention for mention in found if mention.weekday is None]
    weekdays = {mention.weekday for mention in found if mention.weekday is not None}
    if days and weekdays:
        exact = {mention.day for mention in days if mention.day}
        doubt = next((mention.doubt for mention in days if mention.doubt), None)
        if len(exact) != 1:
            return Mention(None, "several" if exact else doubt or "ambiguous")
        day = exact.pop()
        part = next((mention.part for mention in found if mention.part), None)
        if weekdays != {day.weekday()}:
            return Mention(day, "contradiction", part)
        return Mention(day, None if doubt == "ambiguous" else doubt, part)  # the weekday settles it
    if len({mention.day for mention in found}) > 1:
        return Mention(next((mention.day for mention in found if mention.day), None), "several")
    return found[0]


def spelt_right(text: str) -> str:
    """The text with the names of days and months spelt right where one letter is off."""
    return re.sub(r"[a-z]{6,12}", lambda word: _spelt(word[0]), text)


_WEEKDAYS = {
    name: index
    for names in (
        "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for index, name in enumerate(names.split())
}
_SHORT_WEEKDAYS = {name: index for index, name in enumerate(("ma", "di", "wo", "do", "vr", "za", "zo"))}
_MONTHS = {
    name: index
    for names in (
        "januari februari maart april mei juni juli augustus september oktober november december",
        "january february march april may june july august september october november december",
        "jan feb mrt apr mei jun jul aug sep okt nov dec",
        "jan feb mar apr may jun jul aug sept oct nov dec",
    )
    for index, name in enumerate(names.split(), 1)
}
_SPELT = [
    *(day for day in _WEEKDAYS if len(day) > 5),
    *(month for month in _MONTHS if len(month) > 6),
    "gisteren",
    "eergisteren",
    "vandaag",
    "yesterday",
]
_WEEKDAY = "|".join(_WEEKDAYS)
_MONTH = "|".join(sorted(_MONTHS, key=len, reverse=True))
_AGO = "(?:geleden|terug|ago)"
_WEEKS = "vorige|afgelopen|deze|last|this"
_WHICH = "elke|iedere|alle|every|afgelopen|vorige|laatste|past|last|deze|this"


def _spelt(word: str) -> str:
    if word in _SPELT:
        return word
    return next(
        (
            right
            for right in _SPELT
            if OSA.distance(word, right, score_cutoff=1) <= 1 and word[0] == right[0] and word[-1] != "s"
        ),
        word,
    )


_Given = Mapping[str, str]
_Meaning = Callable[[_Given, datetime], Mention | None]
_FROM = rf"(?P<part>{PART})?\b"
_COMING = "volgende|komende|aanstaande|next|coming"
_BEFORE_YESTERDAY = "eergister(?:en)?|(?:the )?day before yesterday"
_JUST_NOW = "vandaag|today|zojuist|zonet|daarnet|just now"
_COUNTED = "keer|les|uur|klas|groep|leerling|ouder|medewerker"
_NO_DAY = (
    r"\b(?:(?:een )?paar|enkele|meerdere|a few|some|several|een aantal) "
    r"(?:dagen|weken|maanden|days|weeks|months)\b"
    rf"|\b(?:{NUMBER}|a) (?:maand|maanden|jaar|months?|years?) {_AGO}\b"
    r"|\b(?:vorige|afgelopen|vorig|deze|dit|last|this|past) "
    r"(?:week|weekend|maand|jaar|schooljaar|month|year)\b"
    rf"|\b(?:begin|eind|half|sinds|in|early|late|mid) (?:{_MONTH})\b|^(?:{_MONTH})(?: \d{{4}})?$"
    r"|\bpas geleden\b|\bonlangs\b|\blaatst\b|\brecently\b|\b(?:voor|na|in) de "
    r"(?:herfst|kerst|voorjaars|mei|zomer)?vakantie\b"
)


def _part(given: _Given) -> Part | None:
    return part_named(given["part"]) if "part" in given else None


def _future(given: _Given, now: datetime) -> Mention:
    return Mention(None, "future")


def _no_day(given: _Given, now: datetime) -> Mention:
    return Mention(None, "no_day")


def _near(given: _Given, now: datetime) -> Mention:
    """A day, or a night: whether "gisternacht" began or ended on that day is asked back."""
    part = _part(given)
    return Mention(
        _back(now.date(), 2 if "two" in given else 1 if "one" in given else 0),
        "ambiguous" if part == "nacht" else None,
        part,
    )


def _this_part(given: _Given, now: datetime) -> Mention:
    return Mention(now.date(), None, "avond" if "tonight" in given else _part(given))


def _short_weekday(given: _Given, now: datetime) -> Mention:
    return Mention(None, "ambiguous", weekday=_SHORT_WEEKDAYS[given["day"]])


def _written_date(given: _Given, now: datetime) -> Mention | None:
    today = now.date()
    month = _MONTHS[given["n"]] if "n" in given else int(given["m"])
    day = int(given["d"])
    if "y" in given:
        year = int(given["y"]) + (2000 if len(given["y"]) == 2 else 0)
        exact = _day(year, month, day)
        if exact is None:
            return None
        return Mention(
            exact, "future" if exact > today else "ambiguous" if exact.year < today.year - 10 else None
        )
    this_year = _day(today.year, month, day)
    if this_year and this_year <= today:
        return Mention(this_year)
    before = _day(today.year - 1, month, day)
    if before is None:
        return None
    return Mention(before, None if today - before <= RECENT else "ambiguous")


def _hours_ago(given: _Given, now: datetime) -> Mention:
    half = "half" in given["n"]
    amount = 1 if given["n"] in ("a", "an") or half else number(given["n"])
    minutes = amount if given["unit"].startswith("minu") else amount * 60
    try:
        then = now - timedelta(minutes=minutes // 2 if half else minutes)
    except OverflowError:
        return Mention(None, "unreadable")
    return Mention(then.date(), time=then.time().replace(second=0, microsecond=0, tzinfo=None))


def _days_ago(given: _Given, now: datetime) -> Mention:
    today, part = now.date(), _part(given)
    amount = 1 if given["n"] == "a" else number(given["n"])
    doubt: Doubt | None = None
    if "w" not in given["unit"]:
        day = _back(today, amount)
    elif "day" in given:
        day = _back(today, amount * 7 + today.weekday() - _WEEKDAYS[given["day"]])
    else:
        day, doubt = _back(today, amount * 7), "ambiguous"
    return Mention(day, doubt if day else "unreadable", part)


def _in_week(given: _Given, now: datetime) -> Mention:
    today, part = now.date(), _part(given)
    which, weekday = given["which"], _WEEKDAYS[given["day"]]
    since = today.weekday() - weekday
    if which == "afgelopen":
        return Mention(_back(today, since % 7 or 7), "ambiguous", part)
    day = _back(today, since + (7 if which in ("vorige", "last") else 0))
    return Mention(day, None, part) if day and day <= today else Mention(None, "future", part)


def _on_weekday(given: _Given, now: datetime) -> Mention:
    today, part = now.date(), _part(given)
    which, weekday = given.get("which", ""), _WEEKDAYS[given["day"]]
    if which in ("elke", "iedere", "alle", "every") or given.get("often") == "en":
        return Mention(None, "several")
    since = (today.weekday() - weekday) % 7
    day = _back(today, since or 7)
    if which in ("vorige", "last"):
        # On a Thursday "vorige dinsdag" is two days ago for some and nine for others; in the week before
        # there is only one.
        return Mention(day, "ambiguous" if 0 < since <= today.weekday() else None, part, weekday=weekday)
    if which in ("afgelopen", "laatste", "past"):
        return Mention(day, None, part)
    return Mention(
        day, "ambiguous" if since == 0 or part == "nacht" else None, part, weekday=None if which else weekday
    )


def _day_of_month(given: _Given, now: datetime) -> Mention | None:
    day, today = int(given["d"]), now.date()
    this_month = _day(today.year, today.month, day)
    if this_month and this_month <= today:
        return Mention(this_month)
    year, month = (today.year, today.month - 1) if today.month > 1 else (today.year - 1, 12)
    before = _day(year, month, day)
    return Mention(before, "ambiguous") if before else None


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _back(today: date, days: int) -> date | None:
    try:
        return today - timedelta(days=days)
    except OverflowError:
        return None


_EXPRESSIONS: tuple[tuple[re.Pattern[str], _Meaning], ...] = tuple(
    (re.compile(pattern), meaning)
    for pattern, meaning in (
        (r"(?<![\d/-])(?P<y>\d{4})-(?P<m>\d{1,2})-(?P<d>\d{1,2})(?![\d-])", _written_date),
        (
            r"(?<![\d/.-])(?P<d>\d{1,2})(?P<s>[-/. ])(?P<m>\d{1,2})(?P=s)'?(?P<y>\d{4}|\d{2})(?![\d/-])",
            _written_date,
        ),
        (
            rf"(?<![\d/.-])(?P<d>\d{{1,2}})(?:e|ste|de|st|nd|rd|th)?[ -](?:of )?(?P<n>{_MONTH})\b\.?(?:[ "
            rf"-](?P<y>\d{{4}})\b)?",
            _written_date,
        ),
        (
            rf"\b(?P<n>{_MONTH})\.? (?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:.])(?:,? (?P<y>\d{{4}})\b)?",
            _written_date,
        ),
        (r"(?<![\d/.:-])(?!24/7)(?P<d>\d{1,2})[-/](?P<m>\d{1,2})(?![\d/-])", _written_date),
        (
            rf"\b(?P<n>een half|half an|a|an|{NUMBER}) (?P<unit>uur|uurtje|minuten|minuut|hours?|minutes?) "
            rf"{_AGO}\b",
            _hours_ago,
        ),
        (
            rf"\b(?P<day>{_WEEKDAY}) ?(?P<part>{PART})?,? (?P<n>a|{NUMBER}) (?P<unit>week|weken|weeks) "
            rf"{_AGO}\b",
            _days_ago,
        ),
        (
            rf"\b(?P<n>a|\d{{1,3}}|{NUMBER}) (?P<unit>dag|dagen|days?|week|weken|weeks) {_AGO}\b(?:,? "
            rf"(?:op )?(?P<day>{_WEEKDAY}) ?{_FROM})?",
            _days_ago,
        ),
        (r"\b(?<!'s )(?:overmorgen|morgen(?:ochtend|middag|avond)?|tomorrow)\b", _future),
        (
            rf"\b(?:{_COMING}) (?:week|maand|month|{_WEEKDAY})(?: (?:op )?(?:{_WEEKDAY}))?\b|\bover "
            rf"{NUMBER} (?:dagen|weken)\b",
            _future,
        ),
        (rf"\b(?P<which>{_WEEKS}) week,? (?:op )?(?P<day>{_WEEKDAY}) ?{_FROM}", _in_week),
        (
            rf"\b(?P<day>{_WEEKDAY}) ?(?P<part>{PART})?,? (?:van |in |of )?(?P<which>{_WEEKS}) week\b",
            _in_week,
        ),
        (_NO_DAY, _no_day),
        (
            rf"\b(?:(?P<two>{_BEFORE_YESTERDAY})|(?P<one>gister(?:en)?|yesterday)|(?:{_JUST_NOW})) ?{_FROM}",
            _near,
        ),
        (r"\b(?P<one>last|afgelopen) (?P<part>nacht|night)\b", _near),
        (
            r"\b(?:van|this "
            r")(?P<part>ochtend|morgen|middag|avond|nacht|morning|afternoon|evening)\b|\bto(?P<tonight>night)\b",
            _this_part,
        ),
        (rf"\b(?:(?P<which>{_WHICH}) )?(?P<day>{_WEEKDAY})(?P<often>en|s)? ?{_FROM}", _on_weekday),
        (rf"\b(?P<day>{'|'.join(_SHORT_WEEKDAYS)})\b\.?(?=\s+\d{{1,2}}[-/ ](?:\d|{_MONTH}))", _short_weekday),
        (
            rf"\b(?:de|the) (?P<d>\d{{1,2}})(?:e|ste|de|st|nd|rd|th)\b(?! (?:{_COUNTED}|{_MONTH}))",
            _day_of_month,
        ),
    )
)
"""Longer expressions first. The short names of weekdays are words of their own ("zo", "ma"), so they count
only before a date.
"""
