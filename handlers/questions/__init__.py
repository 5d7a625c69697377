"""Questions and their answers: asking, follow-ups, browsing, guided checks, media, help. Open `ask.py`."""
