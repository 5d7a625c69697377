"""The persons of a story: who is mentioned where, what they are to the school, and how a mention hangs in its
sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.intake.clauses import Clause
from knowledge.intake.prose import Prose
from knowledge.intake.story_words import StoryWords

Span = tuple[int, int]
_DEEDS = tuple(f"deeds {name}" for name in ("attack", "about", "post", "put", "say", "send", "receive", "join", "confess"))
_DENIES = frozenset("niet not geen noch behalve except never nooit".split())
Kind = Literal["person", "body", "name", "pronoun"]
LOOKS_LEFT = 4
"""Words before a person's word that may belong to it ("een van onze oude leerkrachten")."""
LOOKS_RIGHT = 5
"""Words after a name that may tell whose it is ("Daan, leerling uit groep 8")."""


@dataclass(slots=True)
class Mention:
    first: int
    last: int
    """The numbers of its first and last word: "twee jongens uit groep 8"."""
    head: int
    """The word that says who it is: "jongens"."""
    kind: Kind
    role: str | None
    """An option of the report, "outside" for who is nobody of the school, or a body; None if unknown."""
    word: str
    name: str = ""
    determiner: str = ""
    preposition: str = ""
    governor: int | None = None
    """The word before the preposition: "foto" in "een foto van een leerling"."""
    modifies: Mention | None = None
    """The mention that this one only describes: the pupil in "de moeder van een leerling"."""
    joined_to: Mention | None = None
    """The mention that this one is joined to by "en"."""
    clause: int = -1
    quoted: bool = False

    @property
    def is_bare(self) -> bool:
        """Whether it can be a subject or object."""
        return not self.preposition and self.modifies is None


def is_denied(mention: Mention, prose: Prose) -> bool:
    """Whether a negation stands right before a mention: "niet de leerling", "geen ouder"."""
    before = mention.first - 1
    if mention.determiner in ("geen", "no"):
        return True
    if before < 0 or prose.breaks[mention.first] or prose.sentences[before] != prose.sentences[mention.first]:
        return False
    if mention.preposition:
        before -= 1
    return before >= 0 and prose.tokens[before].word in _DENIES and not prose.breaks[before + 1]


class PeopleReader:
    """Finds the mentions of one text."""

    def __init__(self, prose: Prose, clauses: Sequence[Clause], names: Sequence[Span], words: StoryWords) -> None:
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
        self.deeds = {place for clause in clauses for places in clause.places(*_DEEDS) for place in places}
        self.hits = words.people.find(prose.tokens)
        self.persons_at = {hit.first for hit in self.hits if not hit.label.startswith("medium")}
        self.senders = {
            place
            for clause in clauses
            for places in clause.places("deeds send")
            for place in places
        }
        self.names = [found for span in names if (found := self._tokens_of(span))]
        self.marks = {hit.first for hit in words.cues.find(prose.tokens) if hit.label == "pupil_marks"}

    def mentions(self) -> list[Mention]:
        found = [*self._persons(), *self._pronouns()]
        found.sort(key=lambda mention: mention.head)
        self._merge(found)
        found = self._without_marks(found)
        for mention in found:
            mention.clause = self.clause_of.get(mention.head, -1)
            mention.quoted = self.prose.quoted[mention.head]
            if self.prose.tokens[mention.head].possessive:
                mention.modifies = mention
        self._relate(found)
        self._leave_out_others(found)
        self._learn_from_relatives(found)
        self._learn_from_copulas(found)
        self._learn_names(found)
        return found

    def _without_marks(self, found: list[Mention]) -> list[Mention]:
        """Without the groups that only tell of which group somebody is: "Bram (groep 6)", "uit groep 8"."""
        others = [mention for mention in found if mention.role != "group"]
        return [
            mention
            for mention in found
            if mention.role != "group"
            or (
                not self.prose.breaks[mention.first].strip(".!?")
                and mention.preposition not in ("uit", "in", "from", "op", "naar", "met", "bij", "voor", "door")
                and not any(other.first <= mention.head <= other.last for other in others)
            )
        ]

    def _tokens_of(self, span: Span) -> tuple[int, int] | None:
        places = [
            place
            for place, token in enumerate(self.prose.tokens)
            if token.start < span[1] and token.end > span[0]
        ]
        return (places[0], places[-1]) if places else None

    def _persons(self) -> Iterator[Mention]:
        """Words for persons, and names, each with the words that belong to it."""
        named = {place for first, last in self.names for place in range(first, last + 1)}
        media = (hit for hit in self.hits if hit.label.startswith("medium") and hit.first < hit.last)
        taken: set[int] = {place for hit in media for place in range(hit.first, hit.last + 1)}
        ranked = sorted(
            (hit for hit in self.hits if not hit.label.startswith("medium")),
            key=lambda hit: (hit.label == "person group", hit.first - hit.last, hit.label != "person outside", not hit.label.startswith("person"), hit.first),
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
        greets = first > 0 and self.word[first - 1] in self.words["greetings"] and not self.prose.breaks[first]
        return greets and (after >= len(self.word) or bool(self.prose.breaks[after]))

    def _phrase(self, first: int, last: int, kind: Kind, role: str | None) -> Mention:
        mention = Mention(first, last, last, kind, role, self.word[last])
        if kind == "name":
            mention.name = self.prose.slice(first, last)
            while first > 0 and self.word[first - 1] in self.words["courtesy"]:
                first -= 1
        place = first
        for _ in range(LOOKS_LEFT):
            place -= 1
            word = self.word[place] if place >= 0 else ""
            if not word or self._parts_from_next(place) or word in self.words["joins"]:
                break
            if mention.determiner and place != first - 1:
                break
            if word in self.words["determiners"] and (word not in ("zijn",) or place == first - 1):
                mention.determiner = mention.determiner or word
                first = place
                of_others = place > 1 and self.word[place - 1] in self.words["of"]
                if of_others and self.word[place - 2] in self.words["determiners"] | {"een", "one"}:
                    mention.determiner = self.word[place - 2]
                    first = place - 2
                    break
            elif word in self.words["prepositions"] or place in self.verbs | self.deeds:
                break
            elif word in self.words["objects"] or self.clause_of.get(place) != self.clause_of.get(mention.head):
                break
        mention.first = first
        mention.last = self._right_edge(last)
        before = first - 1
        if before >= 0 and self.word[before] in self.words["prepositions"] and not self._parts_from_next(before):
            mention.preposition = self.word[before]
            mention.governor = before - 1 if before > 0 else None
        return mention

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

    def _pronouns(self) -> Iterator[Mention]:
        teller, single, many = (self.words[f"pronouns {name}"] for name in ("teller", "single", "many"))
        for place, word in enumerate(self.word):
            if word not in teller | single | many:
                continue
            following = place + 1
            if word in self.words["possessives"] and not self._stands_alone(following):
                continue
            mention = Mention(place, place, place, "pronoun", "teller" if word in teller else None, word)
            before = place - 1
            if before >= 0 and self.word[before] in self.words["prepositions"] and not self._parts_from_next(before):
                mention.preposition, mention.governor = self.word[before], before - 1 if before > 0 else None
            yield mention

    def _stands_alone(self, following: int) -> bool:
        """Whether a "haar", "hun" or "her" before this word is no possessive."""
        if following >= len(self.word) or self.prose.breaks[following]:
            return True
        word = self.word[following]
        before = following - 2
        if before >= 0 and before in self.senders and following not in self.persons_at:
            return True
        grammar = ("prepositions", "openers relative", "openers content", "openers other", "joins", "determiners")
        if following in self.verbs or any(word in self.words[name] for name in grammar):
            return True
        return word in ("niet", "ook", "nog", "nu", "toen", "zelf", "steeds", "vaak", "al", "dan", "er")

    def _merge(self, found: list[Mention]) -> None:
        """Put a name and the word for the person together: "juf Ingrid", "een collega, Sandra", "Noor, meisje van 12"."""
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

    def _is_one(self, one: Mention, other: Mention) -> bool:
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
        """Whether all words from `start` to before `end` stand between brackets: "Sara (geb. 14-03-2015), leerling"."""
        return "(" in self.prose.breaks[start] and ")" in self.prose.breaks[end]

    def _owns(self, name: Mention, other: Mention) -> bool:
        """Whether it is "Kevins moeder", "Liam's classmate"."""
        token = self.prose.tokens[name.last]
        if other.first == name.last + 1 and other.determiner in ("haar", "zijn", "dr", "zn", "hun"):
            return not self.prose.breaks[other.first]  # Fleur haar moeder
        adjacent = other.first == name.last + 1 and not self.prose.breaks[other.first]
        return adjacent and (token.possessive or self.word[name.last].endswith("s"))

    def _relate(self, found: list[Mention]) -> None:
        """What describes what, and what is joined to what."""
        for before, mention in zip(found, found[1:], strict=False):
            if before.kind == "name" and self._owns(before, mention):
                before.modifies = mention
                continue
            between = range(before.last + 1, mention.first)
            same = before.clause == mention.clause
            if mention.preposition in self.words["of"] | {"uit", "in", "from"} and list(between) == [mention.first - 1]:
                if before.kind in ("person", "name"):
                    mention.modifies = before
                continue
            joint = [self.word[place] for place in between]
            extra = [word for word in joint if word not in self.words["joins"] | {mention.preposition, "ook", "of"}]
            comma = not joint and "," in self.prose.breaks[mention.first]
            if same and not extra and (comma or any(word in self.words["joins"] | {"of"} for word in joint)):
                mention.joined_to = before
                if not mention.preposition or mention.preposition == before.preposition:
                    mention.preposition, mention.governor = before.preposition, before.governor
                    mention.modifies = before.modifies

    def _leave_out_others(self, found: list[Mention]) -> None:
        """Who is said to be of another school is nobody of this one."""
        for clause in self.clauses:
            for places in clause.places("other_school"):
                before = [m for m in found if m.head < places[0] and m.kind != "body" and m.role not in ("school", "teller")]
                if before and self.prose.sentences[before[-1].head] == clause.sentence:
                    head = before[-1].modifies or before[-1]
                    head.role = "outside"
                for mention in found:
                    if places[0] <= mention.head <= places[-1]:
                        mention.role = "outside"

    def _learn_from_relatives(self, found: list[Mention]) -> None:
        """ "een speler, dat is een leerling van ons", "de oma, die tevens voogd is"."""
        for clause in self.clauses:
            if clause.opener != "relative" or not clause.has("passive") or clause.has(*_DEEDS):
                continue
            here = [m for m in found if m.clause == clause.number and m.is_bare and m.kind == "person"]
            before = [m for m in found if m.last < clause.first and m.kind in ("person", "name")]
            inside = {place for m in found for place in range(m.first, m.last + 1)}
            if not any(places[0] not in inside for places in clause.places("passive")):
                continue
            if len(here) != 1 or not before or here[0].role in ("outside", "school", "group"):
                continue
            head = before[-1].modifies or before[-1]
            if head.role in (None, "outside"):
                head.role = here[0].role
                here[0].modifies = head

    def _learn_from_copulas(self, found: list[Mention]) -> None:
        """ "Fatima is de moeder van een kleuter", "ik ben directeur": what follows says who it is."""
        for one, other in zip(found, found[1:], strict=False):
            between = {self.word[place] for place in range(one.last + 1, other.first)}
            copula = bool(between & self.words["passive"]) and len(between) <= 3 and one.clause == other.clause
            if not copula or not one.is_bare or not other.is_bare or other.kind != "person":
                continue
            if self.clauses[one.clause].has(*_DEEDS, "culprit", "victim") or other.role in ("school", "group"):
                continue
            if one.role in (None, "outside") and one.kind != "pronoun":
                one.role = other.role
            other.modifies = one

    def _learn_names(self, found: list[Mention]) -> None:
        """What the text tells anywhere about a name holds everywhere."""
        known: dict[str, str] = {}
        for mention in found:
            if mention.name and (role := self._role_of_name(mention, found)):
                known.setdefault(_plain(mention.name), role)
                if mention.joined_to and mention.joined_to.kind == "name" and self._marked(mention):
                    known.setdefault(_plain(mention.joined_to.name), role)
        for mention in found:
            if mention.name and mention.role is None:
                mention.role = known.get(_plain(mention.name))

    def _role_of_name(self, mention: Mention, found: list[Mention]) -> str | None:
        if mention.role:
            return mention.role
        if self._marked(mention):
            return "leerling"
        head = mention.modifies
        if head and head.role in ("ouder", "leerling") and mention.kind == "name":
            return "leerling"
        if mention.preposition in self.words["of"] and mention.governor is not None:
            if self.word[mention.governor] in ("les", "lessen", "klas", "lokaal", "lesson", "class"):
                return "medewerker"
        return self._told_to_be(mention, found)

    def _marked(self, mention: Mention) -> bool:
        """Whether a group or an age follows the name."""
        sentence = self.prose.sentences[mention.head]
        reach = range(mention.head + 1, min(mention.head + LOOKS_RIGHT, len(self.word)))
        return any(
            place in self.marks and self.prose.sentences[place] == sentence and not self._crosses(mention.head, place)
            for place in reach
        )

    def _crosses(self, start: int, end: int) -> bool:
        """Whether a verb or another person stands between two words."""
        return any(
            place in self.verbs or any(place == first for first, _ in self.names)
            for place in range(start + 1, end)
        )

    def _told_to_be(self, mention: Mention, found: list[Mention]) -> str | None:
        """ "Fatima is de moeder van ...", "Beiden leerkracht bij ons"."""
        for other in found:
            if other.kind != "person" or other.role in (None, "outside", "school") or other.name:
                continue
            same = [one for one in found if one.name and _plain(one.name) == _plain(mention.name)]
            for one in same:
                between = [self.word[place] for place in range(one.last + 1, other.first)]
                if between in (["is"], ["was"], ["zijn"], ["are"], ["is", "een"], ["is", "ook"]) and one.clause == other.clause:
                    return other.role
            opening = [self.word[place] for place in self.clauses[other.clause].tokens[:2]] if other.clause >= 0 else []
            if opening[:1] in (["beiden"], ["beide"], ["allebei"], ["both"], ["allen"]) and other.clause > mention.clause >= other.clause - 3:
                return other.role
        return None


def _plain(name: str) -> str:
    plain = name.casefold().removesuffix("'s").removesuffix("’s")
    return plain
