"""The web page channel: its routes, its visitors, its static files. Open `page.py` first."""
