"""What the assistant says, free of any channel: each channel renders it its own way. Text here is data, never
markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, assert_never

from handlers.actions import Action, Form
from knowledge.language.words import Language


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words of ours, or a person's own words given back."""

    text: str
    tone: Literal["plain", "aside"] = "plain"
    """`aside` is said more quietly: a remark beside the answer."""
    kind: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words of the document, character for character."""

    text: str
    source: str
    """Where the document has them: "Richtlijnen › Profilering, punt 4"."""
    rule: str
    kind: Literal["quotation"] = "quotation"


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    kind: Literal["heading"] = "heading"


@dataclass(frozen=True, slots=True)
class Bullets:
    items: tuple[str, ...]
    kind: Literal["bullets"] = "bullets"


Block = Paragraph | Quotation | Heading | Bullets


@dataclass(frozen=True, slots=True)
class Button:
    """Something that can be pressed, or chosen by its number or its words where nothing can be pressed."""

    label: str
    action: Action | None
    """What is done when it is pressed. Only the store sees it: a channel sends a short opaque id."""
    url: str = ""
    """Instead of an action: a page or chat that it opens."""


@dataclass(frozen=True, slots=True)
class ProtocolDocument:
    """The whole protocol."""

    language: Language
    form: Form = "pdf"
    kind: Literal["protocol"] = "protocol"


@dataclass(frozen=True, slots=True)
class CaseRecord:
    """The record of a case, for the person who asked for it."""

    case: str
    record: str
    form: Form
    language: Language
    person: str
    chat: str = ""
    """Where it was asked for: it is made only while that chat is open after the PIN."""
    kind: Literal["case_record"] = "case_record"


DocumentOrder = ProtocolDocument | CaseRecord


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document, made at the moment of sending, so that its content lies nowhere in between."""

    name: str
    """The file\'s name: "protocol-sociale-media.pdf"."""
    document: DocumentOrder
    """What to make when the message is sent."""


@dataclass(frozen=True, slots=True)
class Message:
    blocks: tuple[Block, ...]
    buttons: tuple[Button, ...] = ()
    attachment: Attachment | None = None
    ref: str = ""
    """A name of ours by which a later message can replace this one: "@answer:123"."""
    replaces: str = ""
    """The earlier message that this one takes the place of: its `ref`, or the platform's id as a `Pressed`
    carries it. Sent anew where it is gone.
    """
    prefill: str = ""
    """What the box to type in starts with, on channels that can fill it; the blocks hold it too."""
    hidden: bool = field(default=False, repr=False)
    """Whether what is typed next is a secret, that channels which can do not show while it is typed."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A message for somebody else, in their own private chat."""

    person: str
    message: Message


@dataclass(frozen=True, slots=True)
class Reply:
    language: Language
    messages: tuple[Message, ...] = ()
    toast: str = ""
    """A few words for who pressed a button (at most 200 characters), beside or instead of messages."""
    deletes: tuple[str, ...] = ()
    """The platform's ids of messages to take away from the chat: a person's own words, once they are kept."""
    notices: tuple[Notice, ...] = ()

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All blocks of all messages."""
        return tuple(block for message in self.messages for block in message.blocks)

    @property
    def buttons(self) -> tuple[Button, ...]:
        """All buttons of all messages."""
        return tuple(button for message in self.messages for button in message.buttons)


def text_of(block: Block) -> str:
    """A block's words, for channels and people that see no layout."""
    match block:
        case Bullets():
            return "\n".join(f"- {item}" for item in block.items)
        case Paragraph() | Quotation() | Heading():
            return block.text
        case _:
            assert_never(block)
