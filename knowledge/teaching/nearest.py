"""What a question may have asked for: the rules and topics that come nearest."""

from __future__ import annotations

from knowledge.language.words import Language
from knowledge.matching.matcher import Matcher
from knowledge.pack.loading import OTHER_LABELS


def nearest(matcher: Matcher, text: str, count: int, language: Language = "nl") -> list[tuple[str, str]]:
    """(label, title) of the likeliest rules, topics and other labels, the best first."""
    titles = {str(rule.id): rule.title.get(language) or rule.title["nl"] for rule in matcher.pack.protocol}
    titles |= {topic.label: topic.title[language] for topic in matcher.pack.topics}
    titles |= {label: label for label in OTHER_LABELS}
    index = matcher.index
    chances = index.model.probabilities(index.reader.read(text))
    order = sorted(range(len(chances)), key=lambda number: -float(chances[number]))
    labels = [index.model.labels[number] for number in order if index.model.labels[number] in titles]
    return [(label, titles[label]) for label in labels[:count]]
