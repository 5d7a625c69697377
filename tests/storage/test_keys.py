"""Encrypting, and the file with the keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage import encryption
from bot.storage.encryption import Cipher, DamagedError, DecryptionError, KeyFileError, UnknownKeyError

CIPHER = encryption.fresh()
context = st.lists(st.text(max_size=8), max_size=4)


@given(st.binary(max_size=200), context)
def test_what_is_encrypted_is_decrypted_at_its_place(plain: bytes, parts: list[str]) -> None:
    encrypted = CIPHER.encrypt(plain, *parts)
    assert CIPHER.decrypt(encrypted, *parts) == plain
    assert encryption.key_of(encrypted) == CIPHER.current
    assert encrypted != CIPHER.encrypt(plain, *parts)


@given(context, context)
def test_and_at_no_other(parts: list[str], others: list[str]) -> None:
    encrypted = CIPHER.encrypt(b"x", *parts)
    if parts != others:
        with pytest.raises(DamagedError):
            CIPHER.decrypt(encrypted, *others)


@given(st.binary(max_size=80))
def test_anything_else_is_refused_and_nothing_worse(encrypted: bytes) -> None:
    with pytest.raises(DecryptionError):
        CIPHER.decrypt(encrypted, "a")


def test_a_value_cut_anywhere_is_refused() -> None:
    encrypted = CIPHER.encrypt(b"geheim", "a")
    for length in range(len(encrypted)):
        with pytest.raises(DecryptionError):
            CIPHER.decrypt(encrypted[:length], "a")


def test_an_earlier_key_still_opens_and_a_lost_one_is_named() -> None:
    encrypted = CIPHER.encrypt(b"x", "a")
    rotated = encryption.with_new_key(CIPHER)
    assert rotated.decrypt(encrypted, "a") == b"x"
    assert encryption.key_of(rotated.encrypt(b"x", "a")) != encryption.key_of(encrypted)
    with pytest.raises(UnknownKeyError) as error:
        encryption.fresh().decrypt(encrypted, "a")
    assert error.value.key == CIPHER.current


def test_another_key_under_the_same_name_opens_nothing() -> None:
    with pytest.raises(DamagedError):
        Cipher({CIPHER.current: encryption.new_key()}, CIPHER.current).decrypt(CIPHER.encrypt(b"x", "a"), "a")


def test_a_wrapped_key_is_no_value_and_is_bound_to_its_case() -> None:
    key = encryption.new_key()
    wrapped = CIPHER.wrap(key, "cases", "1")
    assert CIPHER.unwrap(wrapped, "cases", "1") == key
    with pytest.raises(DamagedError):
        CIPHER.unwrap(wrapped, "cases", "2")
    with pytest.raises(DamagedError):
        CIPHER.decrypt(wrapped, "cases", "1")
    with pytest.raises(ValueError, match="32 bytes"):
        CIPHER.wrap(b"short", "cases", "1")


def test_no_key_shows_in_what_is_printed() -> None:
    secret = CIPHER.keys[CIPHER.current]
    assert repr(secret)[2:-1] not in repr(CIPHER)


def test_a_key_file_is_for_its_owner_only_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "new" / "board.key"
    made = encryption.create(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert encryption.create(path) == made == encryption.read(path, private=True)
    assert [file.name for file in path.parent.iterdir()] == ["board.key"]


def test_a_key_more_is_kept_beside_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "board.key"
    first = encryption.create(path)
    encryption.replace(path, encryption.with_new_key(first))
    read = encryption.read(path)
    assert set(first.keys) < set(read.keys)
    assert read.current != first.current
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_file_that_everybody_may_read_is_refused_where_it_must_be_private(tmp_path: Path) -> None:
    path = tmp_path / "board.key"
    encryption.create(path)
    path.chmod(0o644)
    encryption.read(path)
    with pytest.raises(KeyFileError, match="chmod 600"):
        encryption.read(path, private=True)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        json.dumps({"current": "a", "keys": {}}),
        json.dumps({"current": "a", "keys": {"a": "c2hvcnQ="}}),
        json.dumps({"current": "a", "keys": {"a": "§"}}),
        json.dumps({"current": "a", "keys": {"a": 1}}),
        json.dumps({"current": ["a"], "keys": {"a": "A" * 43 + "="}}),
        json.dumps({"current": "é", "keys": {"é": "A" * 43 + "="}}),
    ],
)
def test_a_damaged_file_is_told_in_one_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "board.key"
    path.write_text(content)
    with pytest.raises(KeyFileError, match="is not a key file"):
        encryption.read(path)
