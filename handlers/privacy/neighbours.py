"""The words of one text with what stands beside each: every question looks at a bounded number of words."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from handlers.privacy import word_groups as groups
from handlers.privacy.name_lists import (
    Strength,
    given_name,
    is_listed_word,
    is_often_met,
    is_ordinary,
    is_thing,
    stem_of,
    surname,
)
from handlers.privacy.tokens import Word

MOST_PARTICLES = 3


class Neighbours:
    """`known`: folded words that are nobody's name. A place is an index in `words`."""

    def __init__(self, text: str, words: Sequence[Word], known: Collection[str]) -> None:
        self.text = text
        self.words = words
        self.known = known

    def before(self, at: int, back: int = 1) -> Word:
        """The word before this one, or an empty one at the start."""
        return self.words[at - back] if at >= back else NOTHING

    def after(self, at: int, among: Collection[str] = ()) -> Word | None:
        """The word after this one; None at the end, or if it is not one of `among`."""
        if at + 1 >= len(self.words):
            return None
        word = self.words[at + 1]
        return word if not among or word.folded in among else None

    def before_particles(self, at: int) -> Word:
        """The title or role before this word and its particles, otherwise the word before it."""
        before = self.before(self.particles_before(at))
        return (
            before if before.folded in groups.TITLES or before.folded in groups.EMPLOYEES else self.before(at)
        )

    def is_titled_with_particles(self, at: int) -> bool:
        """Whether a title and particles stand before the word: "mevrouw van Beieren"."""
        first = self.particles_before(at)
        return first < at and self.words[at].close and self.before(first).folded in groups.TITLES

    def particles_before(self, at: int) -> int:
        """Where the particles before this word begin; `at` if there are none."""
        first = at
        while first and at - first < MOST_PARTICLES and self.words[first].close:
            if not is_particle(self.words[first - 1]):
                break
            first -= 1
        return first

    def skip_particles(self, at: int) -> int:
        """The first word from here on that is no particle."""
        end = at
        while end < len(self.words) and end - at < MOST_PARTICLES and is_particle(self.words[end]):
            end += 1
        return end

    def is_announced(self, at: int) -> bool:
        """Whether a title, role or "heet" stands before it: "juf Marieke", "de moeder van Sem", "hij heet
        Bo".
        """
        word = self.words[at]
        before = self.before_particles(at)
        if word.gap.strip(" .,:\"'“‘(") or "\n" in word.gap or len(word.gap) > 3:
            return False
        if before.folded in groups.TITLES:
            return not ("." in word.gap and len(before.folded) > 4)
        if "." in word.gap and before.folded not in groups.ABBREVIATIONS:
            return False
        if before.folded in groups.ROLES or before.folded in groups.CALLED:
            return word.close or ":" in word.gap or before.folded not in groups.CALLED
        earlier = self.before(at, 2)
        if self.is_nicknamed(at):
            return True
        if before.folded in ("van", "of") and earlier.folded in groups.ROLES:
            return before.close and word.close
        return before.folded == "is" and earlier.folded in groups.CALLED and before.close

    def is_nicknamed(self, at: int) -> bool:
        """Whether "noemen hem", "noemt zich" or "bijnaam:" stands before it, or "wordt … genoemd" around."""
        word, before, after = self.words[at], self.before(at), self.after(at)
        if before.folded in groups.NICKNAMES and ":" in word.gap:
            return True
        if after is not None and after.folded in groups.CALLED and before.folded in groups.BEING:
            return True
        named = before.folded in groups.NAMED and self.before(at, 2).folded in groups.NAMING
        return named and word.close and before.close

    def acts_as_person(self, at: int, small: bool = False) -> bool:
        """Whether the words beside it go with a person: "Mees heeft", "Roos en Daan", "Puck uit groep 4",
        "Bo's moeder". `small`: of a word in small letters less is believed.
        """
        word, after, before = self.words[at], self.after(at), self.before(at)
        if after is None:
            return small and word.close and before.folded in groups.PERSON_FOLLOWS
        if self.owns_somebody(at) or self._comes_from_group(at) or self._stands_in_list(at, small):
            return True
        if not after.close:
            return False
        if small:
            if word.close and before.folded in groups.PERSON_FOLLOWS:
                return not self.text[word.end + 1 : word.end + 2].isdigit()
            return self._is_before_surname(at) or (word.opens and after.folded in groups.PERSON_VERBS)
        return self._is_before_surname(at) or after.folded in groups.VERBS

    def owns_somebody(self, at: int) -> bool:
        """ "Bo's moeder", "Max' moeder", "Mees zijn oude telefoon"."""
        word, after = self.words[at], self.after(at)
        if after is None:
            return False
        possessive = (
            stem_of(word.folded) != word.folded
            or after.gap.rstrip() in ("'", "’")
            or after.folded in groups.POSSESSIVES
        )
        beside = after.folded in groups.RELATIVES or self.after(at + 1, groups.RELATIVES) is not None
        return possessive and beside

    def owns_something(self, at: int) -> bool:
        """Whether "Linthorst haar mail" or "Linthorst's moeder" stands there."""
        after = self.after(at)
        return after is not None and (
            (after.close and after.folded in groups.POSSESSIVES) or self.owns_somebody(at)
        )

    def _stands_in_list(self, at: int, small: bool) -> bool:
        """Whether a given name stands before or after "en" or a comma: "Roos en Daan", "Sem, Mees en ik"."""
        word, after, before = self.words[at], self.words[at + 1], self.before(at)
        if after.folded in groups.AND and self._is_likely(at + 2):
            return True
        if before.folded in groups.AND and self._is_likely(at - 2):
            return True
        if after.gap.strip() == "," and (self.is_sure(at + 1) or not small):
            return True
        return word.gap.strip() == "," and self.is_sure(at - 1)

    def is_common_name_at_work(self, at: int) -> bool:
        """Whether one of the commonest words is a name here: "Sep uit groep 7", "Floor, Lisa en ik"."""
        after = self.after(at)
        if after is None or self.words[at].folded in groups.GREETINGS:
            return False
        if self._comes_from_group(at):
            return True
        return after.gap.strip() == "," and self.is_sure(at + 1)

    def _comes_from_group(self, at: int) -> bool:
        """Whether "uit groep 4", "uit mijn klas" or "van de administratie" follows."""
        after, next_word = self.after(at), self.after(at + 1)
        if after is None or next_word is None or after.folded not in groups.FROM:
            return False
        if next_word.folded in groups.DETERMINERS:
            following = self.after(at + 2)
            return following is not None and following.folded in groups.GROUP | groups.BODIES
        return next_word.folded in groups.GROUP

    def _is_likely(self, at: int) -> bool:
        """Whether the word is a given name, though it may be a word too."""
        return 0 <= at < len(self.words) and given_name(stem_of(self.words[at].folded)) >= Strength.WORD

    def _is_before_surname(self, at: int) -> bool:
        following = self.skip_particles(at + 1)
        if following >= len(self.words):
            return False
        if following > at + 1 and self.is_listed_with_particles(at + 1, following):
            return True
        return surname(stem_of(self.words[following].folded)) is Strength.SURE

    def is_pair(self, first: int, second: int) -> bool:
        """Whether both words are given names and family names, as in Chinese names: "li wei"."""
        stems = [self.words[at].folded for at in (first, second)]
        return all(given_name(stem) and surname(stem) >= Strength.WORD for stem in stems)

    def is_sure(self, at: int) -> bool:
        """Whether the word is surely a given name."""
        if not 0 <= at < len(self.words):
            return False
        stem = stem_of(self.words[at].folded)
        return given_name(stem) is Strength.SURE or (
            given_name(stem) is Strength.WORD and self.words[at].capital
        )

    def is_common(self, at: int) -> bool:
        """Whether a capitalised word is an ordinary one all the same: a heading, a body, an abbreviation."""
        stem = stem_of(self.words[at].folded)
        if stem in groups.FUNCTION_WORDS or is_thing(stem):
            return True
        if self.words[at].shape == "upper":
            return given_name(stem) < Strength.WORD and surname(stem) < Strength.WORD
        listed = given_name(stem) >= Strength.COMMON or surname(stem) >= Strength.COMMON
        if self.is_nicknamed(at):
            return False
        titled = self.before_particles(at).folded in groups.TITLES
        return not listed and (is_listed_word(stem) if titled else is_ordinary(stem))

    def has_particles(self, at: int, small: bool = False) -> bool:
        """Whether the particles before the word make a family name with it: "de Vries", "van den berg"."""
        first = self.particles_before(at)
        if first == at or not self.words[at].close:
            return False
        listed = any(self.is_listed_with_particles(start, at) for start in range(first, at))
        if not small:
            return listed
        core = stem_of(self.words[at].folded)
        if self.words[at - 1].folded == "de" and core in groups.NO_NOUNS:
            return True
        if self.words[at - 1].folded in groups.NAME_PARTICLES:
            return listed or not is_ordinary(core)
        return listed and not is_ordinary(core) and not is_thing(core)

    def is_listed_with_particles(self, first: int, last: int) -> bool:
        """Whether these words together are a family name of the list."""
        word = self.words[last]
        core = stem_of(word.folded)
        ordinary = is_ordinary(core)
        particles = [word.folded for word in self.words[first:last]]
        if is_often_met_with(particles, core):
            return True
        if "van" in particles and groups.SURE_PARTICLES & {*particles}:
            return core not in groups.FUNCTION_WORDS and not is_thing(core)
        if core in groups.FUNCTION_WORDS or (not word.capital and ordinary and surname(core) < Strength.WORD):
            return False
        if groups.SHORTENED & {*particles}:
            return surname(core) > Strength.NONE or not ordinary
        if particles and particles[-1] in groups.ARABIC_PARTICLES:
            return not ordinary or (word.capital and surname(core) > Strength.NONE)
        return surname(" ".join((*particles, core))) > Strength.NONE


def is_particle(word: Word) -> bool:
    """Whether it is a small word within family names; "v Dijk" has one, "Els V" has not."""
    return word.folded in groups.PARTICLES and word.text != "V"


def is_often_met_with(particles: Sequence[str], core: str) -> bool:
    """Whether it is a frequent family name with these particles, or ones that "v.d." stands for."""
    if groups.SHORTENED & {*particles}:
        return any(is_often_met(f"van {article} {core}") for article in ("de", "den", "der"))
    return bool(particles) and is_often_met(" ".join((*particles, core)))


NOTHING = Word("", 0, 0, "", "lower", "", True, False)
