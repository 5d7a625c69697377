"""From what is typed to words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.language.words import (
    MAX_CHARACTERS,
    MAX_WORD_LENGTH,
    MAX_WORDS,
    Vocabulary,
    normalise,
    split,
    stem,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mag ik dít plaatsen?!", ["mag", "ik", "dit", "plaatsen"]),
        ("foto’s van m'n klas", ["foto's", "van", "m'n", "klas"]),
        ("e-mail  EN\tapp", ["e-mail", "en", "app"]),
        ("groep 8, 12:30", ["groep", "8", "12", "30"]),
        ("ﬁlmpje", ["filmpje"]),
        ("\x00\u202e🙂 ---", []),
        ("", []),
    ],
)
def test_split(text: str, words: list[str]) -> None:
    assert split(text) == words


def test_a_very_long_text_keeps_its_two_ends() -> None:
    words = split("begin " + "x " * 100_000 + "einde")
    assert len(words) == MAX_WORDS
    assert words[0] == "begin"
    assert words[-1] == "einde"


@given(st.text(max_size=3000))
def test_any_text_becomes_a_bounded_list_of_plain_words(text: str) -> None:
    words = split(text)
    assert len(words) <= MAX_WORDS
    assert all(
        word and len(word) <= MAX_WORD_LENGTH and word == word.lower() and word.isascii() for word in words
    )
    assert split(" ".join(words)) == words


@given(st.text())
def test_normalising_is_bounded(text: str) -> None:
    assert len(normalise(text * 50)) <= 20 * MAX_CHARACTERS


def test_dutch_forms_share_a_stem() -> None:
    assert stem("klassen") == stem("klas") == "klas"
    assert stem("kinderen") == "kinder"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(["toestemming", "foto", "fotos", "plein", "schoolreis", "politie", "politiek", "klas"])


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        ("toestemmming", "toestemming"),
        ("toestemmign", "toestemming"),
        ("toesteming", "toestemming"),
        ("polite", "politie"),
        ("politiek", "politiek"),
        ("klsa", "klsa"),
        ("iets", "iets"),
        ("paardenbloem", "paardenbloem"),
    ],
)
def test_repair(vocabulary: Vocabulary, typed: str, known: str) -> None:
    assert vocabulary.repair(typed) == known


def test_a_misspelt_word_is_repaired_to_common_words_only() -> None:
    """A rare word is as often a misspelling itself, or a name."""
    vocabulary = Vocabulary(["geplaatst", "geknipst"], targets=["geplaatst"])
    assert vocabulary.repair("geplaast") == "geplaatst"
    assert vocabulary.repair("geknipt") == "geknipt"
    assert "geknipst" in vocabulary


def test_a_word_that_is_spelt_right_is_not_repaired() -> None:
    vocabulary = Vocabulary(["dingen"], ordinary=lambda: {"dongen"})
    assert vocabulary.repair("dongen") == "dongen"
    assert vocabulary.repair("dangen") == "dingen"


@pytest.mark.parametrize(
    ("word", "parts"),
    [
        ("pleinfoto", ("plein", "foto")),
        ("schoolreisfotos", ("schoolreis", "fotos")),
        ("pleinsfoto", ("plein", "foto")),
        ("boterham", ()),
    ],
)
def test_compounds(vocabulary: Vocabulary, word: str, parts: tuple[str, ...]) -> None:
    assert vocabulary.parts(word) == parts
