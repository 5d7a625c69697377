"""Danger to a person, recognised before anything else is understood: no index and no model, only words and
cues from `knowledge/common/`.

Start in `detector.py`: a text goes in, a `Finding` comes out. `reading.py` reads the data into the classes of
`situations.py`; `folding.py`, `cues.py` and `places.py` do the matching.
"""
