"""Logging: structured lines, on which never stands what somebody wrote, nor a secret.

Our own code logs ids, counts and kinds of errors only. What other libraries would add is kept out here:
errors are logged as their kind and where they happened, without their text, which may quote a message; known
secrets and tokens are struck out of every line.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterable
from typing import IO

import structlog
from structlog.typing import EventDict, WrappedLogger

STRUCK = "[redacted]"
TALKATIVE = (
    "aiohttp",
    "httpx",
    "httpcore",
    "telegram",
    "sqlalchemy",
    "alembic",
    "asyncio",
    "uvicorn",
    "urllib3",
    "fontTools",
    "multipart",
    "microsoft_teams",
)
"""Libraries that log addresses or whole messages below WARNING."""
QUOTING = ("telegram.request",)
"""Libraries that quote in their errors what came back, a message among it. They raise too, and what they
raise our own code reports.
"""
OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access")
"""Loggers that may have been given handlers of their own, past this filter."""
LEAST_SECRET = 8
"""Letters: a shorter one would be struck out of ordinary words."""

_TOKEN = re.compile(r"(?<![A-Za-z0-9])(?:bot)?\d{6,}:[A-Za-z0-9_-]{20,}")
_ADDRESS = re.compile(r"(\w+://)(?:[^\s/@\"']+@)?([^\s/?#\"']+)[^\s\"',)]*")


def configure(
    level: str = "INFO",
    as_json: bool | None = None,
    secrets: Iterable[str] = (),
    stream: IO[str] | None = None,
) -> None:
    """Set up all logging of the process. `as_json` None: JSON unless a person looks on."""
    stream = stream or sys.stderr
    plain = not stream.isatty() if as_json is None else as_json
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _first_line,
        _error_without_text,
    ]
    drawn: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False, default=_kind)
        if plain
        else structlog.dev.ConsoleRenderer(
            colors=stream.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, drawn, Redaction(secrets)],
        keep_exc_info=False,
    )
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in OWN_HANDLERS:
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logging.captureWarnings(True)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    for name in QUOTING:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


class Redaction:
    """Strikes secrets out of a line that is ready; of an address only the host is left."""

    def __init__(self, secrets: Iterable[str]) -> None:
        known = sorted({secret for secret in secrets if len(secret) >= LEAST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, logger: WrappedLogger, method: str, drawn: object) -> str:
        line = str(drawn)
        if self._known:
            line = self._known.sub(STRUCK, line)
        return _ADDRESS.sub(r"\1\2", _TOKEN.sub(STRUCK, line))


def frames(error: BaseException) -> str:
    """An error as its kind and where it happened, and so those that it came of; never its text."""
    lines = []
    seen: set[int] = set()
    now: BaseException | None = error
    while now is not None and id(now) not in seen:
        seen.add(id(now))
        where = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(now.__traceback__)
        ]
        lines.append("\n  ".join([f"{type(now).__module__}.{type(now).__qualname__}", *where]))
        now = now.__cause__ or (None if now.__suppress_context__ else now.__context__)
    return "\n".join(lines)


def _first_line(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """asyncio writes a lost error's text below its first line."""
    if event.get("logger") == "asyncio" or event.get("logger") == "py.warnings":
        event["event"] = str(event["event"]).split("\n", 1)[0]
    return event


def _error_without_text(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    info = event.pop("exc_info", None)
    error = (
        info[1]
        if isinstance(info, tuple)
        else info
        if isinstance(info, BaseException)
        else sys.exception()
        if info
        else None
    )
    if error is not None:
        event["exception"] = frames(error)
    return event


def _kind(value: object) -> str:
    """Something that JSON has no form for: only what it is."""
    return f"<{type(value).__name__}>"
