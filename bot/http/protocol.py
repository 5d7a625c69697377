"""The server's connections: a client that does not send its request's head in time is let go (slowloris)."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 10.0
"""Seconds from the first byte of a request (or the connection) to the end of its headers."""


class TimedProtocol(H11Protocol):
    """uvicorn's h11 protocol, which by itself waits for a request's headers for ever."""

    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._head = self.loop.call_later(HEAD_SECONDS, self.transport.close)

    def data_received(self, data: bytes) -> None:
        idle = self.cycle is None or self.cycle.response_complete
        if idle and self._head is None:
            self._head = self.loop.call_later(HEAD_SECONDS, self.transport.close)
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before:
            self._stop_timer()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        super().connection_lost(exc)

    def _stop_timer(self) -> None:
        if self._head:
            self._head.cancel()
            self._head = None
