"""Every script, against the conversation itself; and the runner, which must tell when something else is
heard.
"""

import asyncio
from pathlib import Path

import pytest

from handlers import texts
from handlers.conversation.router import Conversation
from knowledge.matching.matcher import Matcher
from tests.conversations.core import CoreDriver
from tests.conversations.runner import CHECKS, play
from tests.conversations.scripts import EXPECTATIONS, Script, read, scripts

ALL = scripts("core")


@pytest.fixture(scope="module")
def driver(matcher: Matcher) -> CoreDriver:
    return CoreDriver(Conversation(matcher, texts.load()))


@pytest.mark.parametrize("script", ALL, ids=str)
def test_script(script: Script, driver: CoreDriver, matcher: Matcher) -> None:
    asyncio.run(play(script, driver, matcher.pack.protocol))


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("{say: hoi, hear: [paars]}", 'did not hear "paars"'),
        ("{say: hoi, not: [Stel gerust]}", 'heard "Stel gerust"'),
        ("{say: hoi, rule: profilering-4}", "profilering-4 is not quoted word for word"),
        ("{say: mag ik een klassenfoto op insta zetten, rule: []}", "heard a quotation"),
        ("{say: hoi, buttons: [Ja]}", 'saw no button "Ja"'),
        ("{say: mag ik een klassenfoto op insta zetten, buttons: []}", "saw buttons"),
        ("{say: hoi, toast: Gedaan}", 'the toast says ""'),
        ("{say: hoi, edits: true}", "the last message was sent anew"),
        ("{say: hoi, language: en}", "the reply is in nl"),
        ("{say: hoi, messages: 0}", "1 messages came"),
        ("{say: hoi, file: protocol}", "no file protocol came"),
        ("{say: hoi, deletes: true}", "nothing was taken away"),
        ("{press: Ja}", 'no button "Ja"'),
        ("{wait: 1m, mark: x}", "no message came that could be marked"),
    ],
)
def test_what_is_not_as_expected_is_told_with_its_place(
    tmp_path: Path, driver: CoreDriver, matcher: Matcher, step: str, told: str
) -> None:
    (tmp_path / "a.yaml").write_text(f"- script: proef\n  talk:\n    - {step}\n", encoding="utf-8")
    (script,) = read(tmp_path / "a.yaml")
    with pytest.raises(AssertionError) as error:
        asyncio.run(play(script, driver, matcher.pack.protocol))
    assert str(error.value).startswith("a.yaml:3: proef: ")
    assert told in str(error.value)


def test_another_message_is_no_repetition(tmp_path: Path, driver: CoreDriver, matcher: Matcher) -> None:
    steps = "[{say: hoi, mark: first}, {say: dankjewel, repeats: first}]"
    (tmp_path / "a.yaml").write_text(f"- script: proef\n  talk: {steps}\n", encoding="utf-8")
    with pytest.raises(AssertionError, match="does not repeat"):
        asyncio.run(play(next(read(tmp_path / "a.yaml")), driver, matcher.pack.protocol))


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("{script: a, tolk: []}", 'a.yaml:1: unknown "tolk"; did you mean "talk"?'),
        ("{script: a}", "a.yaml:1: a script needs"),
        ("{script: a, talk: [{sai: hoi}]}", 'unknown "sai"; did you mean "say"?'),
        ("{script: a, talk: [{say: hoi, press: Ja}]}", "a step does one thing, not 2"),
        ("{script: a, talk: [{say: 1}]}", 'put "1" between quotes'),
    ],
)
def test_a_script_that_cannot_be_is_told(tmp_path: Path, script: str, told: str) -> None:
    (tmp_path / "a.yaml").write_text(f"- {script}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"a\.yaml:1") as error:
        list(read(tmp_path / "a.yaml"))
    assert told in str(error.value)


def test_a_script_may_fit_only_some_channels(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "- {script: a, channels: [telegram], talk: [open]}\n- {script: b, talk: [open]}\n", encoding="utf-8"
    )
    assert [script.name for script in scripts("core", tmp_path)] == ["b"]
    assert [script.name for script in scripts("telegram", tmp_path)] == ["a", "b"]


def test_every_expectation_is_checked() -> None:
    assert set(EXPECTATIONS) == set(CHECKS)
