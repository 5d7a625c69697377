"""A document as JSON: the same facts as the PDF and the DOCX, for machines."""

from __future__ import annotations

import json
from dataclasses import asdict

from handlers.documents.document import Document

VERSION = 1
"""Raised when a name here changes or goes."""


def as_json(document: Document) -> bytes:
    """UTF-8: `version` and the names of `Document`, `made_at` in ISO 8601, each block with its `kind`."""
    found = {"version": VERSION, **asdict(document), "made_at": document.made_at.isoformat()}
    return (json.dumps(found, ensure_ascii=False, indent=2) + "\n").encode()
