"""The persons of a story: who is mentioned where, what they are to the school, and how a mention hangs in its
sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.intake.story_clauses import Clause
from knowledge.intake.story_mention import Kind, PersonMention
from knowledge.intake.story_prose import Prose
from knowledge.intake.story_relations import Relations
from knowledge.intake.story_words import StoryWords

Span = tuple[int, int]
DEEDS = tuple(
    f"deeds {name}"
    for name in ("attack", "about", "post", "put", "say", "send", "receive", "join", "confess")
)
LOOKS_LEFT = 4
"""Words before a person's word that may belong to it ("een van onze oude leerkrachten")."""


class PeopleReader:
    """Finds the mentions of one text."""

    def __init__(
        self, prose: Prose, clauses: Sequence[Clause], names: Sequence[Span], words: StoryWords
    ) -> None:
        """`names`: where the text holds names of persons, by character."""
        self.prose = prose
        self.words = words.words
        self.titles = words.titles
        self.word = [token.word for token in prose.tokens]
        self.clauses = clauses
        self.clause_of = {place: clause.number for clause in clauses for place in clause.tokens}
        self.verbs = {
            place
            for clause in clauses
            for places in clause.places("finite", "passive", "perfect")
            for place in places
        }
        self.deeds = {place for clause in clauses for places in clause.places(*DEEDS) for place in places}
        self.hits = words.people.find(prose.tokens)
        self.persons_at = {hit.first for hit in self.hits if not hit.label.startswith("medium")}
        self.senders = {
            place for clause in clauses for places in clause.places("deeds send") for place in places
        }
        self.names = [found for span in names if (found := self._tokens_of(span))]
        self.marks = {hit.first for hit in words.cues.find(prose.tokens) if hit.label == "pupil_marks"}

    def mentions(self) -> list[PersonMention]:
        found = [*self._persons(), *self._pronouns()]
        found.sort(key=lambda mention: mention.head)
        relations = Relations(self.prose, self.words, self.verbs)
        relations.merge(found)
        found = self._without_marks(found)
        for mention in found:
            mention.clause = self.clause_of.get(mention.head, -1)
            mention.quoted = self.prose.quoted[mention.head]
            if self.prose.tokens[mention.head].possessive:
                mention.modifies = mention
        relations.relate(found)
        return found

    def _without_marks(self, found: list[PersonMention]) -> list[PersonMention]:
        """Without the groups that only tell of which group somebody is: "Bram (groep 6)", "uit groep 8"."""
        others = [mention for mention in found if mention.role != "group"]
        return [
            mention
            for mention in found
            if mention.role != "group"
            or (
                not self.prose.breaks[mention.first].strip(".!?")
                and mention.preposition
                not in ("uit", "in", "from", "op", "naar", "met", "bij", "voor", "door")
                and not any(
                    other.first <= mention.head + 1 and mention.head <= other.last for other in others
                )
            )
        ]

    def _tokens_of(self, span: Span) -> tuple[int, int] | None:
        places = [
            place
            for place, token in enumerate(self.prose.tokens)
            if token.start < span[1] and token.end > span[0]
        ]
        return (places[0], places[-1]) if places else None

    def _persons(self) -> Iterator[PersonMention]:
        """Words for persons, and names, each with the words that belong to it."""
        named = {place for first, last in self.names for place in range(first, last + 1)}
        media = (hit for hit in self.hits if hit.label.startswith("medium") and hit.first < hit.last)
        taken: set[int] = {place for hit in media for place in range(hit.first, hit.last + 1)}
        ranked = sorted(
            (hit for hit in self.hits if not hit.label.startswith("medium")),
            key=lambda hit: (
                hit.label == "person group",
                hit.first - hit.last,
                hit.label != "person outside",
                not hit.label.startswith("person"),
                hit.first,
            ),
        )
        for hit in ranked:
            places = set(range(hit.first, hit.last + 1))
            if places & (taken | named) or places & self.verbs:
                continue
            if self._is_greeted(hit.first, hit.last):
                continue
            taken |= places
            kind, _, role = hit.label.partition(" ")
            yield self._phrase(hit.first, hit.last, "body" if kind == "body" else "person", role)
        for first, last in self.names:
            if self._is_greeted(first, last):
                continue
            yield self._phrase(first, last, "name", None)

    def _is_greeted(self, first: int, last: int) -> bool:
        """ "Beste directeur,": who is written to."""
        after = last + 1
        greets = (
            first > 0 and self.word[first - 1] in self.words["greetings"] and not self.prose.breaks[first]
        )
        return greets and (after >= len(self.word) or bool(self.prose.breaks[after]))

    def _phrase(self, first: int, last: int, kind: Kind, role: str | None) -> PersonMention:
        mention = PersonMention(first, last, last, kind, role, self.word[last])
        if kind == "name":
            mention.name = self.prose.slice(first, last)
            while first > 0 and self.word[first - 1] in self.words["courtesy"]:
                first -= 1
        mention.first, mention.determiner = self._left_edge(first, mention.head)
        if not mention.determiner and self.word[first] in self.words["determiners"]:
            mention.determiner = self.word[first]  # the form itself begins with it: "mijn zoon"
        mention.last = self._right_edge(last)
        self._lead(mention)
        return mention

    def _left_edge(self, first: int, head: int) -> tuple[int, str]:
        """(first word, determiner) of what belongs to a person's word: "een van onze oude leerkrachten"."""
        determiner = ""
        determiners = self.words["determiners"]
        for place in range(first - 1, max(-1, first - 1 - LOOKS_LEFT), -1):
            word = self.word[place]
            if self._is_edge(place, head) or (determiner and place != first - 1):
                break
            if word not in determiners or (word == "zijn" and place != first - 1):
                continue
            determiner, first = determiner or word, place
            if place > 1 and self.word[place - 1] in self.words["of"] and self.word[place - 2] in determiners:
                return place - 2, self.word[place - 2]
        before = first - 2
        if (
            before >= 0
            and self.word[first - 1] in self.words["of"]
            and self.word[before] in self.words["quantities"]
        ):
            first = before - 1 if before > 0 and self.word[before - 1] in determiners else before
            determiner = self.word[first]  # "a group of girls"
        return first, determiner

    def _is_edge(self, place: int, head: int) -> bool:
        """Whether a word before a person's word does not belong to it."""
        word = self.word[place]
        if self._parts_from_next(place) or self.clause_of.get(place) != self.clause_of.get(head):
            return True
        if word in self.words["joins"] or word in self.words["prepositions"] or word in ("mij", "me", "hem"):
            return True
        if place in self.persons_at and word not in self.words["determiners"]:
            return True
        return place in self.verbs | self.deeds and word not in self.words["determiners"]

    def _lead(self, mention: PersonMention) -> None:
        """Notes the preposition before a mention."""
        before = mention.first - 1
        if before < 0 or self._parts_from_next(before):
            return
        both = self.word[before] == "als" and "zowel" in self.word[max(0, before - LOOKS_LEFT) : before]
        if self.word[before] in self.words["prepositions"] and not both:
            mention.preposition = self.word[before]
            mention.governor = before - 1 if before > 0 else None

    def _parts_from_next(self, place: int) -> bool:
        """Whether a comma or the end of the sentence stands after a word."""
        following = place + 1
        if self.prose.sentences[place] != self.prose.sentences[following]:
            return True
        return bool(self.prose.breaks[following].strip("."))

    def _right_edge(self, last: int) -> int:
        """The word up to which "uit groep 8", "(groep 6)" or "van 12" belongs to a mention."""
        place = last + 1
        size = len(self.word)
        if place < size and self.word[place] in ("uit", "van", "in", "from", "of"):
            place += 1
        if place < size and place in self.marks:
            end = place + 1 if self.word[place] in ("groep", "gr", "klas", "year", "grade") else place
            return min(end, size - 1)
        if last + 1 in self.marks:
            return min(last + 2, size - 1)
        return last

    def _pronouns(self) -> Iterator[PersonMention]:
        teller, single, many = (self.words[f"pronouns {name}"] for name in ("teller", "single", "many"))
        for place, word in enumerate(self.word):
            if word not in teller | single | many:
                continue
            following = place + 1
            if word in self.words["possessives"] and not self._stands_alone(following):
                continue
            mention = PersonMention(
                place, place, place, "pronoun", "teller" if word in teller else None, word
            )
            self._lead(mention)
            yield mention

    def _stands_alone(self, following: int) -> bool:
        """Whether a "haar", "hun" or "her" before this word is no possessive."""
        if following >= len(self.word) or self.prose.breaks[following]:
            return True
        word = self.word[following]
        before = following - 2
        if before >= 0 and before in self.senders and following not in self.persons_at:
            return True
        grammar = (
            "prepositions",
            "openers relative",
            "openers content",
            "openers other",
            "joins",
            "determiners",
        )
        if following in self.verbs or any(word in self.words[name] for name in grammar):
            return True
        return word in ("niet", "ook", "nog", "nu", "toen", "zelf", "steeds", "vaak", "al", "dan", "er")
