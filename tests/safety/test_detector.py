"""What is heard as danger, how loudly, and what is not."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from knowledge.safety.detector import Detector, Finding, load_detector

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases.jsonl").read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def detector() -> Detector:
    return load_detector()


def heard(finding: Finding | None) -> str:
    return finding.loudness if finding else "none"


def of_kind(kind: str) -> list[str]:
    return [case["q"] for case in CASES if case["kind"] == kind]


@pytest.mark.parametrize("text", of_kind("clear"))
def test_clear_danger_stops(detector: Detector, text: str) -> None:
    assert heard(detector.detect(text)) == "stop"


@pytest.mark.parametrize("text", of_kind("indirect"))
def test_indirect_danger_is_heard(detector: Detector, text: str) -> None:
    assert heard(detector.detect(text)) in ("stop", "aside")


@pytest.mark.parametrize("text", of_kind("decoy"))
def test_what_only_sounds_like_danger_does_not_stop(detector: Detector, text: str) -> None:
    assert heard(detector.detect(text)) != "stop"


@pytest.mark.parametrize(
    "text",
    [
        "IK WIL DOOD",
        "ik wil dóód",
        "ik wil doooood",
        "ik wil d00d",
        "ik wil d**d",
        "ik wil d o o d",
        "ikwildood",
        "ik wil\u00a0dood!!!",
        "mijn leerling heeft zelfmord gepleegd",
        "een leerling wil zelfmoort plegen",
        "er gaat een naaktfotto van een leerling rond",
    ],
)
def test_bad_typing_and_evasion_hide_nothing(detector: Detector, text: str) -> None:
    assert heard(detector.detect(text)) == "stop"


@pytest.mark.parametrize(
    "text", ["ik ga dood van het lachen", "ik trek die vergadering niet meer", "dode link op de site"]
)
def test_a_figure_of_speech_is_no_danger(detector: Detector, text: str) -> None:
    assert detector.detect(text) is None


def test_a_figure_of_speech_hides_no_cue_beside_it(detector: Detector) -> None:
    assert heard(detector.detect("ik ga dood van het lachen, maar zij schreef dat ze dood wil")) == "stop"


def test_a_finding_says_which_cue_it_rests_on(detector: Detector) -> None:
    finding = detector.detect("een leerling zegt dat ze dood wil")
    assert finding is not None
    assert (finding.situation.id, finding.sign.who) == ("suicide", "other")
    assert "dood wil" in finding.sign.words
    assert finding.sign.cue


def test_the_gravest_situation_comes_first(detector: Detector) -> None:
    finding = detector.detect("haar vader slaat haar en nu heeft ze een strip paracetamol geslikt")
    assert finding is not None
    assert finding.situation.id == "act_now"
    assert "home" in [situation.id for situation in finding.situations]


def test_who_writes_is_told_from_who_is_written_about(detector: Detector) -> None:
    mine, theirs = detector.detect("ik wil niet meer leven"), detector.detect("hij wil niet meer leven")
    assert mine is not None
    assert theirs is not None
    assert (mine.sign.who, theirs.sign.who) == ("self", "other")


@pytest.mark.parametrize(
    "text",
    [
        "wat is grooming en hoe herken je het",
        "naaktfoto van een leerling gaat rond, moet school aangifte doen?",
    ],
)
def test_a_question_about_the_rule_is_answered_with_one_line_above_it(detector: Detector, text: str) -> None:
    assert heard(detector.detect(text)) == "aside"


@pytest.mark.parametrize(("text", "language"), [("I want to die", "en"), ("een leerling wil dood", "nl")])
def test_the_language_is_told_without_an_index(detector: Detector, text: str, language: str) -> None:
    finding = detector.detect(text)
    assert finding is not None
    assert finding.language == language


@pytest.mark.parametrize("text", ["", "   ", "???", "👍", "\n\n"])
def test_no_words_no_danger(detector: Detector, text: str) -> None:
    assert detector.detect(text) is None


@pytest.mark.parametrize(
    "words", ["ik hij ze je mij ", "kind vader slaat niet ", "dood wil foto naakt in de app "]
)
def test_a_long_text_made_to_take_long_does_not(detector: Detector, words: str) -> None:
    text = (words * 2000)[:4000]
    detector.detect(text)
    begun = time.perf_counter()
    detector.detect(text)
    assert time.perf_counter() - begun < 2  # about 0.05 s; this machine may be busy
