"""Whether a text answers the question that is open, or asks the assistant something."""

from __future__ import annotations

import re

from knowledge.intake.mentions import Reading

_ASKED = re.compile(r"\?[\s)!.\"'”]*$")


def is_question(reading: Reading) -> bool:
    """Whether the text asks something of the assistant: not for a tag ("toch?"), nor for an answer with doubt
    in its tone ("de juf?").
    """
    if not reading.tokens:
        return False
    asked = _ASKED.search(reading.text) is not None
    openings = {places[0] for places in reading.places("question")}
    if not asked:
        openings -= {places[0] for places in reading.places("unknown")}
        return any(place == 0 or reading.tokens[place].breaks for place in openings)
    last = [n for n, token in enumerate(reading.tokens) if token.sentence == reading.tokens[-1].sentence]
    if any(places[-1] == last[-1] and len(last) > len(places) for places in reading.places("tag")):
        return False
    if any(place in last for place in openings):
        return True
    starts = {n for n in last if n == last[0] or reading.tokens[n].breaks}
    if any(places[0] in starts for places in reading.places("interrogative")):
        return True
    named = any(set(mention.tokens) & set(last) for mention in reading.mentions)
    return not (named or reading.has("maybe") or reading.has("likely") or reading.has("unknown"))
