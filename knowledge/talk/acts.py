"""What somebody does with a few words that ask nothing of the protocol: greets, thanks, corrects, wants a
person.

The words are data, the same for every board: `knowledge/common/acts.yaml` tells how its forms are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from knowledge.files.problems import PackError, Problem, did_you_mean
from knowledge.files.yaml_file import Value, read
from knowledge.language.lexicon import parse_form
from knowledge.language.words import Vocabulary, split
from knowledge.talk.forms import Forms, Found

FILE = Path(__file__).parent.parent / "common" / "acts.yaml"

Act = Literal[
    "english", "dutch", "preface", "person", "shorter", "unclear", "not_meant", "meant", "disagree",
    "next", "why", "pdf", "protocol", "stop", "drop", "thanks", "bye", "menu", "about_us", "privacy", "news",
    "resume",
    "help", "test", "later", "feeling", "ok", "greeting",
]  # fmt: skip
ACTS: tuple[Act, ...] = get_args(Act)
ABOUT_THE_ANSWER: frozenset[Act] = frozenset(
    {"shorter", "unclear", "not_meant", "meant", "disagree", "next", "why"}
)
"""Acts that say something of the answer before them."""
LONGEST = 14
"""Words up to which a message can be an act and nothing else."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An act that was recognised."""

    act: Act
    rest: str = ""
    """What it is about, in the person's own words: "van leerlingen" of "nee, ik bedoel van leerlingen"."""


class ActReader:
    """Recognises acts. `forms` has them as "whole:thanks", "leads:why" and "inside:english", the most telling
    act first.
    """

    def __init__(
        self,
        forms: Mapping[str, Sequence[str]],
        fillers: Sequence[str],
        symbols: Mapping[str, Act],
        goes_on: Sequence[str] = (),
        points_back: Sequence[str] = (),
        loose: Sequence[str] = (),
    ) -> None:
        self.goes_on = tuple(tuple(split(text)) for text in goes_on)
        """How a question begins that goes on from the one before, word by word."""
        self.points_back = frozenset(points_back)
        """Words that point back to what was asked before."""
        self._loose = frozenset(loose)
        """Small words that may also stand inside a form."""
        self._joints = frozenset(words[0] for words in self.goes_on if len(words) == 1)
        self._forms = Forms(forms)
        self._order = {name: number for number, name in enumerate(forms)}
        self._fillers = frozenset(fillers)
        self._symbols = symbols
        self._vocabulary = Vocabulary(self._forms.vocabulary | self._fillers)

    def is_joint(self, word: str) -> bool:
        """Whether a word only joins a question to the one before: "en"."""
        found = split(word)
        return len(found) == 1 and (found[0] in self._joints or found[0] in ("ok", "oke", "ja"))

    def without_loose(self, text: str) -> str:
        """The text without small words before it: "eigenlijk snapchat" is about Snapchat."""
        words = text.split()
        while len(words) > 1 and words[0].lower().strip(",.") in self._loose:
            words = words[1:]
        return " ".join(words)

    def read(self, text: str) -> Heard | None:
        """The act that the text is, if it is one; None: it says something else, such as a question."""
        typed = split(text)
        if not typed:
            return self._read_symbols(text)
        words = [self._vocabulary.repair(word) for word in typed]
        heard = self._read_words(typed, words)
        if heard and not heard.rest:
            return heard
        tight = [word for word in words if word not in self._loose]
        if len(tight) < len(words) and (whole := self._read_words(tight, tight)) and not whole.rest:
            return whole
        return heard

    def _read_words(self, typed: Sequence[str], words: Sequence[str]) -> Heard | None:
        found = list(self._forms.find(words))
        if inside := [one for one in found if one.name.startswith("inside:")]:
            return Heard(_act(self._best(inside)))
        whole = [one for one in found if one.name.startswith("whole:")]
        covered = {place for one in whole for place in one.places}
        left = [
            place for place, word in enumerate(words) if place not in covered and word not in self._fillers
        ]
        if whole and not left and len(words) <= LONGEST:
            return Heard(_act(self._best(whole)))
        return self._read_lead(typed, words, found, covered)

    def _read_lead(
        self, typed: Sequence[str], words: Sequence[str], found: Sequence[Found], covered: set[int]
    ) -> Heard | None:
        """The act that the text begins with, and what it says after it. Small words may stand before it."""
        leads = [
            one
            for one in found
            if one.name.startswith("leads:")
            and all(place in covered or words[place] in self._fillers for place in range(one.places[0]))
        ]
        if not leads:
            return None
        lead = self._best(leads)
        rest = typed[lead.places[-1] + 1 :]
        if rest and (inner := self._read_words(rest, words[lead.places[-1] + 1 :])) and not inner.rest:
            return inner
        return Heard(_act(lead), " ".join(rest)) if rest else None

    def _read_symbols(self, text: str) -> Heard | None:
        acts = [act for symbol, act in self._symbols.items() if symbol in text]
        others = [c for c in text if c.isalpha()]
        return Heard(acts[0]) if acts and not others else None

    def _best(self, found: Sequence[Found]) -> Found:
        """The form of the most words; of equals the one of the act that tells most."""
        return min(found, key=lambda one: (-len(one.places), self._order[one.name]))


@cache
def load(file: Path = FILE) -> ActReader:
    """The reader of the shared acts. Raises `PackError` with every problem at once."""
    problems: list[Problem] = []
    content = read(file, str(file), problems).fields(
        "fillers", "symbols", "acts", "goes_on", "points_back", "loose"
    )
    fillers = [text for text, _ in content["fillers"].texts()]
    symbols: dict[str, Act] = {}
    for name, value in content["symbols"].items():
        for text, _ in value.texts():
            symbols[text] = _known(name, value)
    forms: dict[str, list[str]] = {}
    for entry in content["acts"].sequence():
        fields = entry.fields("act", optional=("whole", "leads", "inside"))
        act = _known(fields["act"].text(), fields["act"])
        for way in ("whole", "leads", "inside"):
            for text, line in fields[way].texts():
                if not parse_form(text):
                    fields[way].problem(f'form "{text}" can match nothing', line)
                forms.setdefault(f"{way}:{act}", []).append(text)
    if problems:
        raise PackError(problems)
    goes_on, points_back, loose = (
        [text for text, _ in content[name].texts()] for name in ("goes_on", "points_back", "loose")
    )
    return ActReader(forms, fillers, symbols, goes_on, points_back, loose)


def _known(name: str, value: Value) -> Act:
    for act in ACTS:
        if act == name:
            return act
    value.problem(f'unknown act "{name}"{did_you_mean(name, ACTS)}')
    return "ok"


def _act(found: Found) -> Act:
    name = found.name.partition(":")[2]
    return next(act for act in ACTS if act == name)
