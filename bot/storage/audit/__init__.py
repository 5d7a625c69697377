"""The audit log: append-only, chained, bound to its board. Open `log.py` first; `verify.py` finds what was
tampered with; `head_file.py` is the second place that knows where the log ends.
"""
