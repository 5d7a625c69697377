"""In which language to answer. A whole sentence or a setting changes it, a short word never does."""

from __future__ import annotations

from handlers.context import Context
from handlers.texts import Texts
from handlers.turn import Turn
from knowledge.language.words import Language, split
from knowledge.matching.matcher import ENGLISH
from knowledge.talk.acts import Act, Heard

WHOLE_SENTENCE = 3
"""Words from which a text tells its own language."""
OPENING: frozenset[Act] = frozenset({"greeting", "help", "about_us"})
"""Acts with which somebody opens a conversation, in their own language."""
WHOLE_ACT = 2
"""The same for these, before anything was asked: "hi" and "hey" are Dutch too."""


def of_question(text: str, turn: Turn, context: Context) -> Texts:
    """The language to answer a question in: the one chosen, that of the question if it is a whole sentence,
    else the one spoken so far.
    """
    if context.session.language:
        return context.all_texts[context.session.language]
    words = split(text)
    leaning = context.matcher.leaning(words)
    spoken = context.session.spoken or turn.person.language
    language: Language
    if len(words) >= WHOLE_SENTENCE and leaning > ENGLISH:
        language = "en"
    elif len(words) >= WHOLE_SENTENCE and leaning < -ENGLISH:
        language = "nl"
    else:
        language = spoken or context.matcher.language(words)
    return context.all_texts[language]


def of_act(heard: Heard, text: str, turn: Turn, context: Context) -> Texts:
    """The same for what is no question: thanks and the like change no language."""
    if context.session.language:
        return context.all_texts[context.session.language]
    if heard.rest:
        return of_question(text, turn, context)
    words = split(text)
    least = WHOLE_ACT if heard.act in OPENING else WHOLE_SENTENCE
    begins = context.session.asked is None and (len(words) >= least or "hello" in words)
    if begins and context.matcher.leaning(words) > ENGLISH:
        return context.all_texts["en"]
    return context.texts
