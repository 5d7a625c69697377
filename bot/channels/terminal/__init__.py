"""The terminal channel: `bot chat`."""
