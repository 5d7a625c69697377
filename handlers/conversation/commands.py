"""Every command, once: its names, who answers it, where it is allowed, where it is shown.

Adding a command: a row here, its handler, and the text `command_ID` in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from handlers.casework import casework
from handlers.context import CommandHandler, Context, Response, TurnHandler
from handlers.conversation import danger, introduction
from handlers.people import CODE
from handlers.questions import about, browse, reasons
from handlers.report import report, start
from handlers.roles import invitation, pin
from handlers.texts import Texts
from handlers.turn import Turn
from knowledge.language.words import Language


@dataclass(frozen=True, slots=True)
class Command:
    id: str
    names: tuple[str, ...]
    """What can be typed after the slash, in any language."""
    handle: CommandHandler
    in_groups: bool = False
    """Whether a group may use it; else the reply sends the person on to the private chat."""
    listed: bool = False
    """Whether /help lists it."""
    menu: bool = False
    """Whether Telegram's menu shows it."""
    teams: Literal["no", "personal", "everywhere"] = "no"
    """Where Teams proposes it."""
    shown: Mapping[Language, str] | None = None
    """The name that is shown in a language, if it is not the first."""

    def name(self, language: Language) -> str:
        return (self.shown or {}).get(language, self.names[0])


def _plain(handle: TurnHandler) -> CommandHandler:
    """A handler that ignores what stands after the command."""

    async def answer(turn: Turn, context: Context, _: str) -> Response:
        return await handle(turn, context)

    return answer


async def _help(turn: Turn, context: Context, _: str) -> Response:
    return await introduction.usage(turn, context, help_lines(context.texts))


async def _start(turn: Turn, context: Context, code: str) -> Response:
    """A greeting, or with an invitation's code the role that it gives."""
    if CODE.fullmatch(code):
        return await invitation.redeem(turn, context, code)
    return await introduction.welcome(turn, context)


async def _cases(turn: Turn, context: Context, text: str) -> Response:
    return await casework.cases(turn, context, int(text) if text.isdigit() and len(text) < 5 else 0)


COMMANDS: tuple[Command, ...] = (
    Command("start", ("start",), _start, in_groups=True),
    Command("danger", ("hulp", "sos", "emergency"), _plain(danger.help_now), True, listed=True, menu=True),
    Command(
        "protocol", ("protocol",), _plain(browse.sections), True, listed=True, menu=True, teams="everywhere"
    ),
    Command("why", ("waarom", "why"), reasons.command, True, listed=True, shown={"en": "why"}),
    Command(
        "report",
        ("melden", "report"),
        _plain(start.start),
        True,  # refuses itself in a group, with the reason; so do the next ones
        listed=True,
        menu=True,
        teams="personal",
        shown={"en": "report"},
    ),
    Command("resume", ("hervat", "resume"), _plain(start.resume), True),
    Command("pause", ("pauze", "pause"), _plain(report.pause)),
    Command("cancel", ("annuleer", "cancel"), _plain(report.cancel)),
    Command("ask", ("vraag", "ask"), report.ask_between),
    Command("cases", ("zaken", "cases"), _cases, True, listed=True, teams="personal", shown={"en": "cases"}),
    Command("case", ("zaak", "case"), casework.by_number, True),
    Command("pin", ("pin",), pin.change, True),
    Command(
        "language",
        ("taal", "language"),
        about.language,
        True,
        listed=True,
        menu=True,
        teams="personal",
        shown={"en": "language"},
    ),
    Command("privacy", ("privacy",), _plain(about.privacy), True, listed=True, menu=True, teams="personal"),
    Command(
        "forget", ("vergeet", "forget"), _plain(about.forget), listed=True, menu=True, shown={"en": "forget"}
    ),
    Command("stop", ("stop",), _plain(report.stop), True, listed=True, menu=True),
    Command("help", ("help",), _help, True, listed=True, menu=True, teams="everywhere"),
)
BY_NAME: Mapping[str, Command] = {name: command for command in COMMANDS for name in command.names}


def help_lines(texts: Texts) -> tuple[str, ...]:
    """The commands as /help lists them, in one language."""
    return tuple(
        f"/{command.name(texts.language)}: {texts(f'command_{command.id}')}"
        for command in COMMANDS
        if command.listed
    )
