"""Whether a text answers the question that is open, or asks the assistant something."""

from __future__ import annotations

import re
from collections.abc import Sequence

from knowledge.intake.marked_text import MarkedText
from knowledge.intake.mention import Mention

_ASKED = re.compile(r"\?[\s)!.\"'”]*$")


def is_question(marked: MarkedText, mentions: Sequence[Mention]) -> bool:
    """Whether the text asks something of the assistant: not for a tag ("toch?"), nor for an answer with doubt
    in its tone ("de juf?").
    """
    if not marked.tokens:
        return False
    asked = _ASKED.search(marked.text) is not None
    openings = {places[0] for places in marked.where("question")}
    if not asked:
        openings -= {places[0] for places in marked.where("unknown")}
        return any(place == 0 or marked.tokens[place].breaks for place in openings)
    last = [n for n, token in enumerate(marked.tokens) if token.sentence == marked.tokens[-1].sentence]
    if any(places[-1] == last[-1] and len(last) > len(places) for places in marked.where("tag")):
        return False
    if any(place in last for place in openings):
        return True
    starts = {n for n in last if n == last[0] or marked.tokens[n].breaks}
    if any(places[0] in starts for places in marked.where("interrogative")):
        return True
    named = any(set(mention.tokens) & set(last) for mention in mentions)
    return not (named or marked.has("maybe") or marked.has("likely") or marked.has("unknown"))
