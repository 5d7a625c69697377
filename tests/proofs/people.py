"""Teachers who ask, and know which answer belongs to which question."""

from __future__ import annotations

import json
import random
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.service import Service
from bot.storage.in_memory import InMemory
from handlers import texts, turn
from handlers.conversation.router import Conversation
from handlers.reply import text_of
from knowledge.matching.matcher import Matcher
from tests.conftest import QUESTIONS
from tests.fakes.telegram import FakeTelegram, Posted
from tests.fakes.telegram_people import Person
from tests.proofs.process import boards

DECLINE = "decline"
_RULE = re.compile(r" · ([a-z]+-[0-9]+)")


@dataclass(frozen=True)
class Question:
    text: str
    key: str
    """The rule that answers it, or DECLINE."""


@dataclass
class Asker:
    """One teacher in a private chat; asks the questions in turn, so that neighbours have different
    answers.
    """

    person: Person
    questions: list[Question]
    asked: list[str] = field(default_factory=list)
    """The keys of what was asked, each alone."""

    @property
    def open(self) -> int:
        """Questions without an answer."""
        return len(self.asked) - len(self.heard())

    def ask(self) -> None:
        question = self.questions[len(self.asked) % len(self.questions)]
        self.asked.append(question.key)
        self.person.say(question.text)

    def heard(self) -> list[str]:
        """The keys of the answers that were given, without those that were only sent once more."""
        heard: list[Posted] = []
        for message in self.person.sees():
            if not heard or identity(heard[-1]) != identity(message):
                heard.append(message)
        return [key(message) for message in heard]

    async def expected(self, matcher: Matcher) -> Expected:
        """What an assistant says to whom nothing happens: an answer depends on what was said before."""
        store = InMemory()
        service = Service(Conversation(matcher, texts.load()), store)
        said = []
        for number in range(len(self.asked)):
            words = self.questions[number % len(self.questions)].text
            act = turn.Said(words, str(number))
            done = turn.Turn(str(number), turn.Person("x"), turn.Chat("x"), act, datetime.now(UTC))
            reply = (await service.handle(done)).reply
            assert reply
            lines = (f"{text_of(block)}\n{getattr(block, 'source', '')}" for block in reply.blocks)
            said.append(rule_in("\n".join(lines)))
        return Expected(said, len(store.unanswered))


@dataclass(frozen=True)
class Expected:
    answers: list[str]
    """The keys of all answers."""
    unanswered: int
    """Questions noted as unanswered."""


def identity(message: Posted) -> tuple[str, str]:
    """What tells one answer from another, however often it is sent."""
    return message.text, boards(message.buttons)


def key(message: Posted) -> str:
    return rule_in(message.text)


def rule_in(words: str) -> str:
    """The id of the rule that an answer shows; DECLINE if it shows none."""
    rule = _RULE.search(words)
    return rule[1] if rule else DECLINE


def make_askers(telegram: FakeTelegram, matcher: Matcher, number: int, chance: random.Random) -> list[Asker]:
    answered, declined = find_questions(matcher)
    askers = []
    for place in range(number):
        mixed: list[Question] = []
        for first, second, other in zip(
            chance.sample(answered, len(declined)),
            chance.sample(answered, len(declined)),
            chance.sample(declined, len(declined)),
            strict=True,
        ):
            mixed += [first, *([second] if second != first else []), other]
        askers.append(
            Asker(
                telegram.person(f"Anna{place}"),
                [
                    question
                    for question, before in zip(mixed, [None, *mixed], strict=False)
                    if question != before
                ],
            )
        )
    return askers


def find_questions(matcher: Matcher) -> tuple[list[Question], list[Question]]:
    """Some that are answered, each by a rule of its own and with buttons, and some that are declined without
    naming a rule.
    """
    answered: dict[str, Question] = {}
    declined: list[Question] = []
    for line in (QUESTIONS / "dev.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["lang"] != "nl":
            continue
        outcome = matcher.ask(row["q"])
        if outcome.offers_incident or outcome.foreign:
            continue
        if outcome.status == "answer" and outcome.rule and outcome.choices:
            answered.setdefault(outcome.rule, Question(row["q"], outcome.rule))
        elif outcome.status == "decline" and not outcome.nearest:
            declined.append(Question(row["q"], DECLINE))
    count = min(6, len(declined), len(answered))
    assert count >= 3, "too few questions to tell answers apart"
    return list(answered.values()), declined[:count]
