"""The Microsoft Teams channel. Open `channel.py`; `activities.py` reads activities, `cards.py` draws."""
