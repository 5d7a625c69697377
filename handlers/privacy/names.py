"""Names of people in Dutch or English prose, told by where they stand and by their capitals. There is no list
of names.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from handlers.privacy.nobody import OPENING, PERSONS, THINGS

Span = tuple[int, int]

_NAME = r"(?<![\w'’])(?:[A-ZÀ-Þ][a-zà-ÿ]+(?:['’-]?[A-ZÀ-Þ][a-zà-ÿ]+)*|[A-ZÀ-Þ]['’][A-ZÀ-Þ]?[a-zà-ÿ]{2,})"
"""One capitalised word of two letters or more: not "A", "B2" or "LOVS"."""
_PARTICLE = r"(?:van|de|der|den|het|'t|’t|te|ten|ter|von|el|al|la|le|bin|ben|da|dos|op)"
_INITIALS = r"(?<![\w.])(?:[A-WYZ]\.\s?){1,4}"
_PERSON = rf"(?:{_INITIALS}(?:{_PARTICLE}\s+){{0,3}})?{_NAME}(?:\s+(?:{_PARTICLE}\s+){{0,3}}{_NAME}){{0,3}}"
_FULL = rf"(?:{_INITIALS})?(?:{_PARTICLE}\s+){{0,3}}{_PERSON}"
"""A name that may begin small: "van Dijk" after "meneer"."""

_TITLE = r"juf|juffrouw|meester|mevrouw|meneer|mijnheer|mevr\.?|mw\.?|dhr\.?|hr\.|drs\.?|dr\.|mr\.|mrs\.?|ms\.|miss"  # noqa: E501
_ROLE = (
    "directeur|directrice|director|principal|leerlinge?|pupil|leerkracht|teacher|medewerker|medewerkster|collega|colleague|stagiaire?|conciërge"
    "|vader|moeder|ouders?|broer(?:tje)?|zus(?:je)?|opa|oma|oom|tante|zoon(?:tje)?|dochter(?:tje)?|kleuter|jongen|meisje|vriend(?:je|in)?|klasgenoot"
    "|father|mother|parents?|brother|sister|son|daughter"
)
_AFTER_TITLE = re.compile(rf"\b(?i:{_TITLE})\s+(?P<name>{_FULL})")
_AFTER_ROLE = re.compile(rf"\b(?i:{_ROLE})(?:,?| van| of)\s+(?P<name>{_PERSON})")
_AFTER_CALLED = re.compile(
    rf"\b(?i:heet|heten|genaamd|voornaam is|naam is|named|is called)\s+(?P<name>{_PERSON})"
)
_SHORTENED = re.compile(rf"(?<![\w.])(?P<name>{_INITIALS}(?:{_PARTICLE}\s+){{0,3}}{_NAME})")
_CAPITALISED = re.compile(rf"(?P<name>{_PERSON})")
_STARTS = re.compile(r"(?:^|[.!?:;…\n]|[\"“”„'‘’«(\[–—•*>-])\s*$")
"""What stands before a word that is capitalised because a sentence or quotation begins."""

_BEFORE_A_THING = re.compile(r"(?i)\b(?:de|het|een|dit|deze|in|te|per|via|the|an?|this)\s+$")
"""A place or a thing follows, hardly ever a person."""
_CAPITAL_PARTICLE = re.compile(
    r"(?<=[\w,] )(?P<particle>(?:Van|Von|Ter|Ten|El|Al|De)(?:\s+(?:de|der|den|het|'t|la))?\s+)$"
)
_THING_ENDINGS = re.compile(
    r"(?:groep|app|chat|server|school|les|foto|video|account|pagina|site|theater|museum|park|plein|straat|weg|markt|isch|ische)$"
)

NOBODY = OPENING | THINGS | PERSONS
_COMPOUNDED = tuple(sorted(thing for thing in THINGS if len(thing) > 6))
"""Things that compounds begin with: "Facebookbericht"."""


def named(text: str) -> Iterator[Span]:
    """Names after a word that says that one follows: "juf Anna", "de moeder van Sem", "mw. De Vries"; no
    placeholders ("leerling A").
    """
    for pattern in (_AFTER_TITLE, _AFTER_ROLE, _AFTER_CALLED):
        for match in pattern.finditer(text):
            if _first(match["name"]) not in NOBODY:
                yield match.span("name")


def likely(text: str, known: Collection[str] = ()) -> Iterator[Span]:
    """Names also where nothing announces them: capitalised words in mid-sentence, alone or in a row, and
    initials with a name.

    `known`: capitalised words of the place that are nobody's name (schools). A first name that opens a
    sentence alone cannot be told from a word.
    """
    nobody = NOBODY | {word.lower() for name in known for word in re.findall(r"[\w'’-]+", name)}
    for match in _SHORTENED.finditer(text):
        if _first(match["name"]) not in nobody:
            yield match.span("name")
    for match in _CAPITALISED.finditer(text):
        yield from _rest(text, match.span("name"), nobody)


def _rest(text: str, span: Span, nobody: Collection[str]) -> Iterator[Span]:
    """What is left of capitalised words in a row without those that are no name; nothing where only a
    sentence's first word is left.
    """
    start, end = span
    thing_before = False
    words = [(start + word.start(), start + word.end()) for word in re.finditer(r"[^\s]+", text[start:end])]
    while words and not _is_name(text[slice(*words[0])], nobody):
        thing_before = _is_thing(text[slice(*words.pop(0))])
    while words and not _is_name(text[slice(*words[-1])], nobody):
        words.pop()
    if not words:
        return
    first, last = words[0][0], words[-1][1]
    if len(words) == 1 and (thing_before or _is_no_person(text, first, last)):
        return
    if particle := _CAPITAL_PARTICLE.search(text[:first]):
        first = particle.start("particle")
    yield first, last


def _is_no_person(text: str, start: int, end: int) -> bool:
    """Whether a capitalised word that stands alone begins a sentence, is a place or thing ("in Krommenie",
    "het Zaantheater"), or part of a word.
    """
    before = text[:start]
    if _CAPITAL_PARTICLE.search(before):
        return False
    return bool(
        _STARTS.search(before) or _BEFORE_A_THING.search(before) or _THING_ENDINGS.search(text[start:end])
    ) or _compound(text, start, end)


def _is_thing(word: str) -> bool:
    return word.lower() in THINGS


def _is_name(word: str, nobody: Collection[str]) -> bool:
    lowered = word.lower()
    stem = re.sub(r"['’]?s$", "", lowered)
    parts = re.split(r"[-'’]", lowered)
    begins_with_thing = any(lowered.startswith(thing) for thing in _COMPOUNDED)
    return (
        word[:1].isupper()
        and len(lowered.strip(".")) > 1
        and not {lowered, stem, parts[0]} & set(nobody)
        and not begins_with_thing
    )


def _compound(text: str, start: int, end: int) -> bool:
    """Whether the word goes on in small letters or capitals behind a hyphen: "Roblox-groep", "IB'er"."""
    return bool(re.match(r"[-\w]", text[end : end + 1])) or text[start - 1 : start] in (
        "@",
        "#",
        "-",
        "/",
        ".",
        "_",
    )


def _first(name: str) -> str:
    words = [word for word in re.findall(r"[\w'’-]+", name) if word[:1].isupper() and len(word) > 1]
    return words[0].lower() if words else ""
