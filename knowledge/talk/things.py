"""What a question is about: which things it names, what kind of question it is, and who would do it.

The things are data of the pack (`things.yaml`), found by their words. Nothing here is learnt or guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, get_args

from knowledge.files.problems import Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.language.lexicon import parse_form
from knowledge.language.words import Language, Vocabulary, split
from knowledge.pack.protocol import Text
from knowledge.talk.forms import Forms, Found

FILE = "things.yaml"

Asks = Literal["may", "must", "who", "where", "when", "long", "happens", "what", "how", "is", "why"]
ASKS: tuple[Asks, ...] = get_args(Asks)
YES_OR_NO: tuple[Asks, ...] = ("may", "must")
REPAIRED = 7
"""Letters from which a misspelt word is read as the one it is like."""
BEGINNING = 2
LATEST = 4
"""Words of a text behind which "wie" or "hoe" asks nothing: "over hoe dat ging"."""
JOINTS = frozenset(
    ("en", "maar", "of", "dus", "ok", "oke", "and", "but", "so", "or", "hoi", "hallo", "hi", "hello")
)
DEEDS = "deed"
CONDITIONS = "condition"
"""The group of things that are asked once, such as a parent's no: the next follow-up is not about them."""
TURNS = "turn"
"""The group of words that turn a question round ("verbieden", "of is dat"): only a first line that names
such a word answers it.
"""
SELF: frozenset[str] = frozenset(("medewerker", "collega"))
"""Who asks as one of these asks for themselves, and what one of these may do is not about them."""
PERSONS = "person"
"""The group of things that can do something."""

_OR_NOT = re.compile(
    r"\b(?:of|or)\s+(?:(?:is|mag|kan|hoort|is|may|can)\s+)?(?:dat|het|dit|that|it)?\s*"
    r"(?:(?:ook|dan|eigenlijk|soms|juist|gewoon|also|actually)\s+)?"
    r"(?:verboden|niet(?:\s+toegestaan)?|strafbaar|not(?:\s+allowed)?|forbidden)\b(?:\s+ha(?:ha)*)?\s*[?!.]*\s*$",
    re.IGNORECASE,
)
"""A tag that asks the same once more: "mag ik …, of is dat verboden?"."""


@dataclass(frozen=True, slots=True)
class Thing:
    id: str
    group: str
    name: Text
    """What we call it: "Facebook", "een leerling"."""
    at: Text
    """What stands before the name where it says where: "op"; "" if the group has no such word."""
    found_in: str = ""
    """The rule or topic where one reads about it, for who asks where something is."""

    @property
    def stays(self) -> bool:
        """Whether it stays in question beside another thing of its group: what is done, such as posting."""
        return self.group == DEEDS


@dataclass(frozen=True, slots=True)
class Subject:
    """What one question is about."""

    asks: Asks | None = None
    by: str | None = None
    """The thing that would do what is asked, if the question names one: "mag een ouder …"."""
    things: Mapping[str, Thing] = field(default_factory=dict)
    """Id → thing, the most telling first."""
    places: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    """Id → which words of the text name it."""
    tells_first: bool = False
    """Whether something is told before it is asked about: "een collega … , wat moet ik doen"."""

    def of_group(self, group: str) -> Thing | None:
        """The most telling thing of this group."""
        return next((thing for thing in self.things.values() if thing.group == group), None)


class ThingReader:
    """Finds things in texts."""

    def __init__(
        self,
        things: Mapping[str, Thing],
        forms: Mapping[str, Sequence[str]],
        asks: Mapping[Asks, Sequence[str]],
        families: Sequence[Sequence[str]],
        passed_over: Sequence[str] = (),
        subjects: Sequence[str] = (),
        modals: Sequence[str] = (),
    ) -> None:
        """`passed_over`: small words between "mag" and who would do it. `subjects`: words for who does it.
        `modals`: verbs that also stand at the end of a clause that asks nothing.
        """
        self.things = things
        self._forms = Forms(forms)
        self._asks = Forms({str(kind): forms for kind, forms in asks.items()})
        self._passed_over = frozenset(passed_over)
        self._subjects = frozenset(subjects)
        self._modals = frozenset(modals)
        long_words = (word for word in self._forms.vocabulary if len(word) >= REPAIRED)
        self._vocabulary = Vocabulary(long_words, self._forms.knows)
        self._families = {group: family[0] for family in families for group in family}

    def family(self, thing: Thing) -> str:
        """What a thing takes another's place in: the first group of its family."""
        return self._families.get(thing.group, thing.group)

    def going_on(self, subject: Subject, before: Subject) -> Subject:
        """A subject read as going on from the one before.

        What it does not name itself is taken from there; conditions only as long as it names nothing
        of its own.
        """
        own = any(not thing.stays for thing in subject.things.values())
        replaced = {self.family(thing) for thing in subject.things.values()}
        kept = {
            name: thing
            for name, thing in before.things.items()
            if thing.stays or (not (own and thing.group == CONDITIONS) and self.family(thing) not in replaced)
        }
        asks = subject.asks if subject.asks not in (None, "is") else before.asks or subject.asks
        things = {**subject.things, **kept}
        by = subject.by
        if by is None and before.by:  # "en een invaller?": somebody else does the same
            somebody = next((thing for thing in things.values() if thing.group == PERSONS), None)
            by = before.by if before.by in things else somebody.id if somebody else None
        return Subject(asks, by, things)

    def read(self, text: str) -> Subject:
        """What a text is about, its long words read without their typing errors."""
        return self.read_words(
            [
                self._vocabulary.repair(word) if len(word) >= REPAIRED else word
                for word in split(_OR_NOT.sub("", text))
            ]
        )

    def read_words(self, words: Sequence[str]) -> Subject:
        found: dict[str, Found] = {}
        for one in self._forms.find(words):
            if one.name not in found or len(one.places) > len(found[one.name].places):
                found[one.name] = one
        kinds = [one for one in self._asks.find(words) if self._is_asked(one, words)]
        actor = self._actor(words, kinds, found)
        own_role = self._own_role(words, found)
        if own_role:
            actor = actor or own_role
            if actor in SELF:
                actor = None
            if actor != own_role:
                del found[own_role]
        order = sorted(found.values(), key=lambda one: (-len(one.places), one.places[0]))
        asked = _asked(kinds, words)
        return Subject(
            next((kind for kind in ASKS if asked and kind == asked.name), None),
            actor,
            {one.name: self.things[one.name] for one in order},
            {one.name: one.places for one in order},
            asked is not None and asked.places[0] > BEGINNING,
        )

    def _is_asked(self, kind: Found, words: Sequence[str]) -> bool:
        """Whether "mag" or "moet" asks here: at the beginning, or with its subject behind it ("…, mag
        dat"), not at the end of a clause ("een kind dat er niet op mag").
        """
        if kind.places[0] <= BEGINNING or words[kind.places[-1]] not in self._modals:
            return True
        behind = words[kind.places[-1] + 1] if kind.places[-1] + 1 < len(words) else ""
        return behind in self._subjects or behind in self._passed_over or len(kind.places) > 1

    def _actor(self, words: Sequence[str], kinds: Sequence[Found], found: Mapping[str, Found]) -> str | None:
        """The person named right behind "mag" or "moet"; without such a word the one that the text begins
        with.
        """
        for kind in kinds:
            if kind.name not in YES_OR_NO:
                continue
            place = kind.places[-1] + 1
            while place < len(words) and words[place] in self._passed_over:
                place += 1
            return self._person_at(place, found)
        first = next((place for place, word in enumerate(words) if word not in self._passed_over), len(words))
        somebody = self._person_at(first, found)
        return None if somebody in SELF else somebody

    def _person_at(self, place: int, found: Mapping[str, Found]) -> str | None:
        return next(
            (
                name
                for name, one in found.items()
                if self.things[name].group == PERSONS and one.places[0] == place
            ),
            None,
        )

    def _own_role(self, words: Sequence[str], found: Mapping[str, Found]) -> str | None:
        """As what somebody asks: "mag ik als invaller …". A plural says "if": "als ouders nee zeggen"."""
        for name, one in found.items():
            place = one.places[0]
            before = words[place - 1] if place else ""
            if before in ("a", "an") and place > 1:
                before = words[place - 2]
            is_plural = words[one.places[-1]].endswith(("en", "s"))
            if self.things[name].group == PERSONS and before in ("als", "as") and not is_plural:
                return name
        return None


def _asked(kinds: Sequence[Found], words: Sequence[str]) -> Found | None:
    """What is asked first, of two at one place the longer one. "is" only asks where a question begins with
    it.
    """

    def tells(one: Found) -> bool:
        if one.name in YES_OR_NO:
            return True
        place = one.places[0]
        begins = place == 0 or (place == 1 and words[0] in JOINTS)
        return begins if one.name == "is" else place <= LATEST

    telling = [one for one in kinds if tells(one)]
    firm = [one for one in telling if one.name != "is"] or telling
    return min(firm, key=lambda one: (one.places[0], -len(one.places)), default=None)


def load(folder: Path, problems: list[Problem]) -> ThingReader:
    """The things of a pack; none if it has no such file. Problems are added to the list."""
    path = folder / FILE
    if not path.is_file():
        return ThingReader({}, {}, {}, ())
    content = read(path, str(path), problems).fields(
        "asks", "things", optional=("families", "passed_over", "subjects", "modals")
    )
    asks: dict[Asks, list[str]] = {}
    for name, value in content["asks"].items():
        if kind := next((kind for kind in ASKS if kind == name), None):
            asks[kind] = _forms(value)
        else:
            value.problem(f'unknown kind of question "{name}"{did_you_mean(name, ASKS)}')
    things: dict[str, Thing] = {}
    forms: dict[str, list[str]] = {}
    groups = content["things"].items()
    for group, members in groups:
        for thing, words, value in _group(group, members):
            if thing.id in things:
                value.problem(f'thing "{thing.id}" stands here twice')
            things[thing.id], forms[thing.id] = thing, words
    families = [[text for text, _ in family.texts()] for family in content["families"].sequence()]
    known = [group for group, _ in groups]
    for group in (group for family in families for group in family if group not in known):
        content["families"].problem(f'unknown group "{group}"{did_you_mean(group, known)}')
    passed_over, subjects, modals = (
        [text for text, _ in content[name].texts()] for name in ("passed_over", "subjects", "modals")
    )
    return ThingReader(things, forms, asks, families, passed_over, subjects, modals)


def _group(group: str, members: Value) -> Iterator[tuple[Thing, list[str], Value]]:
    """The things of one group, with their words and where they stand."""
    entries = members.items()
    nowhere: dict[Language, str] = {"nl": "", "en": ""}
    at = next((value.translated() for name, value in entries if name == "at"), nowhere)
    for name, value in entries:
        if name == "at":
            continue
        fields = value.fields("nl", "en", "forms", optional=("at", "in"))
        names: dict[Language, str] = {"nl": fields["nl"].text(), "en": fields["en"].text()}
        own = at if fields["at"].missing else fields["at"].translated()
        found_in = fields["in"].text(required=False)
        yield Thing(name, group, names, own, found_in), _forms(fields["forms"]), value


def _forms(value: Value) -> list[str]:
    found = []
    for text, line in value.texts():
        if not parse_form(text):
            value.problem(f'form "{text}" can match nothing', line)
        found.append(text)
    return found
