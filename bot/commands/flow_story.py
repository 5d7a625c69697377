"""`bot flow NAME --story FILE`: how a told story is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from handlers.report.story import find_personal, read_story_on
from knowledge.language.words import Language
from knowledge.pack.flow import Flow


def story_line(flow: Flow, text: str, today: date) -> Mapping[str, object]:
    """What the story tells for certain, the words that it rests on, and the personal data in it."""
    story = read_story_on(text, flow, today)
    facts: dict[str, object] = {question: list(options) for question, options in story.facts.items()}
    if story.day:
        facts["when"] = story.day.isoformat()
    personal = list(dict.fromkeys(each.text for each in find_personal(text)))
    return {"facts": facts, "words": dict(story.words), "personal": personal}


def story_in_words(flow: Flow, text: str, today: date, language: Language) -> str:
    """The same for a person to read, a line for each question."""
    story = read_story_on(text, flow, today)
    lines = []
    for step in flow.steps:
        options = story.facts.get(step.id, ())
        labels = [option.label[language] for option in step.options if option.id in options]
        if step.kind == "when" and story.day:
            labels = [story.day.isoformat()]
        if labels:
            lines.append(f'{step.id}: {"; ".join(labels)}  ("{story.words[step.id]}")')
    lines += [f"personal: {each.text} → {each.proposal}" for each in find_personal(text)]
    return "\n".join(lines) or "nothing is certain"
