"""People at work on cases, over the whole path but for a channel: turns go through the service and a
database, buttons by their opaque ids.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.ports.outbox import Outgoing
from bot.service import Service
from bot.storage import SqlStore, people_repository, school_repository
from handlers.cases.case import Actor, Case, continued, start, submit
from handlers.conversation.router import Conversation
from handlers.flow_interpreter import Answers, Chosen, Unknown, Written
from handlers.reply import text_of
from handlers.turn import Act, Chat, Person, Pressed, Role, Said, Turn

BEGIN = datetime(2026, 11, 26, 9, tzinfo=UTC)
"""Thursday, 10:00 in Amsterdam."""
PIN = "2580"
_deliveries = count()


class Desk:
    """One person in a private chat."""

    def __init__(self, office: Office, person: str, chat: str = "", private: bool = True) -> None:
        self.office, self.person = office, person
        self.chat = Chat(chat or person, private)
        self.heard: list[Outgoing] = []
        self.buttons: dict[str, str] = {}
        """Label → opaque id, of every button that was ever shown."""

    async def do(self, act: Act) -> str:
        """What the person hears, the buttons' labels included."""
        self.office.at += timedelta(seconds=10)
        handled = await self.office.service.handle(
            Turn(f"test:{next(_deliveries)}", Person(self.person), self.chat, act, self.office.at)
        )
        assert handled.reply
        self.heard = await self.office.sent(self.chat.id)
        for outgoing in self.heard:
            for button, opaque in zip(
                outgoing.message.buttons if outgoing.message else (), outgoing.buttons, strict=True
            ):
                self.buttons[button.label] = opaque
        return words(self.heard)

    async def say(self, text: str) -> str:
        return await self.do(Said(text, message=f"m{next(_deliveries)}"))

    async def press(self, label: str) -> str:
        return await self.do(Pressed(self.buttons[label]))

    @property
    def deleted(self) -> list[str]:
        return [message for outgoing in self.heard for message in outgoing.deletes]

    async def told(self) -> str:
        """What came without being asked for."""
        self.heard = await self.office.sent(self.chat.id)
        for outgoing in self.heard:
            for button, opaque in zip(
                outgoing.message.buttons if outgoing.message else (), outgoing.buttons, strict=True
            ):
                self.buttons[button.label] = opaque
        return words(self.heard)


class Office:
    """A board with two schools, and its time."""

    def __init__(self, store: SqlStore, conversation: Conversation) -> None:
        self.store = store
        self.service = Service(conversation, store)
        self.at = BEGIN
        self._waiting: dict[str, list[Outgoing]] = {}

    async def open(self) -> Office:
        await self.store.call(
            lambda connection: [
                school_repository.add_school(connection, name) for name in ("De Vlieger", "De Ark")
            ]
        )
        return self

    async def sent(self, chat: str) -> list[Outgoing]:
        while claimed := (await self.store.claim("test", 10, self.at)).outgoing:
            for outgoing in claimed:
                await self.store.sent(outgoing, (f"s{outgoing.id}",))
                self._waiting.setdefault(outgoing.chat.id, []).append(outgoing)
        return self._waiting.pop(chat, [])

    async def invite(self, role: Role, *schools: str) -> str:
        return await self.store.call(
            lambda connection: people_repository.invite(connection, role, list(schools), None, self.at)
        )

    async def somebody(self, person: str, role: Role = "medewerker", *schools: str) -> Desk:
        """A person who redeemed an invitation and chose a PIN."""
        desk = Desk(self, person)
        if role != "medewerker":
            await desk.say(f"/start {await self.invite(role, *schools)}")
            if role != "beheerder":
                await desk.say(PIN)
                await desk.say(PIN)
        return desk

    async def reported(
        self, reporter: str = "test:anna", school: str = "de-vlieger", answers: Answers | None = None
    ) -> Case:
        """A case that was sent in."""
        by = Actor(reporter, "directie")
        draft, began = start(by, school, "incident", 1, self.at)
        run = draft.run
        given = story() if answers is None else answers
        draft = continued(draft, type(run)(run.flow, run.version, given, None, 1), self.at)

        number = await self.store.call(lambda connection: self.store.casefile.next_number(connection, 2026))
        sent, event = submit(draft, number, draft.revision, by, self.at)
        await self.store.call(lambda connection: self.store.casefile.save(connection, sent, (began, event)))
        return sent

    async def case(self, case: Case) -> Case:
        """As it is now."""
        return await self.store.call(lambda connection: self.store.casefile.load(connection, case.id))


def story(
    who: Iterable[str] = ("leerling",),
    criminal: str = "nee",
    sexual: str = "nee",
    hurt: Iterable[str] = ("leerling",),
) -> dict[str, Chosen | Unknown | Written]:
    """All answers of a report."""
    return {
        "start": Chosen(()),
        "danger": Chosen(("nee",)),
        "who": Chosen(tuple(who)),
        "self": Chosen(("nee",)),
        "hurt": Chosen(tuple(hurt)),
        "sexual": Chosen((sexual,)),
        "law": Chosen(()),
        "school": Chosen(("de-vlieger",)),
        "when": Written("gisteren rond 14:00"),
        "medium": Chosen(("whatsapp",)),
        "audience": Chosen(("besloten",)),
        "what": Written("Leerling A schreef iets naars over leerling B."),
        "known": Chosen(("gezien",)),
        "online": Chosen(("nee",)),
        "evidence": Written("in de map van de directie"),
        "criminal": Chosen((criminal,)),
        "done": Written("nog niets"),
        "other_side": Unknown(),
        "told": Chosen(("ouders",)),
        "next": Written("gesprek met de ouders"),
        "next_date": Unknown(),
    }


def words(outgoing: Iterable[Outgoing]) -> str:
    lines = []
    for one in outgoing:
        if one.message:
            lines += [text_of(block) for block in one.message.blocks] + [
                f"[{button.label}]" for button in one.message.buttons
            ]
    return "\n".join(lines)
