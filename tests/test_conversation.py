"""What the assistant says."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.storage.in_memory import InMemory
from handlers import texts
from handlers.actions import NoneOfThese, SayAgain, ShowRule, ShowSections
from handlers.conversation.router import Conversation
from handlers.reply import Paragraph, Quotation, Reply, text_of
from handlers.session import Session
from handlers.turn import Act, Chat, Person, Pressed, Said, Turn
from knowledge.files.problems import PackError
from knowledge.language.words import Language
from knowledge.matching.matcher import Matcher, Outcome
from tests.conftest import ROOT

VAGUE = "en dat dan"


class Unsure(Matcher):
    """Asks back at one text, so that what follows does not hang on what the shipped pack makes of it."""

    def ask_words(self, words: list[str], question: str) -> Outcome:
        outcome = super().ask_words(words, question)
        if question != VAGUE:
            return outcome
        return replace(
            outcome,
            status="choose",
            rule=None,
            choices=("profilering-3", "bepalingen-2"),
            nearest=(),
            offers_incident=False,
        )


@pytest.fixture(scope="module")
def conversation(matcher: Matcher) -> Conversation:
    return Conversation(Unsure(matcher.pack, matcher.index), texts.load())


def hear(reply: Reply) -> str:
    return "\n".join(text_of(block) for block in reply.blocks)


def quoted(reply: Reply) -> list[str]:
    return [block.rule for block in reply.blocks if isinstance(block, Quotation)]


class Talk:
    """One person in one private chat."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.store = InMemory()
        self.session = Session()
        self.settings: Language | None = None
        self.at = datetime(2026, 11, 26, 12, tzinfo=UTC)

    def do(self, act: Act, wait: timedelta = timedelta(seconds=10)) -> Reply:
        self.at += wait
        return asyncio.run(
            self._do(Turn(str(self.at), Person("test:anna", self.settings), Chat("test:anna"), act, self.at))
        )

    async def _do(self, turn: Turn) -> Reply:
        async with self.store.unit(turn) as unit:
            assert unit
            response = await self.conversation.respond(unit.turn, unit.session, unit)
            unit.save(response.session, response.reply)
        self.session = response.session
        return response.reply

    def say(self, text: str) -> Reply:
        return self.do(Said(text))

    def press(self, reply: Reply, number: int, wait: timedelta = timedelta(seconds=10)) -> Reply:
        if not (button := reply.buttons[number]).url:
            self.store.buttons.setdefault(f"{id(reply)}.{number}", ("test:anna", button.action))
        return self.do(Pressed(f"{id(reply)}.{number}"), wait)


def say(conversation: Conversation, *said: str) -> tuple[Reply, Talk]:
    reply, talk = Reply("nl", ()), Talk(conversation)
    for text in said:
        reply = talk.say(text)
    return reply, talk


def test_an_answer_is_our_sentence_the_text_word_for_word_and_its_place(
    conversation: Conversation, matcher: Matcher
) -> None:
    reply, _ = say(conversation, "mag ik de foto's van het schoolreisje op facebook zetten")
    first, ours, quotation = reply.blocks[:3]
    assert first == Paragraph("Alleen als de ouders toestemming geven voor een foto op Facebook.")
    assert ours == Paragraph(
        "Vraag eerst toestemming van de ouders voordat je foto's, film of geluid van schoolsituaties op "
        "sociale media zet."
    )
    assert quotation == Quotation(
        matcher.pack.protocol.rule("profilering-4").text,
        "Richtlijnen › Profilering, punt 4 · profilering-4",
        "profilering-4",
    )
    assert [button.action for button in reply.buttons][:1] == [ShowRule("communicatie-2")]


def test_an_english_reader_gets_the_dutch_text_with_our_english_gist_marked_as_ours(
    conversation: Conversation, matcher: Matcher
) -> None:
    reply, _ = say(conversation, "may I put the photos of the school trip on facebook")
    assert reply.language == "en"
    assert "Ask the parents' permission" in hear(reply)
    assert matcher.pack.protocol.rule("profilering-4").text in hear(reply)
    assert "our own summary in English" in hear(reply)
    assert "item 4" in next(block.source for block in reply.blocks if isinstance(block, Quotation))


def test_a_decline_says_what_is_not_there_and_whom_to_ask(conversation: Conversation) -> None:
    reply, _ = say(conversation, "mogen leerlingen hun telefoon mee naar school nemen")
    assert hear(reply).startswith("Het protocol zegt niets over telefoons")
    assert "Vraag het aan de directeur van je school." in hear(reply)
    assert reply.buttons == ()


def test_a_nearest_rule_is_shown_as_no_answer(conversation: Conversation) -> None:
    reply, _ = say(conversation, "hoe lang mogen we klassenfoto's bewaren op de server")
    assert "Het dichtst erbij, al beantwoordt het je vraag niet: Vraag eerst toestemming" in hear(reply)
    assert "profilering-4" in hear(reply)
    assert quoted(reply) == []


def test_a_choice_is_made_by_its_number_and_none_is_always_last(conversation: Conversation) -> None:
    asked, talk = say(conversation, VAGUE)
    assert asked.buttons, hear(asked)
    assert asked.buttons[-1].action == NoneOfThese()
    assert [ShowRule(rule) for rule in quoted(talk.say("1"))] == [asked.buttons[0].action]
    asked, talk = say(conversation, VAGUE)
    assert "Vraag het nog eens" in hear(talk.say(str(len(asked.buttons))))
    assert [button.action for button in talk.session.offered] == [ShowSections()]
    assert [question for question, _, _ in talk.store.unanswered] == [VAGUE]


@pytest.mark.parametrize("number", ["0", "9", "99999999999999999999"])
def test_a_number_that_is_not_offered_gets_a_hint_and_keeps_the_choices(
    conversation: Conversation, number: str
) -> None:
    asked, talk = say(conversation, VAGUE)
    reply = talk.say(number)
    assert f"1 tot en met {len(asked.buttons)}" in hear(reply)
    assert talk.session.offered == asked.buttons


def test_a_pressed_button_does_the_same_as_its_number(conversation: Conversation) -> None:
    asked, talk = say(conversation, VAGUE)
    assert talk.press(asked, 0) == say(conversation, VAGUE, "1")[0]


def test_a_button_is_answered_in_the_language_of_its_message_whatever_the_settings(
    conversation: Conversation,
) -> None:
    talk = Talk(conversation)
    talk.settings = "en"
    assert talk.say("/help").language == "en"
    asked = talk.say("mag ik de foto's van het schoolreisje op facebook zetten")
    assert (asked.language, talk.press(asked, 0).language) == ("nl", "nl")


def test_a_double_press_has_one_effect(conversation: Conversation) -> None:
    asked, talk = say(conversation, VAGUE)
    assert talk.press(asked, 0).messages
    twice = talk.press(asked, 0, wait=timedelta(seconds=1))
    assert (twice.messages, twice.toast) == ((), "Dat heb ik al voor je gedaan.")


def test_a_button_that_is_not_known_gets_a_friendly_reply(conversation: Conversation) -> None:
    assert "ouder bericht" in hear(Talk(conversation).do(Pressed("made-up")))


def test_smalltalk_never_shows_a_rule(conversation: Conversation) -> None:
    reply, _ = say(conversation, "hallo!")
    assert quoted(reply) == []
    assert "Stel gerust je vraag" in hear(reply)


def test_an_incident_is_recognised_and_the_rule_on_recording_shown(conversation: Conversation) -> None:
    reply, _ = say(conversation, "ik wil een incident melden")
    assert "Ga naar de directeur van je school" in hear(reply)
    assert quoted(reply) == ["bepalingen-7"]


def test_another_language_hears_which_two_are_spoken(conversation: Conversation) -> None:
    reply, _ = say(conversation, "Czy mogę opublikować zdjęcia uczniów na stronie szkoły?")
    assert "I speak Dutch and English" in hear(reply)
    assert quoted(reply) == []


def test_commands(conversation: Conversation) -> None:
    assert "in je eigen woorden" in hear(say(conversation, "/help")[0])
    assert "in je eigen woorden" in hear(say(conversation, "\u200b/help\u2060")[0])  # as a phone may copy it
    assert "nog geen vraag" in hear(say(conversation, "/waarom")[0])
    photo = "mag ik een klassenfoto op insta zetten"
    assert "sociaal veilig klimaat" in hear(say(conversation, photo, "/waarom")[0])
    assert "Zekerheid" in hear(say(conversation, photo, "/waarom uitleg")[0])
    assert "ken ik niet" in hear(say(conversation, "/onzin")[0])
    english, talk = say(conversation, "/taal en")
    assert english.language == "en"
    assert talk.say("mag ik een klassenfoto op insta zetten").language == "en"
    assert "Tot ziens" in hear(say(conversation, "/stop")[0])


def test_the_texts_are_complete_in_every_language() -> None:
    loaded = texts.load()
    assert set(loaded["nl"].entries) == set(loaded["en"].entries)


def test_a_text_that_one_language_lacks_is_told(tmp_path: Path) -> None:
    (tmp_path / "nl.yaml").write_text('hello: "hoi {name}"\nbye: "dag"\n')
    (tmp_path / "en.yaml").write_text('hello: "hi"\n')
    with pytest.raises(PackError) as error:
        texts.load(tmp_path)
    told = str(error.value)
    assert 'text "bye" is missing' in told
    assert '"hello" fills in other words' in told


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("hoi", "Stel gerust je vraag"),
        ("dankjewel!", "Graag gedaan"),
        ("wie ben jij", "geen mens"),
        ("thanks a lot", "You are welcome"),
    ],
)
def test_smalltalk_is_answered_in_kind(conversation: Conversation, said: str, heard: str) -> None:
    assert heard in hear(say(conversation, said)[0])


def test_every_text_is_used() -> None:
    """A text that nothing says is dead weight for whoever translates.

    Code names it whole ("bye", $web_find, texts.web_retry), begins its name (texts(f"web_role_{role}")) or
    ends it (texts(f"{name}_unchecked")).
    """
    kinds = ("handlers/**/*.py", "bot/**/*.py", "bot/**/*.js", "bot/**/*.html")
    code = "".join(file.read_text(encoding="utf-8") for kind in kinds for file in ROOT.glob(kind))
    whole = set(re.findall(r'["\'](\w+)["\']', code)) | set(re.findall(r"(?:\$|\btexts\.)(web_\w+)", code))
    begun = tuple(re.findall(r'texts\(f"(\w+_)\{', code))
    ended = re.findall(r'texts\(f"\{\w+\}(_\w+)"', code)
    assert begun
    assert ended
    assert [
        name
        for name in texts.load()["nl"].entries
        if name not in whole
        and not name.startswith(begun)
        and not any(name.endswith(end) and name.removesuffix(end) in whole for end in ended)
    ] == []


@pytest.mark.parametrize("nothing", ["...", "-"])
def test_a_message_without_a_word_is_told_so(conversation: Conversation, nothing: str) -> None:
    assert "Ik zie geen vraag" in hear(say(conversation, nothing)[0])


def test_an_answer_that_may_be_missing_is_said_again(conversation: Conversation) -> None:
    talk = Talk(conversation)
    first = talk.say("mag ik een foto van de klas op insta zetten")
    talk.store.buttons["again"] = ("test:anna", SayAgain())
    assert quoted(talk.do(Pressed("again"))) == quoted(first) != []


def test_where_nothing_was_asked_there_is_nothing_to_say_again(conversation: Conversation) -> None:
    talk = Talk(conversation)
    talk.store.buttons["again"] = ("test:anna", SayAgain())
    assert "niets om te herhalen" in hear(talk.do(Pressed("again")))
