"""What a report keeps where, and who can do what with its buttons; whole talks are in
tests/conversations/incident-*.yaml.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter

from bot.storage.in_memory import InMemory
from handlers import texts
from handlers.actions import Action, ReportStep
from handlers.cases.case import Case
from handlers.conversation.router import Conversation
from handlers.flow_interpreter import Chosen, Unknown, Written
from handlers.reply import Reply, text_of
from handlers.session import Session
from handlers.turn import Act, Chat, Person, Pressed, Role, Said, Turn
from knowledge.matching.matcher import Matcher
from tests.conversations.people import OWN, Office, ScriptPeople

CANARY = "Leerling A schreef kanariegeel over leerling B."
ROLES: dict[str, Role] = {"dina": "directie", "dirk": "directie", "bas": "bestuur"}
TO_WHAT = (
    "/melden",
    "1",
    "nee",
    "leerling",
    "leerling",
    "nee",
    "nee",
    "24 november 2026",
    "instagram",
    "openbaar",
)
TO_REVIEW = (
    CANARY,
    "gezien",
    "ja",
    "de kast",
    "nee",
    "niets",
    "weet ik niet",
    "bestuur",
    "gesprek",
    "morgen",
)


class Talks:
    """Several people, each in a private chat, over one store."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.at = datetime(2026, 11, 26, 12, tzinfo=UTC)
        self.office = Office(ROLES, "test", self.at)
        self.store = InMemory(people=lambda turn: ScriptPeople(self.office, turn))
        self.messages = 0

    def do(self, who: str, act: Act) -> Reply:
        self.at += timedelta(seconds=10)
        role = ROLES.get(who, "medewerker")
        person = Person(f"test:{who}", "nl", role, OWN if role == "directie" else ())
        return asyncio.run(self._do(Turn(str(self.at), person, Chat(f"test:{who}"), act, self.at)))

    async def _do(self, turn: Turn) -> Reply:
        async with self.store.unit(turn) as unit:
            assert unit
            response = await self.conversation.respond(unit.turn, unit.session, unit)
            unit.save(response.session, response.reply)
        return response.reply

    def say(self, who: str, *said: str) -> Reply:
        reply = Reply("nl")
        for text in said:
            self.messages += 1
            reply = self.do(who, Said(text, f"m{self.messages}"))
        return reply

    def press(self, who: str, action: Action | None) -> Reply:
        """Press a button with this action, sent to this person."""
        self.messages += 1
        self.store.buttons[f"b{self.messages}"] = (f"test:{who}", action)
        return self.do(who, Pressed(f"b{self.messages}"))

    def restart(self) -> None:
        """Everything that is kept, written down and read again by another process."""
        sessions, kept = TypeAdapter(dict[str, Session]), TypeAdapter(dict[str, Case])
        written = sessions.dump_json(
            {"\n".join(key): session for key, session in self.store.sessions.items()}
        )
        self.store.sessions = {
            (key.split("\n")[0], key.split("\n")[1]): session
            for key, session in sessions.validate_json(written).items()
        }
        self.store.cases.kept = kept.validate_json(kept.dump_json(self.store.cases.kept))
        self.conversation = Conversation(self.conversation.matcher, self.conversation.texts)

    @property
    def case(self) -> Case:
        (case,) = self.store.cases.kept.values()
        return case


@pytest.fixture
def talks(matcher: Matcher) -> Talks:
    return Talks(Conversation(matcher, texts.load()))


def heard(reply: Reply) -> str:
    return "\n".join(text_of(block) for block in reply.blocks)


def action(reply: Reply, label: str) -> Action | None:
    return next(button.action for button in reply.buttons if button.label == label)


def test_what_was_written_is_in_the_case_and_nowhere_else(talks: Talks) -> None:
    reply = talks.say("dina", *TO_WHAT, CANARY)
    assert talks.case.answers["what"] == Written(CANARY)
    assert reply.deletes == (f"m{talks.messages}",)
    assert "kanariegeel" not in repr(talks.store.sessions)
    assert "kanariegeel" not in repr(talks.store.unanswered)
    assert "kanariegeel" not in repr(talks.store.cases.events)


def test_where_nothing_is_taken_away_it_says_so(talks: Talks) -> None:
    talks.conversation = Conversation(talks.conversation.matcher, talks.conversation.texts, takes_away=False)
    assert "blijven in deze chat staan" in heard(talks.say("dina", "/melden"))
    assert talks.say("dina", *TO_WHAT[1:], CANARY).deletes == ()


def test_a_question_in_between_is_neither_kept_as_asked_nor_as_unanswered(talks: Talks) -> None:
    talks.say(
        "dina", *TO_WHAT[:3], "wat is het weer op kanariegeel?", "mag ik een klassenfoto op insta zetten?"
    )
    assert talks.store.unanswered == []
    assert talks.store.sessions["test:dina", "test:dina"].asked is None


def test_what_is_held_back_is_no_answer_until_it_is_said_to_be(talks: Talks) -> None:
    reply = talks.say("dina", *TO_WHAT, "Jan de Vries schold.")
    assert "what" not in talks.case.answers
    assert reply.deletes
    talks.press("dina", action(reply, "Toch zo bewaren"))
    assert (talks.case.answers["what"], talks.case.held) == (Written("Jan de Vries schold."), "")


@pytest.mark.parametrize("stop", range(len(TO_WHAT) + len(TO_REVIEW)))
def test_after_a_restart_at_any_question_the_same_question_is_open_with_all_answers_there(
    talks: Talks, stop: int
) -> None:
    says = (*TO_WHAT, *TO_REVIEW)
    if stop < 2:
        return
    talks.say("dina", *says[:stop])
    before = talks.case
    talks.restart()
    assert talks.case == before
    review = talks.say("dina", *says[stop:])
    assert CANARY in heard(review)
    assert "2026-0001" in heard(talks.press("dina", action(review, "Insturen")))


def test_somebody_elses_button_does_nothing_whoever_sent_it(talks: Talks) -> None:
    review = talks.say("dina", *TO_WHAT, *TO_REVIEW)
    submit = action(review, "Insturen")
    opened = list(talks.store.cases.opened)
    for who in ("dirk", "bas", "carla"):
        assert "kanariegeel" not in heard(talks.press(who, submit))
    assert talks.case.state == "concept"
    assert talks.store.cases.opened == opened, "content was opened for somebody who may not see it"
    unknown = ReportStep("x" * 22, 1, "submit")
    assert heard(talks.press("dirk", submit)) == heard(talks.press("dirk", unknown))


def test_submit_takes_only_what_was_seen(talks: Talks) -> None:
    review = talks.say("dina", *TO_WHAT, *TO_REVIEW)
    seen = action(review, "Insturen")
    talks.press("dina", action(review, "Wijzig: Wat er gebeurde"))
    talks.say("dina", "Het was toch anders.")
    reply = talks.press("dina", seen)
    assert "nog niets ingestuurd" in heard(reply)
    assert "Het was toch anders." in heard(reply)
    assert talks.case.state == "concept"
    talks.press("dina", action(reply, "Insturen"))
    assert (talks.case.state, talks.case.answers["what"]) == ("ingediend", Written("Het was toch anders."))


def test_a_double_submit_makes_one_case_one_number_and_one_notice(talks: Talks) -> None:
    review = talks.say("dina", *TO_WHAT, *TO_REVIEW)
    submit = action(review, "Insturen")
    first, second = talks.press("dina", submit), talks.press("dina", submit)
    assert [notice.person for notice in first.notices] == ["test:bas"]
    assert (second.notices, talks.store.cases.numbers) == ((), {2026: 1})
    assert [event.what for event in talks.store.cases.events].count("submitted") == 1


def test_an_involved_director_sees_nothing_from_the_same_moment_on(talks: Talks) -> None:
    talks.say("dina", *TO_WHAT[:3], "medewerker", "leerling", "nee")
    old = ReportStep(talks.case.id, talks.case.revision, "back")
    reply = talks.say("dina", "ja")
    assert [notice.person for notice in reply.notices] == ["test:bas"]
    assert (talks.case.state, talks.case.keeper, talks.case.involved) == (
        "ingediend",
        "bestuur",
        frozenset({"test:dina"}),
    )
    opened = list(talks.store.cases.opened)
    assert "2026-0001" not in heard(talks.press("dina", old))
    assert talks.store.cases.opened == opened
    assert talks.store.sessions["test:dina", "test:dina"].case is None


def test_a_role_taken_away_ends_the_report_for_that_person(
    talks: Talks, monkeypatch: pytest.MonkeyPatch
) -> None:
    talks.say("dina", *TO_WHAT)
    monkeypatch.delitem(ROLES, "dina")
    assert "Wat is er gezegd" not in heard(talks.say("dina", "kanariegeel"))
    assert "what" not in talks.case.answers


def test_a_thrown_away_report_leaves_no_answer(talks: Talks) -> None:
    talks.say("dina", *TO_WHAT, CANARY)
    confirm = talks.say("dina", "/annuleer")
    talks.press("dina", action(confirm, "Ja, gooi weg"))
    assert (talks.case.state, talks.case.answers) == ("vernietigd", {})
    assert "kanariegeel" not in repr(talks.store.cases.kept)


def test_a_notice_and_the_number_carry_no_content(talks: Talks) -> None:
    review = talks.say("dina", *TO_WHAT, *TO_REVIEW)
    reply = talks.press("dina", action(review, "Insturen"))
    (notice,) = reply.notices
    told = "\n".join(text_of(block) for block in notice.message.blocks)
    assert "2026-0001" in told
    for content in ("kanariegeel", "leerling", "Vlieger", "instagram"):
        assert content not in told


@pytest.mark.parametrize("text", ["ë ĳ 🙂 مرحبا بالعالم", "*_[vet](http://x)_* <b>x</b> {naam}", "a" * 4000])
def test_any_text_comes_back_as_it_was_written(talks: Talks, text: str) -> None:
    talks.say("dina", *TO_WHAT, text)
    assert talks.case.answers["what"] == Written(text)
    review = talks.say("dina", *TO_REVIEW[1:])
    assert text in heard(review)


def test_a_text_that_is_too_long_is_refused_and_the_question_stays(talks: Talks) -> None:
    assert "te lang" in heard(talks.say("dina", *TO_WHAT, "a" * 4001))
    assert "what" not in talks.case.answers


def test_the_agreed_day_is_read_from_the_answer(talks: Talks) -> None:
    review = talks.say("dina", *TO_WHAT, *TO_REVIEW)
    talks.press("dina", action(review, "Insturen"))
    assert str(talks.case.agreed) == "2026-11-27"


def test_without_schools_nobody_is_kept_from_reporting(talks: Talks, monkeypatch: pytest.MonkeyPatch) -> None:
    async def none(self: ScriptPeople, open_only: bool = False) -> list[tuple[str, str]]:
        return []

    monkeypatch.setattr(ScriptPeople, "schools", none)
    talks.say("bas", *TO_WHAT[:2])
    assert talks.case.answers["school"] == Unknown()
    assert "Wanneer gebeurde het" in heard(talks.say("bas", *TO_WHAT[2:7]))


def test_one_school_is_not_asked_for(talks: Talks) -> None:
    talks.say("dina", *TO_WHAT[:2])
    assert (talks.case.school, talks.case.answers["school"]) == ("vlieger", Chosen(("vlieger",)))


def test_an_open_report_keeps_the_questions_that_it_began_with(talks: Talks) -> None:
    talks.say("dina", *TO_WHAT)
    matcher = talks.conversation.matcher
    old = matcher.pack.flow("incident")
    new = replace(
        old,
        version=old.version + 1,
        steps=tuple(step for step in old.steps if step.id not in ("told", "known")),
    )
    matcher = Matcher(replace(matcher.pack, flows=(new, old)), matcher.index)
    talks.conversation = Conversation(matcher, talks.conversation.texts)
    review = talks.say("dina", *TO_REVIEW)
    assert "Wie het weten" in heard(review)
    assert "2026-0001" in heard(talks.press("dina", action(review, "Insturen")))
