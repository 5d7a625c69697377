"""The case: its states and events, the steps an incident requires, who may see it, when to remind.
Open `case.py` and `access.py`.
"""
