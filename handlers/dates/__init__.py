"""Dates and times as people type them, working days and holidays, and dates in words. Open `moment.py`."""
