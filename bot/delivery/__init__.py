"""Sending what the outbox holds: the sender, rate limits, retries with backoff."""
