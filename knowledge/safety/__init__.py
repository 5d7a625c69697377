"""Danger to a person, recognised before anything else is understood: no index, no model, only words and cues from safety.yaml.

Start in `detector.py`: a text goes in, a `Finding` comes out. `situations.py` reads the data, `cues.py` and `folding.py` do the matching.
"""
