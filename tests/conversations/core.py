"""The conversation itself as a channel: replies as they leave the service, a clock that the script moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.service import Service
from bot.storage.in_memory import InMemory
from handlers.conversation.router import Conversation
from handlers.reply import Message, Quotation, Reply, text_of
from handlers.turn import Act, Chat, Edited, Media, Opened, Person, Pressed, Role, Said, Sent, Turn
from knowledge.language.words import Language
from tests.conversations.driver import Heard, Place, Shown, Which
from tests.conversations.people import OWN, Office, ScriptPeople

STEP = timedelta(seconds=10)
"""Between two things that a person does."""


@dataclass
class Standing:
    """A button on the screen."""

    label: str
    id: str
    message: str


@dataclass
class Screen:
    """What one chat shows."""

    buttons: list[Standing] = field(default_factory=list)
    gone: list[Standing] = field(default_factory=list)
    standing: set[str] = field(default_factory=set)
    """Ids of the assistant's messages."""
    refs: dict[str, str] = field(default_factory=dict)
    """Message.ref → id of the message that bears it."""
    unread: list[Shown] = field(default_factory=list)
    last_written: str = ""
    last_pressed: Standing | None = None


class CoreDriver:
    channel = "core"
    takes_away = True

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation

    async def begin(self, roles: Mapping[str, Role], language: Language | None) -> None:
        self.roles = roles
        self.language = language
        self.at = datetime(2026, 11, 26, 12, tzinfo=UTC)
        office = Office(roles, self.channel, self.at)
        self.store = InMemory(people=lambda turn: ScriptPeople(office, turn))
        self.service = Service(self.conversation, self.store)
        self.numbers = count(1)
        self.screens: defaultdict[str, Screen] = defaultdict(Screen)
        self.person, self.place = "anna", "private"

    async def end(self) -> None:
        return

    async def become(self, person: str) -> Heard:
        self.person, self.place = person, "private"
        unread, self.screen.unread = tuple(self.screen.unread), []
        return Heard(unread)

    async def go(self, place: Place) -> None:
        self.place = place

    async def open(self) -> Heard:
        return await self._do(Opened())

    async def say(self, text: str, forwarded: bool = False) -> Heard:
        return await self._do(Said(text, self._written(), forwarded))

    async def press(self, label: str, which: Which = "standing") -> Heard:
        screen = self.screen
        if which == "same":
            if screen.last_pressed is None:
                raise LookupError("nothing was pressed yet")
            button = screen.last_pressed
        else:
            found = [
                button
                for button in (screen.buttons if which == "standing" else screen.gone)
                if button.label == label
            ]
            if not found:
                raise LookupError(f'no button "{label}" among {[button.label for button in screen.buttons]}')
            button = found[-1]
        screen.last_pressed = button
        return await self._do(Pressed(button.id, button.message))

    async def send(self, media: Media, caption: str = "", count: int = 1) -> Heard:
        """An album reaches the conversation as one thing: channels put it together."""
        return await self._do(Sent(media, caption, self._written()))

    async def edit(self, text: str) -> Heard:
        return await self._do(Edited(text, self.screen.last_written))

    async def wait(self, span: timedelta) -> None:
        self.at += span

    @property
    def chat(self) -> str:
        return f"core:{self.person}" if self.place == "private" else "core:group"

    @property
    def screen(self) -> Screen:
        return self.screens[self.chat]

    def _written(self) -> str:
        self.screen.last_written = f"theirs-{next(self.numbers)}"
        return self.screen.last_written

    async def _do(self, act: Act) -> Heard:
        self.at += STEP
        role = self.roles.get(self.person, "medewerker")
        person = Person(f"core:{self.person}", self.language, role, OWN if role == "directie" else ())
        chat = Chat(
            self.chat,
            self.place == "private",
            private_link="" if self.place == "private" else "https://example.org/assistant",
        )
        turn = Turn(f"delivery-{next(self.numbers)}", person, chat, act, self.at)
        reply = (await self.service.handle(turn)).reply
        return self._show(turn, reply) if reply else Heard()

    def _show(self, turn: Turn, reply: Reply) -> Heard:
        shown = tuple(self._put(turn, turn.chat.id, message) for message in reply.messages)
        for notice in reply.notices:
            self.screens[notice.person].unread.append(self._put(turn, notice.person, notice.message))
        return Heard(shown, reply.toast, len(reply.deletes), reply.language)

    def _put(self, turn: Turn, chat: str, message: Message) -> Shown:
        screen = self.screens[chat]
        replaced = screen.refs.get(message.replaces, message.replaces)
        edited = replaced in screen.standing
        own = replaced if edited else f"ours-{next(self.numbers)}"
        screen.gone += [button for button in screen.buttons if button.message == own]
        screen.buttons = [button for button in screen.buttons if button.message != own]
        screen.standing.add(own)
        for name in (message.ref, message.replaces if message.replaces.startswith("@") else ""):
            if name:
                screen.refs[name] = own
        place = replace(turn, chat=replace(turn.chat, id=chat))
        screen.buttons += [
            Standing(button.label, "" if button.url else self.store.button_id(place, button), own)
            for button in message.buttons
        ]
        return Shown(
            text="\n".join(
                f"{text_of(block)}\n{block.source}" if isinstance(block, Quotation) else text_of(block)
                for block in message.blocks
            ),
            quotations=tuple(block.text for block in message.blocks if isinstance(block, Quotation)),
            buttons=tuple(button.label for button in message.buttons),
            edited=edited,
            file=message.attachment.name if message.attachment else "",
        )
