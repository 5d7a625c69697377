"""Directors who report incidents, one after the other, and look at every step whether it is the one that must
follow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from tests.fakes.telegram import FakeTelegram, Posted
from tests.fakes.telegram_people import Person
from tests.proofs.process import Process

PIN = "2580"
SCHOOL = "De Vlieger"
PATIENCE = 150
"""Seconds for one reply: there may be many kills meanwhile."""
FACTS = "Leerling A noemde leerling B dom in de klassenapp"


@dataclass(frozen=True)
class Step:
    does: str
    """A button's label, or with SAYS in front what is written."""
    sees: str
    """Of the words or the buttons of what follows."""


SAYS = "> "
TICK = "✓"
REPORT: Sequence[Step] = (
    Step(f"{SAYS}/melden", "leg je vast wat er"),
    Step("Begin", "Is er nu gevaar"),
    Step("Nee", "Wie heeft het gedaan"),
    Step("Leerling", "✓ Leerling"),
    Step("Klaar met kiezen", "Wie heeft er last van"),
    Step("Leerling", "✓ Leerling"),
    Step("Klaar met kiezen", "iets seksueels"),
    Step("Nee", "Ben je zelf betrokken"),
    Step("Nee", "Wanneer gebeurde het"),
    Step(f"{SAYS}gisteren rond 14:00", "Waar gebeurde het"),
    Step("WhatsApp of andere berichten", "✓ WhatsApp"),
    Step("Klaar met kiezen", "Wie konden het zien"),
    Step("Een besloten groep", "Wat is er gezegd of gedaan"),
    Step(f"{SAYS}{FACTS}, keer {{number}}.", "Hoe weet je het"),
    Step("Iemand liet een screenshot zien", "✓ Iemand"),
    Step("Klaar met kiezen", "Staat het er nog"),
    Step("Nee", "Waar wordt het bewijs bewaard"),
    Step(f"{SAYS}in de map van de directie", "Kan het strafbaar zijn"),
    Step("Nee", "Wat is er al gedaan"),
    Step(f"{SAYS}gesprek met leerling A", "Wat zegt degene"),
    Step("Weet ik niet", "Wie weten ervan"),
    Step("Nog niemand", "✓ Nog niemand"),
    Step("Klaar met kiezen", "volgende afspraak"),
    Step(f"{SAYS}gesprek met de ouders", "Op welke dag"),
    Step(f"{SAYS}morgen", "Je melding"),
    Step("Insturen", "Melding 20"),
)
REVIEW = "Je melding"


class Office:
    """Who invites the directors."""

    def __init__(self, process: Process, telegram: FakeTelegram) -> None:
        self._process = process
        self._telegram = telegram
        self._school = False

    async def director(self, name: str) -> Director:
        """Somebody new, with the role and a PIN. The process must be running."""
        if not self._school:
            await self._process.command("schools", "--add", SCHOOL)
            self._school = True
        code = (await self._process.command("invite", "--role", "directie", "--school", SCHOOL)).strip()
        director = Director(self._telegram.person(name))
        for words, then in ((code, "cijfers"), (PIN, "nog een keer"), (PIN, "")):
            before = len(director.person.sees())
            director.person.say(words)
            await director.until(partial(director.sees_since, before, then), then or "the role")
        return director


class Director:
    def __init__(self, person: Person) -> None:
        self.person = person
        self.ending = False
        """Whether to stop after the report under way."""
        self.begun = 0
        """Reports that were begun."""
        self.reports = 0
        """Reports that were sent in."""
        self.steps = 0
        self._from = 0
        """The first message of the report under way."""
        self._pressed: Posted | None = None
        """The message whose button was pressed last: ticks appear there, also where the same question was
        sent once more below it.
        """

    async def work(self) -> None:
        """Report until told to end. Raises `AssertionError` where a reply does not come, or another than must
        follow.
        """
        while not self.ending:
            await self._report()

    def sees_since(self, before: int, words: str) -> bool:
        """Whether the messages after the first `before` have these words."""
        return any(words in message.text for message in self.person.sees()[before:])

    async def until(self, true: Callable[[], bool], what: str) -> None:
        await self.person.telegram.until(
            true, f"{what}; {self.person.user['first_name']} sees: {self._last()}", PATIENCE
        )

    async def _report(self) -> None:
        self._from = self.person.telegram.next_number()
        for step in REPORT:
            if step.does == "Begin":
                self.begun += 1
            self._do(step.does.format(number=self.begun))
            await self.until(partial(self._sees, step.sees), f"{step.sees!r} after {step.does!r}")
            self.steps += 1
            if step.sees == REVIEW:
                assert sum(f"{FACTS}, keer {self.begun}." in message.text for message in self._now()) >= 1, (
                    f"not what was said: {self._last()}"
                )
        self.reports += 1

    def _do(self, what: str) -> None:
        if what.startswith(SAYS):
            self.person.say(what.removeprefix(SAYS))
        else:
            self._pressed = next(
                message
                for message in reversed(self._now())
                if any(what in button["text"] for button in message.buttons)
            )
            self.person.press(what, self._pressed)

    def _sees(self, words: str) -> bool:
        if words.startswith(TICK):
            return self._pressed is not None and any(
                words in button["text"] for button in self._pressed.buttons
            )
        return any(words in message.text for message in self._now()[-1:])

    def _now(self) -> list[Posted]:
        """What stands in the chat of the report under way."""
        return [message for message in self.person.sees() if message.id > self._from]

    def _last(self) -> str:
        last = self.person.sees()[-1:]
        return (
            f"{last[0].text[:200]!r} {[button['text'] for button in last[0].buttons]}" if last else "nothing"
        )
