"""Printing results as a Markdown table, a row as soon as it is known."""

from __future__ import annotations


def head(*columns: str) -> None:
    row(*columns)
    row(*("---" for _ in columns))


def row(*cells: object) -> None:
    print(
        "| " + " | ".join(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in cells) + " |",
        flush=True,
    )
