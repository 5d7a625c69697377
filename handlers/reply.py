"""What the assistant says, free of any channel: each channel renders it its own way. Text here is data, never markup."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from knowledge.words import Language


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of ours."""

    text: str
    tone: Literal["plain", "aside"] = "plain"
    """`aside` is said more quietly: a remark beside the answer."""


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of the document, character for character."""

    text: str
    source: str
    """Where the document has them: "Richtlijnen › Profilering, punt 4"."""
    rule: str


@dataclass(frozen=True, slots=True)
class Button:
    """Something that can be pressed, or chosen by its number where nothing can be pressed."""

    label: str
    action: str
    """What comes back when it is pressed: "rule:profilering-4", "none"."""


Block = Paragraph | Quotation


@dataclass(frozen=True, slots=True)
class Reply:
    language: Language
    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()
