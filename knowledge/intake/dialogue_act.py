"""Whether a text answers the question that is open, or asks the assistant something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from knowledge.intake.marked_text import MarkedText
from knowledge.intake.mention import Mention


def is_question(marked: MarkedText, mentions: Sequence[Mention]) -> bool:
    """Whether the text asks something of the assistant: not for a tag ("toch?"), nor for an answer with doubt
    in its tone ("de juf?").
    """
    return any(_asks(first, last, marked, mentions) for first, last in _asked_sentences(marked)) or (
        not _ends_asked(marked) and _opens_as_question(marked)
    )


def _asked_sentences(marked: MarkedText) -> Iterator[tuple[int, int]]:
    """(first, last) word of each sentence with a question mark."""
    first = 0
    for place, token in enumerate(marked.tokens):
        following = marked.tokens[place + 1] if place + 1 < len(marked.tokens) else None
        if following and following.sentence == token.sentence:
            continue
        after = marked.text[token.end : following.start if following else len(marked.text)]
        if "?" in after:
            yield first, place
        first = place + 1


def _ends_asked(marked: MarkedText) -> bool:
    return bool(marked.tokens) and "?" in marked.text[marked.tokens[-1].end :]


def _opens_as_question(marked: MarkedText) -> bool:
    """Whether a text without a question mark begins as a question, and says neither "weet ik niet" nor "niet"
    ("kan ik niet uitsluiten").
    """
    unknown = {places[0] for places in marked.where("unknown")}
    for first, *_ in marked.where("question"):
        begins = first == 0 or marked.tokens[first].breaks
        if begins and first not in unknown and not _is_denied(first, marked):
            return True
    return False


def _is_denied(first: int, marked: MarkedText) -> bool:
    """Whether a "niet" follows closely: what opens like a question is a statement then."""
    return marked.within("negation", first, first + 4) and not marked.within("alternative", first, first + 4)


def _asks(first: int, last: int, marked: MarkedText, mentions: Sequence[Mention]) -> bool:
    """Whether a sentence with a question mark is a question to the assistant."""
    if any(first < places[0] and places[-1] == last for places in marked.where("tag")):
        return False
    if any(first <= places[0] <= last for places in marked.where("question")):
        return True
    starts = {place for place in range(first, last + 1) if place == first or marked.tokens[place].breaks}
    if any(places[0] in starts for places in marked.where("interrogative")):
        return True
    named = any(first <= mention.first <= last for mention in mentions)
    hedged = marked.has("maybe") or marked.has("likely") or marked.has("unknown")
    return last + 1 == len(marked.tokens) and not named and not hedged
