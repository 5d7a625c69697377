"""The board's keys as words on paper (SLIP-39: each share carries a checksum), whole or in two halves that
are worth nothing apart.
"""

from __future__ import annotations

from collections.abc import Sequence

from shamir_mnemonic import MnemonicError, combine_mnemonics, generate_mnemonics

from bot.storage.encryption import KEY_BYTES


class WordsError(Exception):
    """Words that give no key; the text says why."""


def to_words(key: bytes, halves: bool) -> list[str]:
    """33 words, or two times 33 of which both are needed."""
    needed = 2 if halves else 1
    [shares] = generate_mnemonics(1, [(needed, needed)], key, b"", iteration_exponent=0)
    return list(shares)


def from_words(shares: Sequence[str]) -> bytes:
    """The key. Raises `WordsError` for a slip of the pen, a missing half, or halves of two sheets."""
    try:
        key: bytes = combine_mnemonics([" ".join(share.split()).lower() for share in shares], b"")
    except MnemonicError as error:
        raise WordsError(f"These words give no key: {error}") from None
    if len(key) != KEY_BYTES:
        raise WordsError("These words give no key of this program.")
    return key
