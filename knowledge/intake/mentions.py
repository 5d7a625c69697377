"""Which options of a question a text names, where, and how: denied, doubted, corrected, or told besides.

`find_options` gives every mention with its place; `choice_answer.py` makes an answer of them, and a story is
read with the same mentions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from knowledge.intake.answer_words import MARKERS, load_answer_words
from knowledge.intake.marked_text import MarkedText, Places, mark
from knowledge.intake.mention import Mention
from knowledge.intake.negation import denied
from knowledge.intake.participants import Participants
from knowledge.intake.question_forms import Label, find_hits
from knowledge.intake.word_forms import Hit, tokenise
from knowledge.language.words import Language
from knowledge.pack.flow import Step

NEAR = 3
"""Words between "misschien" and what it doubts, at most, if a comma stands between."""

__all__ = ["Mention", "Reading", "find_options", "read_options"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text with everything that was found in it."""

    marked: MarkedText
    mentions: tuple[Mention, ...]

    def words_of(self, mention: Mention) -> str:
        return self.marked.text[mention.start : mention.end]


def find_options(step: Step, text: str, language: Language = "nl") -> tuple[Mention, ...]:
    """Every mention of an option of this question in the text, in order. `language`: that of a text whose
    words do not tell. The time is linear in the text's length.
    """
    return read_options(step, text, language).mentions


def read_options(step: Step, text: str, language: Language = "nl") -> Reading:
    """The text with its mentions and markers."""
    tokens = tokenise(text)
    hits = find_hits(step, tokens, load_answer_words(), language)
    marked = mark(
        text,
        tokens,
        (
            (marker, hit.tokens)
            for hit in hits
            if hit.label.kind == "marker"
            for marker in MARKERS
            if marker == hit.label.name
        ),
    )
    named = sorted((hit for hit in hits if hit.label.kind in ("option", "hint")), key=lambda hit: hit.tokens)
    mentions = [_mention(hit, marked) for hit in named]
    participants = Participants(
        step, marked, mentions, _last_words(hits, "led_by"), _last_words(hits, "not_led_by")
    )
    numbers = denied(marked, mentions, participants.leads, is_list=step.kind == "choices")
    mentions = [replace(mention, negated=number in numbers) for number, mention in enumerate(mentions)]
    return Reading(marked, participants.told_besides(mentions))


def _last_words(hits: Sequence[Hit[Label]], kind: str) -> frozenset[int]:
    return frozenset(hit.last for hit in hits if hit.label.kind == kind)


def _mention(hit: Hit[Label], marked: MarkedText) -> Mention:
    return Mention(
        option=hit.label.name,
        start=marked.tokens[hit.first].start,
        end=marked.tokens[hit.last].end,
        doubtful=_is_doubted(hit.tokens, marked),
        hint=hit.label.kind == "hint",
        group=hit.label.group,
        clause=marked.clauses[hit.first],
        tokens=hit.tokens,
    )


def _is_doubted(tokens: Places, marked: MarkedText) -> bool:
    near = marked.within("maybe", tokens[0] - NEAR - 1, tokens[-1] + NEAR + 1)
    return near or marked.in_clause("maybe", marked.clauses[tokens[0]])
