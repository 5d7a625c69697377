"""Looking for personal data takes time in proportion to the length of the text, whatever is typed."""

from __future__ import annotations

import sys
import time
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.privacy import name_lists
from handlers.privacy.personal_data import find_personal_data, scrub

SHORT, LONG = 1_000, 4_000
MOST_CALLS_RATIO = 6.0
"""Four times the text makes four times the calls; a quadratic search makes sixteen times as many."""
MOST_TIME_RATIO = 9.0
LEAST_TIME = 0.004
"""Seconds under which a ratio is noise."""

REPEATED = [
    "x", "a\u0301", "É\u0301", "A-", "A.", "J.P.", "J. ", "a@", "@a", "@", "Jan-", "Van de ", "van ", "de ",
    "v.d. ", "1 ", "0 ", "06-", "0", "+", "(0", "weg 1 ", "Astraat ", "straat 1", "1234AB ", "A ", " Bb c",
    "A\n", "\n", "\t", " ", ".", "-", "'", "a'", "_", "a_", "a1", "a.", "a+", "%", "http://", "www.a",
    "x.com/", "NL91", "NL91ABNA", "12-", "12-03-2014 ", "geb ", "juf ", "Kevin ", "kevin ", "Kevin, ",
    "en ", "moeder van ", "naam is ", "xqz ", "Xqz ", "xqz-", "[at]", "a [at] b", "م ", "王", "Олена ", "🙂",
    "\u200d", "Daans ", "mees en ", "snap: a1 ", "“", "De ", "El ",
]  # fmt: skip
CACHED = (name_lists.given_name, name_lists.surname, name_lists.is_ordinary, name_lists.is_misspelt)
FOUND_IN_THE_WILD = ["x" + "\n" * 2600 + "a" + " Bb c" * 278, "A-" * 2000]


def calls(text: str) -> int:
    """How many functions are called, ours and the interpreter's, while looking through the text."""
    count = 0

    def counting(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    find_personal_data("juf Kevin, 06-12345678")  # the lists are read
    for function in CACHED:
        function.cache_clear()
    sys.setprofile(counting)
    try:
        find_personal_data(text)
    finally:
        sys.setprofile(None)
    return count


def seconds(text: str) -> float:
    """The least processor time of three looks."""
    times = []
    for _ in range(3):
        start = time.process_time()
        find_personal_data(text)
        times.append(time.process_time() - start)
    return min(times)


def grows_linearly(short: str, long: str) -> bool:
    """Whether neither the calls nor the time grow much faster than the text, which is four times as long."""
    if calls(long) > MOST_CALLS_RATIO * calls(short):
        return False
    return any(seconds(long) <= MOST_TIME_RATIO * max(seconds(short), LEAST_TIME) for _ in range(3))


@pytest.mark.parametrize("piece", REPEATED, ids=repr)
def test_four_times_the_text_takes_about_four_times_the_work(piece: str) -> None:
    assert grows_linearly((piece * SHORT)[:SHORT], (piece * LONG)[:LONG])


@pytest.mark.parametrize("text", FOUND_IN_THE_WILD, ids=["newlines and capitals", "hyphens"])
def test_the_texts_that_once_took_seconds_take_no_longer_than_others_of_their_length(text: str) -> None:
    ordinary = ("Gisteren heeft een ouder een foto van juf Marieke op Facebook gezet. " * 80)[: len(text)]
    assert any(seconds(text) <= 10 * max(seconds(ordinary), LEAST_TIME) for _ in range(3))


PIECES = st.sampled_from([*REPEATED, "z", "Q", "7", ",", "-", "jansen", "groep 8", "@x.nl", "van der "])


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, min_size=1, max_size=6))
def test_no_mixture_of_pieces_grows_faster_either(pieces: list[str]) -> None:
    piece = "".join(pieces)
    assert calls((piece * LONG)[:LONG]) <= MOST_CALLS_RATIO * calls((piece * SHORT)[:SHORT]) + 2_000


@settings(max_examples=60, deadline=None)
@given(st.lists(PIECES, max_size=40))
def test_what_is_found_lies_in_order_within_the_text(pieces: list[str]) -> None:
    text = "".join(pieces)
    edges = [edge for found in find_personal_data(text) for edge in (found.start, found.end)]
    assert edges == sorted(edges)
    assert all(text[found.start : found.end] == found.text != "" for found in find_personal_data(text))


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_can_be_scrubbed(text: str) -> None:
    assert isinstance(scrub(text), str)
