"""The order of listening: danger, what the session waits for, a command, a question, small talk.

Open `router.py`.
"""
