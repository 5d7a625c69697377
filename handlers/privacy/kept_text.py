"""What is kept of somebody's question: the scrubbed text, or only its concepts if a word is left that may be
a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence

from handlers.privacy.name_lists import Strength, given_name, is_misspelt, is_ordinary, is_thing, stem_of
from handlers.privacy.personal_data import find_personal_data, without
from handlers.privacy.tokens import Word, fold, has_foreign_letters, is_foreign, split
from handlers.privacy.word_groups import VERBS

CONCEPTS_ONLY = "[alleen begrippen]"
"""What a line begins with of which only the concepts are kept; they follow, separated by commas."""
LEAST_SLIP = 5
"""From this length on a word that is one letter away from an ordinary one is taken for a slip of the keys."""
_LONG_NUMBER = re.compile(r"(?<!\d)(?!0(?:800|900|90[69]))\d(?:[ ./-]{0,2}\d){5,20}")
_DATE = re.compile(r"\d{1,2}[-/. ]\d{1,2}[-/. ](?:20)?\d{2}|\d{4}-\d{2}-\d{2}|20\d{2}[ /-]20\d{2}")


def text_to_keep(
    text: str,
    concepts: Iterable[str],
    known: Collection[str] = (),
    is_known: Callable[[str], bool] = lambda word: False,
) -> str:
    """The scrubbed text; "[alleen begrippen] PARENT, PHOTO" if it may still hold somebody's data.

    `concepts`: what the text is about. `known`: names that are nobody's. `is_known`: whether a folded word
    belongs to the knowledge's own vocabulary.
    """
    found = find_personal_data(text, known)
    rest = without(text, found)
    if rest and is_doubtful(without(text, found, " "), known, is_known):
        return f"{CONCEPTS_ONLY} {', '.join(concepts)}".rstrip()
    return rest


def is_doubtful(
    text: str, known: Collection[str] = (), is_known: Callable[[str], bool] = lambda word: False
) -> bool:
    """Whether a scrubbed text may still hold somebody's data: a word that is no word, or a long number."""
    if "@" in text or any(not _DATE.match(match[0]) for match in _LONG_NUMBER.finditer(text)):
        return True
    schools = {fold(word.text) for name in known for word in split(name)}
    words = split(text)
    return any(
        is_foreign(word)
        or has_foreign_letters(word.text)
        or _may_be_a_name(word.folded, _opens_before_verb(words, at))
        for at, word in enumerate(words)
        if len(word.folded) > 2 and word.folded not in schools and not is_known(word.folded)
    )


def _opens_before_verb(words: Sequence[Word], at: int) -> bool:
    """ "Tonke is ziek": where a person stands, and a slip of the keys may be a name."""
    word = words[at]
    return word.capital and word.opens and at + 1 < len(words) and words[at + 1].folded in VERBS


def _may_be_a_name(word: str, as_person: bool) -> bool:
    """Whether the word is neither an ordinary one, nor a thing, nor a slip; of a compound each part.
    `as_person`: it stands where a person does, so that a slip may be a name too.
    """
    parts = [part for part in word.split("-") if len(part) > 2]
    return any(_is_unknown(part, as_person) for part in parts) and not is_thing(word)


def _is_unknown(word: str, as_person: bool) -> bool:
    if given_name(word) >= Strength.WORD:
        return True
    slip = not as_person and len(word) >= LEAST_SLIP and is_misspelt(word)
    return not (is_ordinary(word) or is_ordinary(stem_of(word)) or slip)
