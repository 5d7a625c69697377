"""How far a name goes that was recognised by one of its words."""

from __future__ import annotations

from handlers.privacy import word_groups as groups
from handlers.privacy.name_lists import (
    Strength,
    given_name,
    is_listed_word,
    is_misspelt,
    is_ordinary,
    is_thing,
    stem_of,
    surname,
)
from handlers.privacy.neighbours import Neighbours, is_often_met_with
from handlers.privacy.tokens import is_foreign

MOST_WORDS = 6
"""Words of one name, particles included, to either side of where it was recognised."""


class NameExtent(Neighbours):
    """Finds a name's first and last word."""

    def first_word(self, at: int, free: int) -> int:
        """The name's first word, not before `free`."""
        first = at
        while first > free and at - first < MOST_WORDS and self._precedes(first):
            first -= 1
        for particles in range(max(free, self.particles_before(first)), first):
            if self._links_role(particles) or not self._takes_particles(particles, first):
                continue
            first = particles
            while first > free and at - first < MOST_WORDS and self._precedes(first):
                first -= 1
            break
        return first

    def last_word(self, at: int) -> int:
        """The name's last word."""
        last = at
        while last - at < MOST_WORDS and (following := self._next_part(last)):
            last = following
        return last

    def end_of_name(self, last: int) -> int:
        """Where the name ends: before "'s"; with the full stop of a shortened family name."""
        word = self.words[last]
        if len(word.text) == 1 and self.text[word.end : word.end + 1] == ".":
            return word.end + 1
        return word.end - 2 if word.folded.endswith("'s") and len(word.folded) > 3 else word.end

    def _links_role(self, at: int) -> bool:
        """Whether "van" goes with a role before it rather than with the name: "de moeder van Sem"."""
        before = self.before(at).folded
        if self.words[at].folded not in groups.LINKING or before not in groups.RELATIONS - groups.FAMILIES:
            return False
        following = self.after(at)
        return following is None or following.capital or following.folded not in groups.PARTICLES

    def _precedes(self, at: int) -> bool:
        """Whether the word before this one belongs to the same name."""
        word, before = self.words[at], self.words[at - 1]
        if len(before.text) == 1 and before.text.isalpha():
            placeholder = self.before(at - 1).folded in groups.ROLES
            return word.gap in (". ", ".") or (word.close and before.capital and not placeholder)
        if (
            not word.close
            or before.glued
            or before.folded in self.known
            or before.folded in groups.FUNCTION_WORDS
        ):
            return False
        stem = before.folded
        if is_thing(stem) or stem in groups.ROLES or stem in groups.TITLES:
            return False
        if given_name(stem) is Strength.SURE:
            return True
        if not before.capital:
            return given_name(stem) is Strength.WORD and stem not in groups.VERBS
        if before.opens:
            return bool(given_name(stem)) or not is_ordinary(stem)
        return bool(given_name(stem)) or bool(surname(stem)) or not is_listed_word(stem)

    def _takes_particles(self, first: int, at: int) -> bool:
        if self.is_listed_with_particles(first, at) or (
            self.words[first].capital and not self.words[first].opens
        ):
            return True
        before = self.before(first).folded
        return self.words[at].capital and (before in groups.TITLES or before in groups.EMPLOYEES)

    def _next_part(self, last: int) -> int:
        """The next word of the name after `last` (past particles), or 0 if it ends there."""
        name = self.words[last]
        end = self.skip_particles(last + 1)
        if name.folded.endswith("'s") or end >= len(self.words):
            return 0
        word = self.words[end]
        dotted = len(name.text) == 1 and self.words[last + 1].gap in (".", ". ")
        close = (self.words[last + 1].close or dotted) and all(
            part.close for part in self.words[last + 2 : end + 1]
        )
        if not close or word.glued or word.folded in self.known:
            return 0
        if end == last + 1:
            return end if self._follows(last, end) else 0
        return end if self._follows_particles(last, end) else 0

    def _is_shortened(self, at: int) -> bool:
        """Whether a word is a family name cut to its first letter: "sara b. en sara k."."""
        word = self.words[at]
        return len(word.text) == 1 and word.text.isalpha() and self.text[word.end : word.end + 1] == "."

    def _follows_particles(self, last: int, at: int) -> bool:
        """Whether the word and the particles before it go on with the name that reaches to `last`."""
        word = self.words[at]
        core = stem_of(word.folded)
        listed = self.is_listed_with_particles(last + 1, at)
        if word.capital:
            return listed or (self.words[last].capital and not is_thing(word.folded))
        particles = [particle.folded for particle in self.words[last + 1 : at]]
        if (
            given_name(self.words[last].folded) is Strength.SURE
            and not is_ordinary(core)
            and not is_thing(core)
        ):
            return True
        return listed and (surname(core) is not Strength.COMMON or is_often_met_with(particles, core))

    def _follows(self, last: int, at: int) -> bool:
        """Whether the word goes on with the name that reaches to `last`, without particles between."""
        if self._is_shortened(at):
            return True
        word, before = self.words[at], self.words[last]
        stem = stem_of(word.folded)
        if is_foreign(word):
            return is_foreign(before)
        if len(word.text) == 1:
            dotted = self.text[word.end : word.end + 1] == "."
            return (word.text.isupper() and len(before.text) > 1) or (dotted and len(before.text) == 1)
        if stem in groups.FUNCTION_WORDS or stem in groups.ROLES:
            return False
        given, family = given_name(stem), surname(stem)
        if given is Strength.SURE or family is Strength.SURE:
            return True
        if word.capital:
            if is_thing(stem):
                return bool(family) and before.capital and not word.opens
            surely = before.capital and given_name(before.folded) is Strength.SURE and not word.opens
            return surely or bool(given) or bool(family) or not is_listed_word(stem)
        return self._follows_small(last, at, stem)

    def _follows_small(self, last: int, at: int, stem: str) -> bool:
        """Whether a word in small letters, not surely a name, is the family name after a given name: "sem
        bakker".
        """
        word, before = self.words[at], self.words[last]
        if len(before.text) > 1 and before.capital and word.shape == "lower":
            return False
        if self.is_pair(last, at):
            return True
        if len(before.text) > 1 and given_name(before.folded) < Strength.WORD:
            return not is_ordinary(stem) and not is_thing(stem) and not is_misspelt(stem)
        if surname(stem) is Strength.WORD:
            return stem not in groups.VERBS
        return not surname(stem) and not is_listed_word(stem) and not is_thing(stem) and word.folded == stem
