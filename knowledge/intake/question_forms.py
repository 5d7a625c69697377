"""The forms of one question, compiled: its options' words, the markers and the words of its persons' role."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from knowledge.intake.answer_words import MARKERS, AnswerWords, Forms, each_form
from knowledge.intake.word_forms import FormIndex, Hit, Token
from knowledge.language.ordinary_words import load_ordinary_words
from knowledge.language.words import LANGUAGES, Language
from knowledge.pack.flow import Step

MAX_INDEXES = 200
"""Questions whose forms are kept compiled."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a form of a question stands for."""

    kind: Literal["option", "hint", "marker", "led_by", "not_led_by"]
    name: str = ""
    """The option or the marker."""
    language: Language | None = None
    """The language of a word that the other language has too ("of"); None for an option's."""
    group: str = ""
    """The group of `answers.yaml` that an option's form comes from; "" for the question's own words."""


def find_hits(
    step: Step, tokens: Sequence[Token], words: AnswerWords, language: Language
) -> list[Hit[Label]]:
    """Every form of the question in a text, the longest of those that overlap. `language`: that of a text
    whose words do not tell.
    """
    spoken = _spoken(tokens, words, language)
    hits = _index(step, words).find(tokens)
    return _compete([hit for hit in hits if hit.label.language is None or hit.label.language in spoken])


_indexes: dict[int, tuple[Step, FormIndex[Label]]] = {}


def _index(step: Step, words: AnswerWords) -> FormIndex[Label]:
    """The forms of a question, compiled once for each step that was loaded."""
    found = _indexes.get(id(step))
    if found is None or found[0] is not step:
        if len(_indexes) >= MAX_INDEXES:
            _indexes.clear()
        found = (step, FormIndex(_forms(step, words), words.ordinary, words.numbers, load_ordinary_words()))
        _indexes[id(step)] = found
    return found[1]


def _forms(step: Step, words: AnswerWords) -> Iterator[tuple[str, Label]]:
    for option in step.options:
        named, may_be = Label("option", option.id), Label("hint", option.id)
        for label in option.label.values():
            yield from ((label, named), (label.split(",")[0], named))
        for group in option.means:
            of_group = Label("option", option.id, group=group)
            yield from ((form, of_group) for form in each_form(words.groups.get(group, {})))
        for group in option.may_mean:
            hinted = Label("hint", option.id, group=group)
            yield from ((form, hinted) for form in each_form(words.groups.get(group, {})))
        yield from ((form, named) for form in each_form(option.words))
        yield from ((form, may_be) for form in each_form(option.hints))
    for marker in MARKERS:
        if marker in _OF_ONE_LANGUAGE:
            yield from _by_language(words.markers[marker], "marker", marker)
        else:
            yield from ((form, Label("marker", marker)) for form in each_form(words.markers[marker]))
    if step.role:
        yield from _by_language(words.roles[step.role].led_by, "led_by")
        yield from _by_language(words.roles[step.role].not_led_by, "not_led_by")


_OF_ONE_LANGUAGE = frozenset[str](
    (
        *("affirmation", "contrast", "reason", "relative", "coordination", "alternative", "clause"),
        *("subject", "verb", "light", "past", "future", "whether"),
    )
)
"""Markers with words that mean something else in the other language: "of", "want", "die"."""


def _by_language(
    forms: Forms, kind: Literal["marker", "led_by", "not_led_by"], name: str = ""
) -> Iterator[tuple[str, Label]]:
    for language in LANGUAGES:
        label = Label(kind, name, language)
        yield from ((form, label) for form in forms.get(language, ()))


def _spoken(tokens: Sequence[Token], words: AnswerWords, otherwise: Language) -> tuple[Language, ...]:
    """The language of most of the telling words; both if there are none."""
    counts = {
        language: sum(token.word in words.telling[language] for token in tokens) for language in LANGUAGES
    }
    most = max(counts.values())
    if not most:
        return LANGUAGES
    leading = [language for language in LANGUAGES if counts[language] == most]
    return (leading[0] if len(leading) == 1 else otherwise,)


def _compete(hits: Sequence[Hit[Label]]) -> list[Hit[Label]]:
    """The hits without those whose words are all part of a longer one's ("weet ik niet" holds a "niet")."""
    by_token: dict[int, list[Hit[Label]]] = {}
    for hit in hits:
        for token in hit.tokens:
            by_token.setdefault(token, []).append(hit)
    kept = [hit for hit in hits if not any(_beats(other, hit) for other in by_token[hit.first])]
    unique: dict[object, Hit[Label]] = {}
    for hit in sorted(kept, key=lambda hit: hit.label.group == ""):
        unique.setdefault((hit.label.kind, hit.label.name, hit.tokens), hit)
    return list(unique.values())


_OVERRULING = frozenset[str](
    ("unknown", "correction", "outsider", "outside", "someone_of", "future", "assumed")
)
"""Markers that take an option's word with them: "nee wacht" is no "nee"."""
_ASKING = frozenset[str](("question", "interrogative", "tag"))
_NEUTRAL = frozenset[str](("question", "interrogative", "tag", "verb", "light", "past", "subject", "bare_no"))
"""Markers that leave every word in them what else it is: "en is …?" holds an "en" all the same."""


def _beats(other: Hit[Label], hit: Hit[Label]) -> bool:
    """Whether the other hit makes this one void."""
    if other.tokens == hit.tokens:
        return _is_weaker(hit, other) or _is_particle(hit, other)
    if other.label.name in _NEUTRAL or hit.label.name in _ASKING:
        return False
    if (hit.label.name, other.label.kind) == ("negation", "option"):
        return False  # it may deny what follows: "geen acute dreiging"
    if other.label.kind == "marker" and hit.label.kind != "marker" and other.label.name not in _OVERRULING:
        return False
    return len(other.tokens) > len(hit.tokens) and set(hit.tokens) < set(other.tokens)


def _is_weaker(hit: Hit[Label], other: Hit[Label]) -> bool:
    """Whether of two hits on the same words this gives way: `*moeder` to "leesmoeder", a hint to a word."""
    if {hit.label.kind, other.label.kind} - {"option", "hint"}:
        return False
    if hit.exact != other.exact:
        return other.exact
    return (hit.label.kind, other.label.kind) == ("hint", "option")


def _is_particle(hit: Hit[Label], other: Hit[Label]) -> bool:
    """Whether a "no" that could deny what follows is the answer itself."""
    return hit.label.name == "negation" and other.label.group == "no"
