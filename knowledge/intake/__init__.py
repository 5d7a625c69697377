"""Reading what a person types in a report: an answer to one question (`choice_answer.py`).

The words are data: `words`, `hints` and `means` beside the options of a guided talk, and what every board
shares in `common/answers.yaml` (`answer_words.py` reads it). `mentions.py` finds which options a text names,
with their places, negation and doubt; open `choice_answer.py` first.

A story (`story.py`) and an amendment (`amendment.py`) are read with a light syntax: words in sentences
(`story_prose.py`), clauses (`story_clauses.py`), persons (`story_people.py`, `story_identity.py`), verbs and
subjects, and from these who did it (`story_deeds.py`), who knows (`story_sources.py`) and where
(`story_circumstances.py`). Their words are `common/story.yaml`; open `story.py` first.
"""
