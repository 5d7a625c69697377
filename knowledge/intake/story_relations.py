"""How the persons of a story hang together: a name and the word for its person are one mention, one person is
described by another ("de moeder van een leerling"), or joined to another by "en".
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from knowledge.intake.story_mention import PersonMention
from knowledge.intake.story_prose import Prose


class Relations:
    def __init__(self, prose: Prose, words: Mapping[str, frozenset[str]], verbs: set[int]) -> None:
        """`verbs`: the places of the text's verbs."""
        self.prose = prose
        self.words = words
        self.word = [token.word for token in prose.tokens]
        self.verbs = verbs

    def merge(self, found: list[PersonMention]) -> None:
        """Put a name and a word for the person together: "juf Ingrid", "Noor, meisje van 12"."""
        position = 0
        while position + 1 < len(found):
            one, other = found[position], found[position + 1]
            if self._is_one(one, other):
                named, worded = (one, other) if one.kind == "name" else (other, one)
                one.role, one.word, one.head = worded.role, worded.word, one.head
                one.name = named.name
                one.kind = "person"
                one.last = max(one.last, other.last)
                del found[position + 1]
            else:
                position += 1

    def _is_one(self, one: PersonMention, other: PersonMention) -> bool:
        if {one.kind, other.kind} != {"name", "person"} or {one.role, other.role} & {"school", "group"}:
            return False
        worded = one if one.kind == "person" else other
        if worded.name:
            return False
        between = range(one.last + 1, other.first)
        signs = self.prose.breaks[other.first]
        if one.kind == "person" and not between and not signs.strip("."):
            return True  # juf Ingrid
        if one.kind == "name" and self._owns(one, other):
            return False
        if between and not self._in_brackets(one.last + 1, other.first):
            return False
        if other.preposition or ("," not in signs and "(" not in signs):
            return False
        after = other.last + 1
        closes = after >= len(self.word) or bool(self.prose.breaks[after]) or after in self.verbs
        return closes or self.word[after] in ("van", "uit", "of", "from", "in")

    def _in_brackets(self, start: int, end: int) -> bool:
        """Whether all words from `start` to before `end` stand between brackets."""
        return "(" in self.prose.breaks[start] and ")" in self.prose.breaks[end]

    def _owns(self, name: PersonMention, other: PersonMention) -> bool:
        """Whether it is "Kevins moeder", "Liam's classmate"."""
        token = self.prose.tokens[name.last]
        if other.first == name.last + 1 and other.determiner in ("haar", "zijn", "dr", "zn", "hun"):
            return not self.prose.breaks[other.first]  # Fleur haar moeder
        adjacent = other.first == name.last + 1 and not self.prose.breaks[other.first]
        return adjacent and (token.possessive or self.word[name.last].endswith("s"))

    def relate(self, found: list[PersonMention]) -> None:
        """What describes what, and what is joined to what."""
        for before, mention in pairwise(found):
            if before.kind == "name" and self._owns(before, mention):
                before.modifies = mention
                continue
            between = range(before.last + 1, mention.first)
            same = before.clause == mention.clause
            if mention.preposition in self.words["of"] | {"uit", "in", "from"} and list(between) == [
                mention.first - 1
            ]:
                if before.kind in ("person", "name"):
                    mention.modifies = before
                continue
            joint = [self.word[place] for place in between]
            extra = [
                word for word in joint if word not in self.words["joins"] | {mention.preposition, "ook", "of"}
            ]
            comma = not joint and "," in self.prose.breaks[mention.first]
            if same and not extra and (comma or any(word in self.words["joins"] | {"of"} for word in joint)):
                mention.joined_to = before
                if not mention.preposition or mention.preposition == before.preposition:
                    mention.preposition, mention.governor = before.preposition, before.governor
                    mention.modifies = before.modifies
