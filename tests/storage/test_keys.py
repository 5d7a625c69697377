"""Sealing, and the file with the keys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.storage import encryption
from bot.storage.encryption import BrokenSealError, KeyFileError, Sealer, SealError, UnknownKeyError

SEALER = encryption.fresh()
context = st.lists(st.text(max_size=8), max_size=4)


@given(st.binary(max_size=200), context)
def test_what_is_sealed_is_opened_at_its_place(plain: bytes, parts: list[str]) -> None:
    sealed = SEALER.seal(plain, *parts)
    assert SEALER.open(sealed, *parts) == plain
    assert encryption.key_of(sealed) == SEALER.current
    assert sealed != SEALER.seal(plain, *parts)


@given(context, context)
def test_and_at_no_other(parts: list[str], others: list[str]) -> None:
    sealed = SEALER.seal(b"x", *parts)
    if parts != others:
        with pytest.raises(BrokenSealError):
            SEALER.open(sealed, *others)


@given(st.binary(max_size=80))
def test_anything_else_is_refused_and_nothing_worse(sealed: bytes) -> None:
    with pytest.raises(SealError):
        SEALER.open(sealed, "a")


def test_a_value_cut_anywhere_is_refused() -> None:
    sealed = SEALER.seal(b"geheim", "a")
    for length in range(len(sealed)):
        with pytest.raises(SealError):
            SEALER.open(sealed[:length], "a")


def test_an_earlier_key_still_opens_and_a_lost_one_is_named() -> None:
    sealed = SEALER.seal(b"x", "a")
    rotated = encryption.with_new_key(SEALER)
    assert rotated.open(sealed, "a") == b"x"
    assert encryption.key_of(rotated.seal(b"x", "a")) != encryption.key_of(sealed)
    with pytest.raises(UnknownKeyError) as error:
        encryption.fresh().open(sealed, "a")
    assert error.value.key == SEALER.current


def test_another_key_under_the_same_name_opens_nothing() -> None:
    with pytest.raises(BrokenSealError):
        Sealer({SEALER.current: encryption.new_key()}, SEALER.current).open(SEALER.seal(b"x", "a"), "a")


def test_a_wrapped_key_is_no_value_and_is_bound_to_its_case() -> None:
    key = encryption.new_key()
    wrapped = SEALER.wrap(key, "cases", "1")
    assert SEALER.unwrap(wrapped, "cases", "1") == key
    with pytest.raises(BrokenSealError):
        SEALER.unwrap(wrapped, "cases", "2")
    with pytest.raises(BrokenSealError):
        SEALER.open(wrapped, "cases", "1")
    with pytest.raises(ValueError, match="32 bytes"):
        SEALER.wrap(b"short", "cases", "1")


def test_no_key_shows_in_what_is_printed() -> None:
    secret = SEALER.keys[SEALER.current]
    assert repr(secret)[2:-1] not in repr(SEALER)


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
