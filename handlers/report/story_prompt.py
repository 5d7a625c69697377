"""A story that waits for its confirmation, as it is shown back: what was understood, with the words that each
answer rests on, and the personal data in it with a proposal.

The story is the draft's `held` text while a question with options is open.
"""

from __future__ import annotations

from collections.abc import Sequence

from handlers.cases.answer_words import name_of, words
from handlers.flow_interpreter import Answer, Chosen, Written
from handlers.reply import Block, Bullets, Button, Heading, Message, Paragraph
from handlers.report.held_text import proposed
from handlers.report.prompts import Told, question
from handlers.report.story import find_personal, moment_of, read_story_at
from knowledge.intake.story import Story
from knowledge.pack.contract import WHEN

NAMED = 5
"""Pieces of personal data that are named, at most."""


def is_waiting(told: Told) -> bool:
    """Whether a story waits for its confirmation."""
    return (
        bool(told.case.held) and told.step is not None and told.step.kind in ("choice", "choices", "school")
    )


def open_message(told: Told, first: Sequence[Block] = ()) -> Message:
    """The story that waits, else the open question."""
    return understood(told, first) if is_waiting(told) else question(told, first)


def understood(told: Told, first: Sequence[Block] = ()) -> Message:
    """What was understood of the story that waits, a line for each answer, and what may be done with it."""
    texts, text = told.texts, told.case.held
    story = read_story_at(text, told.flow, told.case.changed)
    lines = []
    for step_id, given in answers_of(told, story):
        step = told.flow.step(step_id)
        if step:
            answer = words(step, given, told.schools, texts)
            rests_on = story.words.get(step_id, "")
            name = "report_story_line" if rests_on not in answer else "report_story_line_plain"
            lines.append(texts(name, what=name_of(step, texts), answer=answer, words=rests_on))
    blocks: list[Block] = [*first, Heading(texts("report_story_title"))]
    blocks.append(Bullets(tuple(lines)) if lines else Paragraph(texts("report_story_nothing")))
    personal = find_personal(text, told)
    if personal:
        named = ", ".join(f"“{each}”" for each in list(dict.fromkeys(one.text for one in personal))[:NAMED])
        blocks.append(Paragraph(texts("report_story_personal", words=named)))
        blocks.append(Paragraph(proposed(text, personal)))
    blocks.append(Paragraph(texts("report_story_check"), tone="aside"))
    return Message(tuple(blocks), ways(told, bool(personal)))


def ways(told: Told, personal: bool) -> tuple[Button, ...]:
    """What may be done with a story that waits. `personal`: whether it holds somebody's data."""
    texts = told.texts
    keep = [told.labelled(texts("report_story_keep"), "story", "proposal")]
    if personal:
        keep = [
            told.labelled(texts("report_story_keep_proposal"), "story", "proposal"),
            told.labelled(texts("report_story_keep_typed"), "story", "typed"),
        ]
    return (
        *keep,
        told.labelled(texts("report_rewrite"), "story", "again"),
        told.button("report_pause", "pause"),
        told.button("report_cancel", "cancel"),
    )


def answers_of(told: Told, story: Story) -> list[tuple[str, Answer]]:
    """The certain answers of a story in the order of the questions, without those that were given before."""
    found: list[tuple[str, Answer]] = []
    for step in told.flow.steps:
        if step.id in told.case.answers:
            continue
        options = story.facts.get(step.id, ())
        if options and (step.kind == "choices" or len(options) == 1):
            found.append((step.id, Chosen(options)))
        elif step.id == WHEN and story.day:
            found.append(
                (WHEN, Written(moment_of(story.words[WHEN], told.case.changed, told.texts.language)))
            )
    return found
