"""Reading a board's document (Word, PDF, Markdown, plain text) into provisions. Open `importer.py`.

A reader gives blocks (`blocks.py`), `structure.py` makes provisions of them, `comparison.py` lays two
versions side by side. No wording is ever repaired: what is unsure is listed for a person.
"""
