"""How wide the columns of a table are."""

from __future__ import annotations

import math

from handlers.documents.document import Table

LINE = 84
"""Characters of a table's size on a line, about."""
SLACK = 1.1
"""Words are at times this much wider than their number of characters says."""


def column_widths(table: Table) -> list[float]:
    """How many characters wide each column is, about: room for its longest word, and of what is left more
    where cells are longer.
    """
    columns = list(zip(table.headings, *table.rows, strict=True))
    words = [
        max((len(word) for cell in column for word in cell.split()), default=1) * SLACK + 4
        for column in columns
    ]
    scale = min(1.0, LINE / sum(words))
    # the square root, so that a long column does not starve its neighbours
    lengths = [math.sqrt(min(max(map(len, column)), LINE)) + 1 for column in columns]
    left = max(LINE - sum(words), 0)
    return [
        round(word * scale + left * length / sum(lengths), 1)
        for word, length in zip(words, lengths, strict=True)
    ]
