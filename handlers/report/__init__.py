"""The incident report as a talk: starting, asking, taking answers, review, submission. Open `report.py`."""
