"""Personal data in what people type: found, taken out of what is kept, and held back from a report."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from stdnum import iban
from stdnum.nl import bsn

from handlers.privacy import names

Kind = Literal["naam", "telefoon", "e-mail", "bsn", "iban", "adres"]


@dataclass(frozen=True, slots=True)
class Found:
    kind: Kind
    start: int
    end: int
    """`text[start:end]` is the datum itself, without "juf" or "bsn" before it."""


def find(text: str) -> tuple[Found, ...]:
    """What is surely or nearly surely somebody's data, in order and without overlaps. Public lines (112,
    0800, 0900) and placeholders are none.
    """
    return _in_order([*_numbers(text), *(Found("naam", *span) for span in names.named(text))])


def scrub(text: str) -> str:
    """The text with "[naam]", "[telefoon]" and so on in place of what `find` finds."""
    return without(text, find(text))


def without(text: str, found: Sequence[Found]) -> str:
    """The text with these pieces replaced; they must be in order. With `looks_personal`, a word is lost
    rather than a name kept.
    """
    for each in reversed(found):
        text = f"{text[: each.start]}[{each.kind}]{text[each.end :]}"
    return text


def looks_personal(text: str, known: Collection[str] = ()) -> tuple[Found, ...]:
    """What `find` finds and what merely looks like a name, so that the person is asked. `known`: names of
    schools and the like.
    """
    spans = [*names.named(text), *names.likely(text, known)]
    return _in_order([*_numbers(text), *(Found("naam", *span) for span in spans)])


_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?:[ .-]?[A-Z0-9]){11,30}(?![A-Z0-9])", re.IGNORECASE)
_DUTCH_IBAN = re.compile(r"\bNL\d{2}[ .-]?[A-Z]{4}(?:[ .-]?\d){10}(?!\d)", re.IGNORECASE)
_NINE = re.compile(r"(?<![\d+])\d(?:[ .-]?\d){8}(?![ .-]?\d)")
_EIGHT = re.compile(r"(?<![\d+])\d{8}(?!\d)")
_CALLED_BSN = re.compile(r"\b(?:bsn|burgerservicenummer|sofinummer)\b[^\d]{0,20}$", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\d+])(?:(?:\+|00)31[ .-]?(?:\(0\)[ .-]?)?|\(?0)[1-9](?:\)?[ .-]{0,2}\d){8}(?!\d)")
_FOREIGN_PHONE = re.compile(r"(?<![\d+])\+(?!31)[1-9]\d{0,2}(?:[ .-]?\d){7,11}(?!\d)")
_PUBLIC = re.compile(r"0(?:800|900|906|909|14\d?)")
_DATE = re.compile(r"(?<!\d)\d{1,2}[-. ]\d{1,2}[-. ](?:19|20)\d{2}(?!\d)")
_POSTCODE = re.compile(r"\b[1-9]\d{3}(?: ?(?!SA|SD|SS)[A-Z]{2}|[a-z]{2})\b(?![-'’])")
_STREET = "straat|laan|gracht|singel|kade|steeg|dreef|plantsoen|dijk"
_PLACE = rf"{_STREET}|weg|plein|hof|pad|park|ring|wal|markt|baan|burg|dam|oord|veld|erf|akker|weide"
_NUMBER = r"\s+\d{1,4}(?:\s?-?\s?[a-zA-Z](?![\w]))?(?!\d|[.:%-]\d)"
_ADDRESS = re.compile(
    rf"\b[A-Z][\w'’-]*(?:{_PLACE}){_NUMBER}"
    rf"|\b[a-z]{{3,}}(?:{_STREET}){_NUMBER}"
    rf"|\b[A-Z][\w'’-]+\s+(?:{_PLACE}){_NUMBER}"
    rf"|\b(?:[A-Z][\w'’.-]*\s+)?(?i:{_PLACE})\s+(?:van|der|de|den|het)\s+(?:(?:de|der|den|het)\s+)?[A-Z][\w'’-]+{_NUMBER}"
)
_NO_STREET = re.compile(
    r"(?i)(?:school|speel|voor|achter|markt)(?:plein|straat)|onderweg|vanweg|halverweg|groepspad"
)


def _numbers(text: str) -> Iterator[Found]:
    """Everything but names."""
    yield from (Found("e-mail", *match.span()) for match in _EMAIL.finditer(text))
    yield from (Found("iban", *match.span()) for match in _DUTCH_IBAN.finditer(text))
    for match in _IBAN.finditer(text):
        yield from _valid_iban(match)
    for match in (*_PHONE.finditer(text), *_FOREIGN_PHONE.finditer(text)):
        if not _PUBLIC.match(match[0]) and not _DATE.search(match[0]):
            yield Found("telefoon", *match.span())
    yield from _bsn(text)
    for match in (*_POSTCODE.finditer(text), *_ADDRESS.finditer(text)):
        if not _NO_STREET.search(match[0]):
            yield Found("adres", *match.span())


def _bsn(text: str) -> Iterator[Found]:
    """Nine digits that pass the eleven-test, and any eight or nine that are called a BSN: it may be
    mistyped.
    """
    for match in _NINE.finditer(text):
        called = _CALLED_BSN.search(text[: match.start()])
        if called or (bsn.is_valid(match[0]) and not _DATE.search(match[0])):
            yield Found("bsn", *match.span())
    for match in _EIGHT.finditer(text):
        if _CALLED_BSN.search(text[: match.start()]):
            yield Found("bsn", *match.span())


def _valid_iban(match: re.Match[str]) -> Iterator[Found]:
    """The longest beginning that is an IBAN: words that follow look like more of it."""
    start, end = match.span()
    while end - start >= 15:
        if match.string[end - 1].isalnum() and iban.is_valid(match.string[start:end], check_country=False):
            yield Found("iban", start, end)
            return
        end -= 1


def _in_order(found: Iterable[Found]) -> tuple[Found, ...]:
    """By place; of what overlaps the longest stays."""
    kept: list[Found] = []
    for each in sorted(set(found), key=lambda found: (found.start - found.end, found.start)):
        if all(each.end <= other.start or each.start >= other.end for other in kept):
            kept.append(each)
    return tuple(sorted(kept, key=lambda found: found.start))
