"""What time it is. Who needs the time takes a function like this, so that a test has a day of its own."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Aware, UTC."""
    return datetime.now(UTC)
