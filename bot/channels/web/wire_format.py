"""What the page's script and the assistant send each other, as JSON."""

from __future__ import annotations

from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import Request
from starlette.responses import Response

from bot.http.guard import TooLargeError, TooSlowError, body
from bot.ports.chat_history import Line, Own
from handlers.reply import Button
from handlers.turn import Media
from knowledge.language.words import Language

Short = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]


Form = TypeVar("Form", bound=BaseModel)


class Did(BaseModel):
    """What the page says that the person did."""

    model_config = ConfigDict(extra="forbid", strict=True)
    kind: Literal["opened", "said", "sent", "pressed"]
    delivery: Short
    as_: str = Field(alias="as")
    language: Language | None = None
    text: str = Field(default="", max_length=4000)
    media: Media | None = None
    button: str = Field(default="", max_length=64)
    message: int = Field(default=0, ge=0, lt=2**53)


class Wanted(BaseModel):
    """The document that the page asks for."""

    model_config = ConfigDict(extra="forbid", strict=True)
    message: int = Field(ge=0, lt=2**53)
    as_: str = Field(alias="as")


class Sought(BaseModel):
    """What is typed into the box above the protocol."""

    model_config = ConfigDict(extra="forbid", strict=True)
    text: str = Field(max_length=200)


def as_json(line: Line) -> dict[str, object]:
    """A line as the page's script reads it."""
    if line.entry is None:
        return {"id": line.id, "gone": True}
    if isinstance(line.entry, Own):
        return {
            "id": line.id,
            "by": "person",
            "text": line.entry.text,
            "media": line.entry.media,
            "delivery": line.delivery.removeprefix("in-"),
        }
    heard = line.entry
    blocks = [
        {name: getattr(block, name) for name in block.__dataclass_fields__} for block in heard.message.blocks
    ]
    buttons = [
        _button(button, made, heard.chosen)
        for button, made in zip(heard.message.buttons, heard.buttons, strict=True)
    ]
    name = heard.message.attachment.name if heard.message.attachment else ""
    return {
        "id": line.id,
        "by": "assistant",
        "lang": heard.language,
        "blocks": blocks,
        "buttons": buttons,
        "file": name,
        "prefill": heard.message.prefill,
        "hidden": heard.message.hidden,
    }


def _button(button: Button, made: str, chosen: str) -> dict[str, object]:
    if button.url:
        return {"label": button.label, "url": button.url}
    return {"label": button.label, "id": made, "chosen": made == chosen}


async def received(request: Request, kind: type[Form]) -> Form | Response:
    """What the page sent, or why it is refused: 400 for another form, 408 too slow, 413 too large."""
    try:
        return kind.model_validate_json(await body(request))
    except TooLargeError:
        return refused(413)
    except TooSlowError:
        return refused(408)
    except ValidationError:
        return refused(400)


def refused(status: int) -> Response:
    return Response(status_code=status)
