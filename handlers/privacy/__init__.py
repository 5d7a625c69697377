"""Finding and removing personal data in what people write. Open `scrub.py`."""
