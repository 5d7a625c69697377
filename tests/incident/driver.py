"""The desk as a channel of say/hear scripts: invitations, PINs and cases are the real ones, in a database.

Each script finds three cases that were sent in: 2026-0001 about a pupil and 2026-0002 about an employee, both
of De Vlieger, and 2026-0003 of De Ark. Directors are of De Vlieger, but cor is of De Ark. In what is said,
"{code}" is a fresh invitation as director of De Vlieger.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

from handlers.conversation.router import Conversation
from handlers.reply import Quotation, text_of
from handlers.turn import Act, Edited, Media, Opened, Pressed, Role, Said, Sent
from knowledge.language.words import Language
from tests.conversations.driver import Heard, Place, Shown, Which
from tests.database import make_store
from tests.incident.desk import Desk, Office, story


class CasesDriver:
    channel = "cases"
    takes_away = True

    def __init__(self, conversation: Conversation, template: Path) -> None:
        self.conversation = conversation
        self.template = template

    async def begin(self, roles: Mapping[str, Role], language: Language | None) -> None:
        self.folder = Path(tempfile.mkdtemp())
        shutil.copy(self.template, self.folder / "bot.db")
        self.store = make_store(f"sqlite:///{self.folder / 'bot.db'}")
        self.office = await Office(self.store, self.conversation).open()
        self.desks: dict[tuple[str, Place], Desk] = {}
        for name, role in roles.items():
            schools = ("De Ark" if name == "cor" else "De Vlieger",) if role == "directie" else ()
            self.desks[name, "private"] = await self.office.somebody(f"test:{name}", role, *schools)
        await self.office.reported()
        await self.office.reported(answers=story(["medewerker"], criminal="ja", hurt=["leerling"]))
        await self.office.reported("test:cor", "de-ark")
        self.person: str = "anna"
        self.place: Place = "private"
        self.code = ""
        self.written = 0

    async def end(self) -> None:
        await self.store.close()
        shutil.rmtree(self.folder)

    @property
    def desk(self) -> Desk:
        if (self.person, self.place) not in self.desks:
            chat = "" if self.place == "private" else "test:group"
            self.desks[self.person, self.place] = Desk(
                self.office, f"test:{self.person}", chat, self.place == "private"
            )
        return self.desks[self.person, self.place]

    async def become(self, person: str) -> Heard:
        self.person, self.place = person, "private"
        await self.desk.told()
        return self._heard()

    async def go(self, place: Place) -> None:
        self.place = place

    async def open(self) -> Heard:
        return await self._do(Opened())

    async def say(self, text: str, forwarded: bool = False) -> Heard:
        return await self._do(Said(await self._filled(text), self._message(), forwarded))

    async def press(self, label: str, which: Which = "standing") -> Heard:
        """Every button that was ever shown can be pressed, as where a chat keeps its history: the newest with
        this label.
        """
        if label not in self.desk.buttons:
            raise LookupError(f'no button "{label}" among {list(self.desk.buttons)}')
        return await self._do(Pressed(self.desk.buttons[label]))

    async def send(self, media: Media, caption: str = "", count: int = 1) -> Heard:
        return await self._do(Sent(media, await self._filled(caption), self._message()))

    async def edit(self, text: str) -> Heard:
        return await self._do(Edited(await self._filled(text), f"m{self.written}"))

    async def wait(self, span: timedelta) -> None:
        self.office.at += span

    async def _filled(self, text: str) -> str:
        if "{code}" in text:
            self.code = await self.office.invite("directie", "De Vlieger")
        return text.replace("{code}", self.code).replace("{same code}", self.code)

    def _message(self) -> str:
        self.written += 1
        return f"m{self.written}"

    async def _do(self, act: Act) -> Heard:
        await self.desk.do(act)
        return self._heard()

    def _heard(self) -> Heard:
        messages = [one.message for one in self.desk.heard if one.message]
        shown = tuple(
            Shown(
                text="\n".join(text_of(block) for block in message.blocks),
                quotations=tuple(block.text for block in message.blocks if isinstance(block, Quotation)),
                buttons=tuple(button.label for button in message.buttons),
                file=message.attachment.name if message.attachment else "",
            )
            for message in messages
        )
        language = self.desk.heard[0].language if self.desk.heard else None
        return Heard(shown, "", len(self.desk.deleted), language)
