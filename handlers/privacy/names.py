"""Names of people in Dutch or English prose, in one pass over the words: by lists of names, by the words
beside them, and by capitals.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from handlers.privacy import word_groups as groups
from handlers.privacy.name_lists import (
    Strength,
    given_name,
    is_misspelt,
    is_ordinary,
    is_surely_family,
    is_thing,
    stem_of,
    surname,
)
from handlers.privacy.neighbours import MOST_PARTICLES, is_often_met_with
from handlers.privacy.small_names import SmallNames
from handlers.privacy.tokens import Word, fold, has_foreign_letters, is_foreign, split

Span = tuple[int, int]

MOST_INITIALS = 4
MOST_LETTERS_OF_A_SLIP = 5
"""Up to this length a capitalised word before a verb is rather a name than a slip of the keys."""


def names(text: str, known: Collection[str] = ()) -> Iterator[Span]:
    """The places of names, in order, without titles ("juf") and possessive endings. `known`: names that are
    nobody's (schools), of which the words do not count.
    """
    finder = _Finder(text, split(text), frozenset(fold(word.text) for name in known for word in split(name)))
    yield from finder.spans()


class _Finder(SmallNames):
    """Decides for each word whether it is a name, or part of one."""

    def __init__(self, text: str, words: Sequence[Word], known: Collection[str]) -> None:
        super().__init__(text, words, known)
        foreign = sum(is_foreign(word) for word in words)
        self.few_foreign = 0 < foreign <= len(words) // 3

    def spans(self) -> Iterator[Span]:
        free = at = 0
        while at < len(self.words):
            if not self._is_name(at):
                at += 1
                continue
            first, last = self.first_word(at, free), self.last_word(at)
            yield self.words[first].start, self.end_of_name(last)
            free = at = last + 1

    def _is_name(self, at: int) -> bool:
        word = self.words[at]
        if word.glued or word.folded in self.known or self._is_institution(at):
            return False
        if is_foreign(word):
            return self.few_foreign or (word.capital and not word.opens)
        if len(word.text) == 1:
            return self._is_initial(at)
        if word.folded in groups.ROLES or word.folded in groups.TITLES or _is_abbreviated(word.text):
            return False
        stem = stem_of(word.folded)
        if (stem in groups.FUNCTION_WORDS or stem in groups.PARTICLES) and (word.opens or not word.capital):
            return False
        if self.before(at).folded == "zwarte" and stem in ("piet", "pieten"):
            return False
        if self._is_date(at) or (is_thing(word.folded) and given_name(stem) < Strength.SURE):
            return self._is_titled_thing(at)
        if given_name(stem) is Strength.SURE:
            return True
        if word.capital:
            return self._is_capitalised_name(at, stem)
        return self.is_small_name(at, stem)

    def _is_capitalised_name(self, at: int, stem: str) -> bool:
        if self.is_announced(at) and (
            not self.is_common(at)
            or self.is_titled_with_particles(at)
            or self._is_titled_short_name(at, stem)
        ):
            return True
        if self.words[at].opens:
            return self._is_opening_name(at, stem)
        if self.has_particles(at):
            return True
        before = self.before(at).folded
        if before in groups.ARTICLES:
            return surname(stem) is Strength.SURE and before not in groups.PLACING
        if given_name(stem) or surname(stem) >= Strength.WORD:
            return not self.is_common(at)
        return not is_ordinary(stem) and not stem.endswith(groups.ENDINGS)

    def _is_titled_short_name(self, at: int, stem: str) -> bool:
        """ "juf Do": a capital that only a name can have there, though the word is one of the commonest."""
        before = self.before(at)
        return (
            self.words[at].close
            and before.folded in groups.TITLES
            and before.shape == "lower"
            and stem not in groups.PARTICLES
            and bool(given_name(stem) or surname(stem))
        )

    def _is_opening_name(self, at: int, stem: str) -> bool:
        """A capital that opens a sentence proves nothing: the word itself or the next one has to."""
        if stem in groups.FUNCTION_WORDS:
            return False
        after, given, family = self.after(at), given_name(stem), surname(stem)
        if self.owns_relative(at):
            return True
        if given and self.is_common_name_at_work(at):
            return True
        strange = has_foreign_letters(self.words[at].text)
        if not is_ordinary(stem) and not is_thing(stem) and self.owns_something(at):
            return True  # also if it is one letter away from an ordinary word: "Godwin z'n vader"
        unknown = not given and not family and (strange or not is_ordinary(stem)) and not is_thing(stem)
        if family is Strength.SURE and is_surely_family(stem):
            return True
        if (given or family or unknown) and self._has_surname_after(at, stem):
            return True
        if given is Strength.WORD:
            return self.acts_as_person(at)
        if family is Strength.WORD:
            return self._is_family_at_work(at)
        return (
            unknown and len(stem) > 2 and not is_misspelt(stem) and (after is None or self.acts_as_person(at))
        )

    def _is_family_at_work(self, at: int) -> bool:
        """Whether a family name that is a word too is one here: "Visser heeft", "Mulder van de politie",
        "Visser, Thomas", "Bakker S".
        """
        after = self.after(at)
        if after is None:
            return False
        listed = after.gap.strip() == "," and self.is_sure(at + 1)
        if listed or self._comes_from_group(at) or self.owns_something(at):
            return True
        if not after.close:
            return False
        letter = len(after.text) == 1 and after.capital and after.folded not in groups.SINGLE_LETTERS
        return letter or after.folded in groups.VERBS

    def _has_surname_after(self, at: int, stem: str) -> bool:
        """Whether a capitalised family name or a listed one follows: "Zhang Wei", "Fatima El Amrani"."""
        following = self.skip_particles(at + 1)
        if following >= len(self.words) or not self.words[at + 1].close:
            return False
        last, particles = self.words[following], self.words[at + 1 : following]
        listed = following > at + 1 and self.is_listed_with_particles(at + 1, following)
        if listed and given_name(stem):
            return True
        if any(word.folded in groups.PLACING for word in particles) and not listed:
            return False
        if not last.capital or last.opens or is_thing(last.folded):
            return False
        if given_name(stem_of(last.folded)) is Strength.SURE and surname(stem) < Strength.WORD:
            return False  # "Wil Kevin", but "May Lin"
        both = not particles and given_name(last.folded) and surname(stem)
        return bool(both) or not self.is_common(following)

    def _is_initial(self, at: int) -> bool:
        """ "J. de Vries", "P.J. Hoekstra": a letter with a full stop, or a capital letter, before a family
        name.
        """
        word = self.words[at]
        if not word.text.isalpha():
            return False
        if self._are_initials_alone(at):
            return True
        if word.capital and self.before(at).folded in groups.ROLES:
            return False
        end = at
        while end - at < MOST_INITIALS and self._is_dotted_letter(end + 1):
            end += 1
        following = self.skip_particles(end + 1)
        if following >= len(self.words) or following > end + 1 + MOST_PARTICLES:
            return False
        last = self.words[following]
        if len(last.text) < 2 or last.glued or last.gap.strip(" .") or len(last.gap) > 3 or "\n" in last.gap:
            return False
        alone = following == end + 1
        listed = surname(stem_of(last.folded)) >= Strength.WORD
        if self.text[word.end : word.end + 1] != ".":
            return (
                word.capital
                and last.capital
                and (listed or not alone)
                and word.folded not in groups.SINGLE_LETTERS
            )
        if not word.capital:
            return (
                surname(last.folded) is Strength.SURE
                if alone
                else self.is_listed_with_particles(end + 1, following)
            )
        return (
            last.capital
            and not is_thing(last.folded)
            and (listed or not alone or not is_ordinary(last.folded))
        )

    def _are_initials_alone(self, at: int) -> bool:
        """ "leerling D.K. filmt", "J. uit groep 8": capital letters that are no abbreviation."""
        word, end = self.words[at], at
        if not word.capital or self.text[word.end : word.end + 1] != ".":
            return False
        while end - at < MOST_INITIALS and self._is_dotted_letter(end + 1) and self.words[end + 1].capital:
            end += 1
        if end == at:
            return self.before(at).folded not in groups.ROLES and self._comes_from_group(at)
        letters = "".join(letter.folded for letter in self.words[at : end + 1])
        return letters not in groups.DOTTED and not is_thing(letters)

    def _is_dotted_letter(self, at: int) -> bool:
        if at >= len(self.words):
            return False
        word = self.words[at]
        return len(word.text) == 1 and word.gap in (".", ". ") and self.text[word.end : word.end + 1] == "."

    def _is_titled_thing(self, at: int) -> bool:
        """Whether a place or day is a family name after a title: "meneer Utrecht"."""
        word, before = self.words[at], self.before(at)
        return (
            word.capital
            and word.close
            and before.folded in groups.TITLES
            and surname(word.folded) > Strength.NONE
        )

    def _is_institution(self, at: int) -> bool:
        """Whether the word belongs to the name of a school or the like: "basisschool Willem Alexander", "op
        De Bonte Vogel", "de Jan Ligthartschool".
        """
        for back in range(1, 5):
            if at - back < 0 or not self.words[at - back + 1].close:
                break
            word = self.words[at - back]
            if word.folded in groups.SCHOOLS or self._opens_school(at - back):
                return True
            if not word.capital and word.folded not in groups.PARTICLES:
                break
        for ahead in range(at, min(at + 4, len(self.words))):
            word = self.words[ahead]
            if (ahead > at and not word.close) or not word.capital:
                return False
            if word.folded.endswith(groups.SCHOOL_ENDINGS):
                return True
        return False

    def _opens_school(self, at: int) -> bool:
        """Whether a capital article after "op" or the like opens a school's name: "op De Vlieger"."""
        article, before = self.words[at], self.before(at).folded
        if (
            article.folded not in groups.SCHOOL_ARTICLES
            or before not in groups.AT_SCHOOL
            or at + 1 >= len(self.words)
        ):
            return False
        core = self.words[at + 1].folded  # there is one: this is asked from a word further on
        return not is_often_met_with([article.folded], core) and given_name(core) is not Strength.SURE

    def _is_date(self, at: int) -> bool:
        """Whether the word is a month beside a number: "3 jan"."""
        word = self.words[at]
        near = self.text[max(0, word.start - 3) : word.start] + self.text[word.end : word.end + 3]
        return word.folded in groups.MONTHS and any(c.isdigit() for c in near)


def _is_abbreviated(word: str) -> bool:
    """Whether an abbreviation is part of it: "PR-groep", "ICT'er", "DMs"."""
    first = re.split("['’-]", word, maxsplit=1)[0]
    return word[-1:].islower() and len(first) > 1 and first[:2].isupper() and first.rstrip("s").isupper()
