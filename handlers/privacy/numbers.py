"""Telephone numbers, citizen service numbers (BSN), bank accounts, postcodes and dates of birth.

Every pattern is bounded: from one place it looks at some 40 characters at most, so a text is searched in
linear time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from stdnum import iban
from stdnum.nl import bsn

from handlers.privacy.finding import Piece

_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}(?![A-Z0-9])", re.IGNORECASE)
_DUTCH_IBAN = re.compile(r"\bNL ?\d{2}[ .-]?[A-Z]{4}(?:[ .-]?\d){10}(?!\d)", re.IGNORECASE)
_NINE = re.compile(r"(?<![\d+])\d(?:[ .-]?\d){8}(?![ .-]?\d)")
_EIGHT = re.compile(r"(?<![\d+])\d{8}(?!\d)")
_CALLED_BSN = re.compile(
    r"\b(?:bsn|burgerservicenummer|sofinummer|sofi|pgn|onderwijsnummer)\b[^\d]{0,20}$", re.IGNORECASE
)
_PHONE = re.compile(r"(?<![\d+])(?:(?:\+|00)31[ .-]?(?:\(0\)[ .-]?)?|\(?0)[1-9](?:\)?[ ./-]{0,3}\d){8}(?!\d)")
_FOREIGN_PHONE = re.compile(r"(?<![\d+])(?:\+|00)(?!31)[1-9]\d{0,2}(?:[ .-]?\(?\d\)?){7,11}(?!\d)")
_PUBLIC = re.compile(r"0(?:800|900|906|909|14\d?)")
_POSTCODE = re.compile(r"\b[1-9]\d{3}(?: ?(?!SA|SD|SS)[A-Z]{2}|[a-z]{2})\b(?![-'’])")

_MONTHS = (
    "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
    "|january|february|march|may|june|july|august|october|jan|feb|mrt|apr|jun|jul|aug|sept?|okt|oct|nov|dec"
)
_DATE = re.compile(
    rf"(?<![\d.,-])(?:\d{{1,2}}[-/. ]\d{{1,2}}[-/. ]['’]?(?P<y1>(?:19|20)?\d{{2}})"
    rf"|\d{{1,2}}(?:e|de|st|nd|rd|th)?[ -]{{1,2}}(?:{_MONTHS})\.?"
    rf"(?:,?[ -]{{1,2}}['’]?(?P<y2>(?:19|20)?\d{{2}}))?"
    rf"|(?P<y3>(?:19|20)\d{{2}})-\d{{2}}-\d{{2}}|\d{{8}})(?!\d)",
    re.IGNORECASE,
)
_BIRTH = re.compile(
    r"\b(?:geb(?:oren|oortedatum|oortedag|\b)|gbd|jarig|verjaart|verjaardag|born|birth|d\.?o\.?b\b)",
    re.IGNORECASE,
)
_BIRTH_AFTER = re.compile(
    rf"[ ,()]{{0,4}}(?:(?:is|was|werd|ben|bent|zijn) (?:\w{{1,12}} )?)?{_BIRTH.pattern}", re.IGNORECASE
)
_BIRTH_YEAR = re.compile(
    r"\b(?:geb\.?|geboren|born|bouwjaar|geboortejaar)[ :]{1,2}(?:in |uit )?(?P<year>(?:19|20)\d{2})(?!\d)",
    re.IGNORECASE,
)
_NO_BIRTH = re.compile(
    r"\b(?:sinds|per|vanaf|tot|d\.?d\.?|since|from|until|versie|version|wet|avg|gdpr|vastgesteld|ingang)\b[^\d]{0,12}$",
    re.IGNORECASE,
)
_EVENT = re.compile(r"(?<!\bis )(?<!was )\b(?:op|on|van|of|in)\s{1,2}$", re.IGNORECASE)
BIRTH_YEARS = range(1930, 2022)
"""Who is at school now was born in these, or later; a later date needs a word or a name beside it to be one
of birth.
"""
LATEST_SHORT_YEAR = 40
"""A year of two digits up to this is one of this century."""
NEAR = 30
"""Characters before and after a date in which "geboren" makes it one of birth."""


def numbers(text: str) -> Iterator[Piece]:
    """Everything that is recognised by its digits, but for dates."""
    yield from (Piece(*match.span(), "iban") for match in _DUTCH_IBAN.finditer(text))
    for match in _IBAN.finditer(text):
        yield from _valid_iban(match)
    for match in (*_PHONE.finditer(text), *_FOREIGN_PHONE.finditer(text)):
        if not _PUBLIC.match(match[0]) and not _is_date(match[0]):
            yield Piece(*match.span(), "phone")
    for match in _NINE.finditer(text):
        if _is_called_bsn(text, match.start()) or (bsn.is_valid(match[0]) and not _is_date(match[0])):
            yield Piece(*match.span(), "bsn")
    for match in _EIGHT.finditer(text):
        if _is_called_bsn(text, match.start()):
            yield Piece(*match.span(), "bsn")
    yield from (Piece(*match.span(), "address") for match in _POSTCODE.finditer(text))


def birth_dates(text: str, names: Sequence[tuple[int, int]]) -> Iterator[Piece]:
    """Dates with "geboren" near, beside a name ("Daan Smit, 12-03-2014"), or of a year in which people at
    school were born. `names`: the places of names, in order.
    """
    for match in _BIRTH_YEAR.finditer(text):
        yield Piece(*match.span("year"), "birth date")
    ends = [end for _, end in names]
    starts = [start for start, _ in names]
    for match in _DATE.finditer(text):
        start, end = match.span()
        year = match["y1"] or match["y2"] or match["y3"]
        before, after = text[max(0, start - NEAR) : start], text[end : end + NEAR]
        if _BIRTH.search(before) or (_BIRTH_AFTER.match(after) and year):
            yield Piece(start, end, "birth date")
        elif not year or _NO_BIRTH.search(before):
            continue
        elif _is_beside_name(text, start, end, starts, ends) or (
            _in_full(year) in BIRTH_YEARS and not _EVENT.search(before)
        ):
            yield Piece(start, end, "birth date")


def _in_full(year: str) -> int:
    """The year with its century, also if only two digits are given."""
    number = int(year)
    if number >= 100:
        return number
    return number + (2000 if number <= LATEST_SHORT_YEAR else 1900)


def _is_beside_name(text: str, start: int, end: int, starts: Sequence[int], ends: Sequence[int]) -> bool:
    """Whether only a comma, a bracket or a dash stands between the date and a name."""
    at = bisect_left(ends, start + 1)
    if at and start - ends[at - 1] <= 4 and not text[ends[at - 1] : start].strip(" ,(-:;*–/"):
        return True
    at = bisect_left(starts, end)
    return at < len(starts) and starts[at] - end <= 4 and not text[end : starts[at]].strip(" ,)-:;–/")


def _is_date(text: str) -> bool:
    match = re.fullmatch(r"\(?(\d{1,2})[-. ](\d{1,2})[-. ](?:19|20)\d{2}.{0,10}", text)
    return bool(match) and 1 <= int(match[1]) <= 31 and 1 <= int(match[2]) <= 12 if match else False


def _is_called_bsn(text: str, start: int) -> bool:
    return bool(_CALLED_BSN.search(text[max(0, start - 40) : start]))


def _valid_iban(match: re.Match[str]) -> Iterator[Piece]:
    """The longest beginning that is an IBAN: words that follow look like more of it."""
    start, end = match.span()
    while end - start >= 15:
        if match.string[end - 1].isalnum() and iban.is_valid(match.string[start:end], check_country=False):
            yield Piece(start, end, "iban")
            return
        end -= 1
