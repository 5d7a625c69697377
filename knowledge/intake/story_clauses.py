"""The clauses of a story: each with its words, what opens it, and the cues in it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.intake.story_prose import Prose
from knowledge.intake.story_words import StoryWords
from knowledge.intake.word_forms import Hit

Opener = str
"""content (waarin), relative (die), other (omdat), join (en), "" (nothing, or a comma)."""

_PARTICIPLE = re.compile(
    r"(?:\w*ge\w+(?:d|t|en|aan)|(?:be|ver|ont|her)\w+(?:d|ken|den|ten|ren|len|nen|wen|ven))$"
)
_IRREGULAR = frozenset(("besproken", "verschenen", "verzonden", "beschreven", "begonnen"))
BRIEF = 3
"""Words of a remark that colours the clause before it."""
MIN_THAT = 2
"""Words that "dat" must bring to be what was said."""
THAT = ("dat", "that")
_ENGLISH_PARTICIPLE = re.compile(
    r"(?:\w+ed|sent|made|put|shared|called|told|spread|written|said|shown|seen|beaten|hit|beat|taken|shot|hacked|caught|"
    r"mocked|posted|got|gotten|done)$"
)


@dataclass(slots=True)
class Clause:
    number: int
    sentence: int
    opener: Opener
    word: str
    """The word that opens it: "dat", "waarin"; "" if none does."""
    tokens: list[int] = field(default_factory=list)
    parent: int | None = None
    """The clause that it hangs on."""
    cues: tuple[tuple[str, tuple[int, ...]], ...] = ()
    """(cue, the numbers of its words in the text)."""

    def has(self, *cues: str) -> bool:
        return any(cue in cues for cue, _ in self.cues)

    def places(self, *cues: str) -> list[tuple[int, ...]]:
        return [places for cue, places in self.cues if cue in cues]

    @property
    def is_hearsay(self) -> bool:
        """ "volgens een moeder": what somebody else says."""
        return self.has("hearsay") and not self.has("hearsay_not")

    @property
    def first(self) -> int:
        return self.tokens[0]

    @property
    def span(self) -> tuple[int, int]:
        """Its first and last word, without an "en" or "maar" that it begins with."""
        opens = self.opener in ("join", "other") and len(self.tokens) > 1
        return (self.tokens[1] if opens else self.tokens[0], self.tokens[-1])

    @property
    def last(self) -> int:
        return self.tokens[-1]


def read_clauses(prose: Prose, words: StoryWords) -> list[Clause]:
    """Every clause of the text, in order. Quoted words are in none."""
    return _Splitter(prose, words).clauses()


def is_participle(word: str) -> bool:
    """Whether a verb's form is a Dutch participle; English ones are told by what stands before them."""
    return word in _IRREGULAR or bool(_PARTICIPLE.match(word))


def is_english_participle(word: str) -> bool:
    return bool(_ENGLISH_PARTICIPLE.match(word))


class _Splitter:
    def __init__(self, prose: Prose, words: StoryWords) -> None:
        self.prose = prose
        self.words = words
        self.word = [token.word for token in prose.tokens]
        self.joins = words.words["joins"]
        hits = words.cues.find(prose.tokens)
        verbs = (
            "finite",
            *(
                f"deeds {deed}"
                for deed in ("attack", "about", "post", "put", "say", "send", "receive", "join", "confess")
            ),
        )
        told = tuple(f"deeds {deed}" for deed in ("about", "post", "put", "say", "send"))
        self.doubts = {place for hit in hits if hit.label == "doubt" for place in hit.tokens}
        self.saying = {place for hit in hits if hit.label in told for place in hit.tokens}
        self.verbs = {
            hit.first
            for hit in hits
            if hit.label in verbs
            and (hit.label == "finite" or not is_participle(self.word[hit.first]))
            and self.word[hit.first] not in words.words["prepositions"]
        }

    def clauses(self) -> list[Clause]:
        found: list[Clause] = []
        for sentence in sorted(set(self.prose.sentences)):
            places = [
                place
                for place, number in enumerate(self.prose.sentences)
                if number == sentence and not self.prose.quoted[place]
            ]
            if places:
                found += self._sentence(sentence, places, len(found))
        for clause in found:
            clause.cues = tuple(self._cues(clause))
        return found

    def _sentence(self, sentence: int, places: list[int], number: int) -> list[Clause]:
        found: list[Clause] = []
        current: Clause | None = None
        for opener, word, part in self._parts(places):
            target = self._joins(opener, part, current, found, number) if current else None
            if target is None:
                parent = current.number if current and opener in ("content", "relative", "other") else None
                goes_on = (
                    current and current.word == word == "dat" and self.word[current.tokens[-1]] in self.joins
                )
                if current and goes_on:  # "dat hij steelt en dat zijn ouders ..."
                    parent = current.parent
                target = Clause(number + len(found), sentence, opener, word, parent=parent)
                found.append(target)
            target.tokens += part
            current = target
        return found

    def _joins(
        self, opener: Opener, part: list[int], current: Clause, found: list[Clause], start: int
    ) -> Clause | None:
        """The clause that a part goes on with; None if it is one of its own."""
        finite = self._is_finite(part) or self._quotes_predicate(part)
        if opener == "other" and not finite and self.word[part[0]] in ("als", "as"):
            return current
        says = self.word[part[0]] in THAT and bool(self.saying & set(current.tokens)) and len(part) > MIN_THAT
        if opener in ("other", "content") or (opener == "relative" and (finite or says)):
            return None
        if opener == "relative":
            return current
        if opener in (":", "-"):
            return None if self._is_finite(current.tokens) or finite else current
        parent = found[current.parent - start] if current.parent is not None else None
        if (
            parent
            and current.opener == "relative"
            and opener in (",", "resumes")
            and self._awaits(parent, part)
        ):
            return parent
        if len(part) <= BRIEF and self.doubts & set(part):  # "..., denken we"
            return current
        if finite and (
            self._is_finite(current.tokens) or (opener in ("join", ",") and self._is_told(current.tokens))
        ):
            return None
        if self._elliptic(part) and self._is_finite(current.tokens):
            return None
        return current

    def _awaits(self, clause: Clause, part: list[int]) -> bool:
        """Whether a clause lacks the verb that the part brings."""
        if not self._is_finite(clause.tokens):
            return self._is_finite(part)
        participle = any(is_participle(self.word[place]) for place in clause.tokens)
        has_perfect = any(self.word[place] in self.words.words["perfect"] for place in clause.tokens)
        return has_perfect and not participle and any(is_participle(self.word[place]) for place in part)

    def _quotes_predicate(self, part: list[int]) -> bool:
        """Whether literal words follow at once: "dat de juf "niks kan""."""
        following = part[-1] + 1
        return len(part) > 1 and following < len(self.word) and self.prose.quoted[following]

    def _is_told(self, places: Sequence[int]) -> bool:
        """Whether it is a whole clause without a finite verb: "gemaakt door twee leerlingen"."""
        said = [self.word[place] for place in places]
        return any(is_participle(word) for word in said) and any(
            word in self.words.words["by"] for word in said
        )

    def _elliptic(self, part: list[int]) -> bool:
        """ "de ouders nog niet", "het team wel": denies or affirms what was said before of others."""
        said = [self.word[place] for place in part]
        return len(said) <= 7 and (
            said[-1] in ("niet", "wel", "ook", "not", "yet") or "nog niet" in " ".join(said)
        )

    def _is_finite(self, places: Sequence[int]) -> bool:
        return any(place in self.verbs for place in places)

    def _parts(self, places: list[int]) -> Iterator[tuple[Opener, str, list[int]]]:
        """The pieces between commas, joins and openers, each with what opens it."""
        opener, word = "", ""
        content = False
        part: list[int] = []
        for index, place in enumerate(places):
            kind = self._opens(place, part, opener, content)
            if part and kind:
                yield opener, word, part
                if len(part) > 1:
                    content = opener == "relative" and word in THAT
                part = []
            if not part:
                opener, word = kind, self.word[place]
                if index == 0 and (kind not in ("content", "other") or word in THAT):
                    opener = ""
            part.append(place)
        if part:
            yield opener, word, part

    def _opens(self, place: int, part: list[int], opener: Opener, content: bool) -> Opener:
        """What a word opens; `content`: whether "dat" opened the part before it."""
        word, words = self.word[place], self.words.words
        signs = self.prose.breaks[place]
        gap = place > 0 and bool(self.prose.quoted[place - 1])
        before = self.word[part[-1]] if part else ""
        if word == "maar" and before in ("nog", "alleen", "dan"):  # "nog maar een deel"
            return ""
        if word == "als" and "zowel" in (self.word[place] for place in part):
            return "join"
        for kind in ("content", "other"):
            if word in words[f"openers {kind}"]:
                return kind
        object_after_verb = word == "die" and bool(part) and part[-1] in self.verbs
        if (
            word in words["openers relative"]
            and (signs or before not in words["prepositions"])
            and not object_after_verb
        ):
            return "join" if word == "dat" and before in words["joins"] and not content else "relative"
        if ":" in signs and not gap:
            return ":"
        if word in words["joins"]:
            return "join"
        if any(sign in signs for sign in ",()–—") or signs == "-":
            return ","
        if opener != "relative" or not part or not {part[-1], place} <= self.verbs:
            return ""
        return "" if word.endswith(("en", "ed", "ing")) else "resumes"

    def _cues(self, clause: Clause) -> Iterator[tuple[str, tuple[int, ...]]]:
        tokens = [self.prose.tokens[place]._replace(sentence=0) for place in clause.tokens]
        hits: list[Hit[str]] = self.words.cues.find(tokens)
        for hit in hits:
            yield hit.label, tuple(clause.tokens[position] for position in hit.tokens)
