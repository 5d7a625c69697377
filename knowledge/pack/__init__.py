"""A protocol pack: rules, topics, phrasings, guided talks, step texts. Open `loading.py`."""
