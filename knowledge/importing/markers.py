"""Numbers as documents print them, typed or automatic: what they are, and what they are called."""

from __future__ import annotations

import re
from typing import Literal

MarkerKind = Literal["article", "dotted", "plain", "letter", "degree", "step"]

_NAMED = r"(?:artikel|art\.|bijlage|hoofdstuk|paragraaf|deel|annex|appendix|article|chapter|section|part)"
_LABEL = re.compile(rf"({_NAMED}\s+(?:\d+(?:\.\d+)*|[A-Z]|[IVX]+)\b[.:]?)(?:\s+[-–—]\s+|\s+|$)", re.I)
_STEP = re.compile(r"((?:stap|fase|step|phase)\s+\d+)\b[.:]?\s+", re.I)
_DOTTED = re.compile(r"(\d{1,2}(?:\.\d{1,2})+\.?)\s+(?=\S)")
_PLAIN = re.compile(r"(\d{1,2}[.)]|\(\d{1,2}\))\s+(?=\S)")
_LETTER = re.compile(r"([a-z][.)]|\([a-z]\))\s+(?=\S)")
_DEGREE = re.compile(r"(\d{1,2}°)\.?\s+(?=\S)")
_BULLET = re.compile(r"[•‣▪●◦○\-–—*·]\s+(?=\S)")


def split_label(text: str) -> tuple[str, str]:
    """A heading's "Artikel 3", "Bijlage A" or "2.1" and the rest; the label is "" where there is none."""
    if found := _LABEL.match(text):
        return found[1], text[found.end() :]
    if found := re.match(r"(\d{1,2}(?:\.\d{1,2})*[.)]?)\s+(?=\S)", text):
        return found[1], text[found.end() :]
    if found := re.match(r"((?:[A-Z]|[IVX]+)[.)])\s+(?=\S)", text):
        return found[1], text[found.end() :]
    return "", text


def split_marker(text: str) -> tuple[str, str]:
    """What a paragraph begins with, "1.", "2.3", "a)", "Stap 2", and the rest; "" where there is none."""
    for pattern in (_STEP, _DOTTED, _PLAIN, _LETTER, _DEGREE):
        if found := pattern.match(text):
            return found[1], text[found.end() :]
    if found := _LABEL.match(text):
        return found[1], text[found.end() :]
    return "", text


def without_bullet(text: str) -> str | None:
    """The text behind a bullet; None where there is none."""
    found = _BULLET.match(text)
    return text[found.end() :] if found else None


def kind_of(number: str) -> MarkerKind | None:
    """What sort of number this is; None for none."""
    number = number.strip()
    if not number:
        return None
    if re.match(r"(?:stap|fase|step|phase)\b", number, re.I):
        return "step"
    if re.match(rf"{_NAMED}\s", number, re.I):
        return "article"
    if "°" in number:
        return "degree"
    bare = bare_number(number)
    if re.fullmatch(r"\d+(?:\.\d+)+", bare):
        return "dotted"
    if bare.isdigit():
        return "plain"
    return "letter" if re.fullmatch(r"[A-Za-z]{1,4}", bare) else None


def bare_number(number: str) -> str:
    """Without the signs around it: "3.1." → "3.1", "(a)" → "a"."""
    return number.strip().strip("().").strip()
