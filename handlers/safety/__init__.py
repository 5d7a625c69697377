"""Danger to a person, said and done: the help block, the one line above an answer, and the way back.

`listening.py` is what the router asks first; `help_block.py` is what a person reads then.
"""
