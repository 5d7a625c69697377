"""What is kept, in a database: sessions, deliveries, buttons, the outbox, the journal."""

from bot.storage.open_store import StorageError, open_store
from bot.storage.sql_store import SqlStore, SqlUnit

__all__ = ["SqlStore", "SqlUnit", "StorageError", "open_store"]
