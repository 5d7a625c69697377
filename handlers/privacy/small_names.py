"""Names that are written in small letters, or where capitals say nothing."""

from __future__ import annotations

from handlers.privacy import word_groups as groups
from handlers.privacy.name_extent import NameExtent
from handlers.privacy.name_lists import (
    Strength,
    given_name,
    is_listed_word,
    is_misspelt,
    is_ordinary,
    is_surely_family,
    is_thing,
    surname,
)
from handlers.privacy.tokens import has_foreign_letters


class SmallNames(NameExtent):
    """Decides whether a word in small letters is a name."""

    def is_small_name(self, at: int, stem: str) -> bool:
        given, family = given_name(stem), surname(stem)
        if self.owns_relative(at):
            return True
        if self.is_announced(at) and self._is_announced_small_name(at, stem):
            return True
        if given is Strength.WORD and self.acts_as_person(at, small=True):
            return True
        if given is Strength.COMMON and self.words[at].opens and self.is_common_name_at_work(at):
            return True
        if self._is_pair_at_work(at) or self._is_unknown_beside_name(at, stem):
            return True
        if self._is_unknown_in_persons_place(at, stem) or self._is_small_surname_at_opening(at, family):
            return True
        return (family is Strength.SURE and is_surely_family(stem)) or self.has_particles(at, small=True)

    def _is_pair_at_work(self, at: int) -> bool:
        """Whether a name of two words that are words too stands where a person does: "li wei uit groep 6"."""
        after = self.after(at)
        if after is None or not after.close or not self.is_pair(at, at + 1):
            return False
        return at + 2 == len(self.words) or self.acts_as_person(at + 1, small=True)

    def _is_unknown_beside_name(self, at: int, stem: str) -> bool:
        """ "joppe en daan": a word that is none, before or after "en" and a given name."""
        if len(stem) < 4 or is_ordinary(stem) or is_thing(stem):
            return False
        after = self.after(at, groups.AND)
        if after is not None and self.is_sure(at + 2):
            return True
        return self.before(at).folded in groups.AND and at >= 2 and self.is_sure(at - 2)

    def _is_small_surname_at_opening(self, at: int, family: Strength) -> bool:
        """ "koster heeft", "van stralen heeft"."""
        first, after = self.particles_before(at), self.after(at)
        if (
            not self.words[first].opens
            or after is None
            or not after.close
            or after.folded not in groups.PERSON_VERBS
        ):
            return False
        return self.is_listed_with_particles(first, at) if first < at else family >= Strength.WORD

    def owns_relative(self, at: int) -> bool:
        """Whether it has a possessive ending before a relative: "pucks moeder", "Minibes vader"."""
        word, after = self.words[at].folded, self.after(at)
        if after is None or not after.close or after.folded not in groups.RELATIVES or not word.endswith("s"):
            return False
        return given_name(word[:-1]) >= Strength.WORD or (
            len(word) > 4 and not is_ordinary(word) and not is_thing(word)
        )

    def _is_announced_small_name(self, at: int, stem: str) -> bool:
        """Whether the word after a title, role or "heet" is a name though it is in small letters."""
        if given_name(stem) >= Strength.WORD or surname(stem) is Strength.SURE or self.has_particles(at):
            return True
        after = self.after(at)
        acts = after is not None and after.close and after.folded in groups.VERBS
        if stem in groups.VERBS or is_thing(stem):
            return False
        likely = not is_listed_word(stem) or (acts and bool(surname(stem)))
        if likely and self.before_particles(at).folded in groups.FORMAL_TITLES:
            return True  # "mr lankle", "mevrouw lage dreigt"
        if surname(stem) is Strength.WORD:
            return acts or self.before(at).folded in groups.TITLES or not is_listed_word(stem)
        if given_name(stem) and self.before(at).folded in groups.CALLED:
            return after is None or not after.close  # "zij heet Mare"
        return len(stem) > 2 and not is_ordinary(stem) and (acts or not self.is_slip(at, stem))

    def _is_unknown(self, at: int, stem: str) -> bool:
        return not is_ordinary(stem) and not is_thing(stem) and not self.is_slip(at, stem)

    def is_slip(self, at: int, stem: str) -> bool:
        return is_misspelt(stem) and not has_foreign_letters(self.words[at].text)

    def _is_unknown_in_persons_place(self, at: int, stem: str) -> bool:
        """Whether an unknown word stands where a person would: "een foto van xaviel", "xaviel appt"."""
        word, after = self.words[at], self.after(at)
        if len(stem) < 4 or not word.text.isalpha() or not self._is_unknown(at, stem):
            return False
        if word.close and self.before(at).folded in groups.PERSON_FOLLOWS:
            return True
        if self.acts_as_person(at, small=True) or (word.gap.strip() == "," and self.is_sure(at - 1)):
            return True
        return word.opens and after is not None and after.close and after.folded in groups.VERBS
