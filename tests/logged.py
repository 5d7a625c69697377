"""What stands in the log, for tests that look for what must not."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bot import logs


@contextmanager
def logged(as_json: bool, secret: str) -> Iterator[io.StringIO]:
    """All logging as the program sets it up, at every level; afterwards as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in (*logs.TALKATIVE, *logs.QUOTING)}
    stream = io.StringIO()
    logs.configure("DEBUG", as_json, [secret], stream)
    try:
        yield stream
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        for name, was in levels.items():
            logging.getLogger(name).setLevel(was)
        logging.captureWarnings(False)
