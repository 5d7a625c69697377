"""Finding the rule that answers a question. Open `matcher.py`: features, model and index serve it."""
