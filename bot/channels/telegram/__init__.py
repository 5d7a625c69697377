"""The Telegram channel. Open `channel.py`; `updates.py` reads updates, `transport.py` sends."""
