"""What is kept, in a database: sessions, deliveries, buttons, the outbox, the journal."""

from bot.storage.opening import StorageError, open_store
from bot.storage.store import SqlStore, SqlUnit

__all__ = ["SqlStore", "SqlUnit", "StorageError", "open_store"]
