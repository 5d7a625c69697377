"""Reading what a person types in a report: an answer to one question (`choice_answer.py`).

The words are data: `words`, `hints` and `means` beside the options of a guided talk, and what every board
shares in `common/answers.yaml` (`answer_words.py` reads it). `mentions.py` finds which options a text names,
with their places, negation and doubt; open `choice_answer.py` first.
"""
