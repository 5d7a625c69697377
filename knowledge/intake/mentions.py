"""Which options of a question a text names, where, and how: denied, doubted, corrected, or told besides.

`find_options` gives every mention with its place; `choice_answer.py` makes an answer of them, and a story is
read with the same mentions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from knowledge.intake.answer_words import MARKERS, AnswerWords, Marker, each_form, load_answer_words
from knowledge.intake.word_forms import FormIndex, Hit, Token, tokenise
from knowledge.language.words import LANGUAGES, Language
from knowledge.pack.flow import Step

REACH = 3
"""Words between a negation and what it denies, at most ("niet door een van de ouders")."""
TIED = 2
"""Words between a person and another that only describes the first ("de vader van een leerling")."""

Besides = Literal["", "modifier", "other_role", "reason", "withdrawn", "outsider", "asked", "future"]


@dataclass(frozen=True, slots=True)
class Mention:
    """An option named in a text."""

    option: str
    start: int
    end: int
    """`text[start:end]` are the words, from the first to the last that matched."""
    negated: bool = False
    doubtful: bool = False
    """Whether it is called no more than possible ("misschien")."""
    hint: bool = False
    """Whether the words only may stand for the option."""
    besides: Besides = ""
    """Why it is no answer though it is named; "" if it may be one."""
    group: str = ""
    """The group of `answers.yaml` that its word comes from ("yes"); "" for the question's own words."""
    clause: int = 0
    tokens: tuple[int, ...] = ()

    @property
    def counts(self) -> bool:
        return not self.negated and not self.besides


@dataclass(frozen=True, slots=True)
class Label:
    """What a form of a question stands for."""

    kind: Literal["option", "hint", "marker", "led_by", "not_led_by"]
    name: str
    language: Language | None = None
    """For markers: the language whose word it is."""
    group: str = ""
    """The group of `answers.yaml` that the form comes from; "" for the question's own words."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with everything that was found in it."""

    text: str
    tokens: tuple[Token, ...]
    clauses: tuple[int, ...]
    """The number of the clause of each word."""
    mentions: tuple[Mention, ...]
    markers: tuple[tuple[Marker, tuple[int, ...]], ...]

    def has(self, marker: Marker) -> bool:
        return any(name == marker for name, _ in self.markers)

    def in_clause(self, marker: Marker, clause: int) -> bool:
        return any(name == marker and self.clauses[tokens[0]] == clause for name, tokens in self.markers)

    def within(self, marker: Marker, first: int, last: int) -> bool:
        """Whether a marker begins between two words."""
        return any(first < tokens[0] < last for name, tokens in self.markers if name == marker)

    def places(self, marker: Marker) -> list[tuple[int, ...]]:
        return [tokens for name, tokens in self.markers if name == marker]


def find_options(step: Step, text: str, language: Language = "nl") -> tuple[Mention, ...]:
    """Every mention of an option of this question in the text, in order."""
    return read_options(step, text, language).mentions


def read_options(step: Step, text: str, language: Language = "nl") -> Reading:
    """The text with its mentions and markers. `language`: that of a text whose words do not tell."""
    words = load_answer_words()
    tokens = tokenise(text)
    spoken = _language(tokens, words, language)
    hits = _compete([hit for hit in _index(step, words).find(tokens) if hit.label.language in (None, spoken)])
    return _Reader(step, text, tokens, hits).reading()


_indexes: dict[int, tuple[Step, FormIndex[Label]]] = {}
MAX_INDEXES = 500


def _index(step: Step, words: AnswerWords) -> FormIndex[Label]:
    """The forms of a question, compiled once for each step that was loaded."""
    found = _indexes.get(id(step))
    if found is None or found[0] is not step:
        if len(_indexes) >= MAX_INDEXES:
            _indexes.clear()
        found = (step, FormIndex(_forms(step, words), words.ordinary, words.numbers))
        _indexes[id(step)] = found
    return found[1]


def _forms(step: Step, words: AnswerWords) -> Iterator[tuple[str, Label]]:
    for option in step.options:
        named = Label("option", option.id)
        for label in option.label.values():
            yield from ((label, named), (label.split(",")[0], named))
        for group in option.means:
            of_group = Label("option", option.id, group=group)
            yield from ((form, of_group) for form in each_form(words.groups.get(group, {})))
        yield from ((form, named) for form in each_form(option.words))
        maybe = Label("hint", option.id)
        for group in option.may_mean:
            yield from ((form, maybe) for form in each_form(words.groups.get(group, {})))
        yield from ((form, maybe) for form in each_form(option.hints))
    for marker in MARKERS:
        for language in LANGUAGES:
            for form in words.markers[marker].get(language, ()):
                yield form, Label("marker", marker, language)
    if step.role:
        role = words.roles[step.role]
        for language in LANGUAGES:
            yield from ((form, Label("led_by", "", language)) for form in role.led_by.get(language, ()))
            yield from (
                (form, Label("not_led_by", "", language)) for form in role.not_led_by.get(language, ())
            )


def _language(tokens: Sequence[Token], words: AnswerWords, otherwise: Language) -> Language:
    """The language of most of the telling words."""
    counts = {
        language: sum(token.word in words.telling[language] for token in tokens) for language in LANGUAGES
    }
    if counts["nl"] == counts["en"]:
        return otherwise
    return "nl" if counts["nl"] > counts["en"] else "en"


def _compete(hits: list[Hit[Label]]) -> list[Hit[Label]]:
    """The hits without those whose words are all part of a longer one's ("weet ik niet" holds a "niet")."""
    by_token: dict[int, list[Hit[Label]]] = {}
    for hit in hits:
        for token in hit.tokens:
            by_token.setdefault(token, []).append(hit)

    def beaten(hit: Hit[Label]) -> bool:
        own = set(hit.tokens)
        for other in by_token[hit.first]:
            voids = other.label.name == "void_negation" and hit.label.kind != "marker"
            if not voids and own < set(other.tokens):
                return True
            if other.tokens == hit.tokens and (_weaker(hit, other) or _is_particle(hit, other)):
                return True
        return False

    kept = [hit for hit in hits if not beaten(hit)]
    unique: dict[object, Hit[Label]] = {}
    for hit in sorted(kept, key=lambda hit: hit.label.group == ""):
        unique.setdefault((hit.label.kind, hit.label.name, hit.tokens), hit)
    return list(unique.values())


def _is_particle(hit: Hit[Label], other: Hit[Label]) -> bool:
    """Whether a "no" that could deny what follows is the answer itself."""
    return hit.label.name == "negation" and other.label.group == "no"


def _weaker(hit: Hit[Label], other: Hit[Label]) -> bool:
    """Whether of two hits on the same words this one gives way: `*moeder` to "leesmoeder", a hint to a word."""
    if {hit.label.kind, other.label.kind} - {"option", "hint"}:
        return False
    if hit.exact != other.exact:
        return other.exact
    return (hit.label.kind, other.label.kind) == ("hint", "option")


class _Reader:
    """Puts the hits of one text together."""

    def __init__(self, step: Step, text: str, tokens: tuple[Token, ...], hits: Sequence[Hit[Label]]) -> None:
        self.step = step
        self.text = text
        self.tokens = tokens
        self.options = sorted(
            (hit for hit in hits if hit.label.kind in ("option", "hint")), key=lambda hit: hit.tokens
        )
        self.markers: list[tuple[Marker, tuple[int, ...]]] = [
            (marker, hit.tokens)
            for hit in hits
            for marker in MARKERS
            if hit.label.kind == "marker" and hit.label.name == marker
        ]
        self.at: dict[str, set[int]] = {}
        for name, places in self.markers:
            self.at.setdefault(name, set()).update(places)
        self.led_by = {hit.last for hit in hits if hit.label.kind == "led_by"}
        self.not_led_by = {hit.last for hit in hits if hit.label.kind == "not_led_by"}
        self.person_at = {token for hit in self.options for token in hit.tokens}
        self.clauses = self._clauses()

    def reading(self) -> Reading:
        mentions = self._besides(self._negated([self._mention(hit) for hit in self.options]))
        return Reading(self.text, self.tokens, self.clauses, tuple(mentions), tuple(self.markers))

    def _mark(self, marker: Marker) -> set[int]:
        return self.at.get(marker, set())

    def _clauses(self) -> tuple[int, ...]:
        """A clause ends at punctuation and before "maar", "want" and the like."""
        starts = self._mark("contrast") | self._mark("reason") | self._mark("clause")
        number = 0
        found: list[int] = []
        for position, token in enumerate(self.tokens):
            if position and (token.breaks or position in starts):
                number += 1
            found.append(number)
        return tuple(found)

    def _mention(self, hit: Hit[Label]) -> Mention:
        first, last = self.tokens[hit.first], self.tokens[hit.last]
        clause = self.clauses[hit.first]
        doubtful = any(
            self.clauses[places[0]] == clause or abs(places[-1] - hit.last) <= REACH
            for marker, places in self.markers
            if marker == "maybe"
        )
        return Mention(
            option=hit.label.name,
            start=first.start,
            end=last.end,
            doubtful=doubtful,
            hint=hit.label.kind == "hint",
            group=hit.label.group,
            clause=clause,
            tokens=hit.tokens,
        )

    # negation

    def _negated(self, mentions: list[Mention]) -> list[Mention]:
        """The mentions with those denied that a negation reaches."""
        denied: set[int] = set()
        for places in sorted(tokens for marker, tokens in self.markers if marker == "negation"):
            denied |= self._denied_by(places, mentions)
        for places in self._tokens_of("exception"):
            if not self._mark("no_one"):
                denied |= set(self._following(places[-1], mentions))
        for number, mention in enumerate(mentions):
            if self._denied_after(mention) or self._after_no_one(mention):
                denied.add(number)
        return [
            replace(mention, negated=True)
            if number in denied and mention.group not in ("yes", "no")
            else mention
            for number, mention in enumerate(mentions)
        ]

    def _denied_after(self, mention: Mention) -> bool:
        """Whether "nee" ends the clause right behind it."""
        after = mention.tokens[-1] + 1
        ends = after + 1 >= len(self.tokens) or self.clauses[after + 1] != mention.clause
        return after in self._mark("denied_after") and not self.tokens[after].breaks and ends

    def _after_no_one(self, mention: Mention) -> bool:
        return any(
            self.clauses[places[0]] == mention.clause and places[-1] < mention.tokens[0]
            for places in self._tokens_of("no_one")
        )

    def _denied_by(self, places: tuple[int, ...], mentions: list[Mention]) -> set[int]:
        position = places[-1]
        clause = self.clauses[position]
        if following := self._following(position, mentions):
            last = mentions[following[-1]].tokens[-1]
            if not self._affirmed_after(last, clause):
                return set(following)
        affirmed = max((place for place in self._mark("affirmation") if place < position), default=-1)
        before = {
            number
            for number, mention in enumerate(mentions)
            if self._same_part(mention, position) and affirmed < mention.tokens[-1] < places[0]
        }
        if before:
            return before
        return {
            number
            for number, mention in enumerate(mentions)
            if mention.clause == clause and mention.tokens[0] > position
        } - set(self._affirmed(mentions))

    def _following(self, position: int, mentions: list[Mention]) -> list[int]:
        """The mentions right after a negation, with only light words between, and those joined to them."""
        found: list[int] = []
        for number, mention in enumerate(mentions):
            first = mention.tokens[0]
            if found and set(mention.tokens) & set(mentions[found[-1]].tokens):
                found.append(number)
                continue
            if first <= position:
                continue
            light = self._mark("light") | self.led_by | self.not_led_by
            between = range(position + 1, first)
            if self.clauses[first] != self.clauses[position] or len(between) > REACH:
                break
            if found:
                light = self._mark("coordination") | light
            if not all(place in light for place in between):
                break
            found.append(number)
            position = mention.tokens[-1]
        return found

    def _same_part(self, mention: Mention, position: int) -> bool:
        """Whether a mention stands in the clause of this place, or in a list that runs into it ("ouders, juf
        en politie niet").
        """
        if mention.clause == self.clauses[position]:
            return True
        start = mention.tokens[-1] + 1
        between = range(start, position)
        joined = any(place in self._mark("coordination") for place in between)
        only_named = all(
            place in self.person_at or place in self._mark("light") or place in self._mark("coordination")
            for place in range(start, max((p for p in self.person_at if p < position), default=start))
        )
        return (
            joined
            and only_named
            and self.tokens[mention.tokens[0]].sentence == self.tokens[position].sentence
        )

    def _affirmed_after(self, last: int, clause: int) -> bool:
        """Whether "wel" stands right after a mention."""
        return any(
            place in self._mark("affirmation") and self.clauses[place] == clause
            for place in range(last + 1, min(last + 3, len(self.tokens)))
        )

    def _affirmed(self, mentions: list[Mention]) -> Iterator[int]:
        for number, mention in enumerate(mentions):
            if self._affirmed_after(mention.tokens[-1], mention.clause):
                yield number

    # what is named but is no answer

    def _besides(self, mentions: list[Mention]) -> list[Mention]:
        return [replace(mention, besides=self._why_besides(mention, mentions)) for mention in mentions]

    def _why_besides(self, mention: Mention, mentions: list[Mention]) -> Besides:
        first = mention.tokens[0]
        if self._withdrawn(mention, mentions):
            return "withdrawn"
        if self._outsider(mention):
            return "outsider"
        if any(
            self.clauses[place[0]] == mention.clause and place[-1] < first
            for place in self._tokens_of("whether")
        ):
            return "asked"
        if self.step.role == "recipient" and any(
            self.clauses[place] == mention.clause for place in self._mark("future")
        ):
            return "future"
        earlier = [other for other in mentions if other.tokens[-1] < first and not other.negated]
        if self.step.role:
            if reason := self._other_role(mention, mentions, earlier):
                return reason
        elif earlier and self._explains(first, earlier):
            return "reason"
        return ""

    def _withdrawn(self, mention: Mention, mentions: list[Mention]) -> bool:
        """Whether a correction stands after it, with another mention after that."""
        return any(
            mention.tokens[-1] < place[0]
            and any(other.tokens[0] >= place[-1] and not other.negated for other in mentions)
            for marker, place in self.markers
            if marker == "correction"
        ) or self._assumed(mention, mentions)

    def _assumed(self, mention: Mention, mentions: list[Mention]) -> bool:
        """Whether it was only thought at first, and another is named after it."""
        return any(
            self.clauses[place[0]] == mention.clause
            and any(other.clause > mention.clause and other.option != mention.option for other in mentions)
            for place in self._tokens_of("assumed")
        )

    def _outsider(self, mention: Mention) -> bool:
        """Whether the person is not of this school: named so, or described so in what follows."""
        if any(set(mention.tokens) & {*place} for place in self._tokens_of("outsider")):
            return True
        return any(
            self.clauses[place[0]] in (mention.clause, mention.clause + 1)
            and 0 < place[0] - mention.tokens[-1] <= 2 * REACH
            for place in self._tokens_of("outside")
        )

    def _tokens_of(self, marker: Marker) -> list[tuple[int, ...]]:
        return [places for name, places in self.markers if name == marker]

    def _explains(self, first: int, earlier: list[Mention]) -> bool:
        """Whether a mention stands in a clause that gives the reason for an earlier one."""
        return any(
            earlier[0].tokens[-1] < place < first
            and self.tokens[place].sentence == self.tokens[first].sentence
            for place in self._mark("reason")
        )

    def _other_role(self, mention: Mention, mentions: list[Mention], earlier: list[Mention]) -> Besides:
        first = mention.tokens[0]
        if self._led(first, self.led_by):
            return ""
        if self._led(first, self.not_led_by):
            return "other_role"
        if self._led(first, self._mark("someone_of")):
            return "modifier"
        if earlier and (self._explains(first, earlier) or self._describes(mention, earlier)):
            return "modifier"
        if self._owns(mention, mentions):
            return "modifier"
        if any(
            self._led(other.tokens[0], self.led_by)
            and self.tokens[other.tokens[0]].sentence == self.tokens[first].sentence
            for other in mentions
            if other is not mention
        ):
            return "other_role"
        return "other_role" if self._other_side_of_verb(mention, mentions) else ""

    def _led(self, first: int, words: set[int]) -> bool:
        """Whether one of these words stands before a place with only light words between."""
        for place in range(first - 1, max(first - 2 - REACH, -1), -1):
            if place in words:
                return True
            if place not in self._mark("light") or self.tokens[place + 1].breaks:
                return False
        return False

    def _describes(self, mention: Mention, earlier: list[Mention]) -> bool:
        """Whether a mention only says more about the one before: "de vader van een leerling", "a parent of a
        pupil", and what stands in a relative clause.
        """
        first = mention.tokens[0]
        before = earlier[-1].tokens[-1]
        if any(before < place < first for place in self._mark("relative")):
            joined = any(before < place < first for place in self._mark("coordination"))
            return not joined
        between = range(before + 1, first)
        if not 0 < len(between) <= TIED + 1 or self.tokens[first].breaks:
            return False
        return any(self.tokens[place].word in _TIES for place in between) and not any(
            place in self._mark("coordination") for place in between
        )

    def _owns(self, mention: Mention, mentions: list[Mention]) -> bool:
        """Whether it is "the pupil's" before another mention."""
        last = mention.tokens[-1]
        return self.tokens[last].possessive and any(0 < other.tokens[0] - last <= TIED for other in mentions)

    def _other_side_of_verb(self, mention: Mention, mentions: list[Mention]) -> bool:
        """Whether another person stands on the side of the verb where this question's person belongs: before
        it who did it, after it whom it happened to.
        """
        if self.step.role not in ("agent", "patient"):
            return False
        first = mention.tokens[0]
        for other in mentions:
            if other is mention or self._led(other.tokens[0], self.led_by | self.not_led_by):
                continue
            low, high = sorted((other.tokens[-1], first))
            between = range(low + 1, high)
            joined = any(place in self._mark("coordination") for place in between)
            verb = any(place in self._mark("verb") for place in between)
            if other.clause != mention.clause or joined or not verb:
                continue
            if (other.tokens[0] < first) == (self.step.role == "agent"):
                return True
        return False


_TIES = frozenset(("van", "uit", "in", "bij", "of", "from", "at", "op", "voor", "for"))
"""Prepositions that tie a description to a person."""
