"""Encryption of what is kept: AES-256-GCM, each value bound to its place. Keys lie in a file of their
own, apart from the database.
"""

from __future__ import annotations

import base64
import binascii
import json
import logging
import os
import secrets
import stat
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

log = logging.getLogger(__name__)

KEY_BYTES = 32
NONCE_BYTES = 12
FORMAT = 1
"""First byte of every encrypted value: format, length of the key's id, that id, nonce, ciphertext with its
tag.
"""


class DecryptionError(Exception):
    """An encrypted value that cannot be opened."""


class UnknownKeyError(DecryptionError):
    """Encrypted with a key that is not there."""

    def __init__(self, key: str) -> None:
        super().__init__(f'encrypted with key "{key}", which is not among the keys')
        self.key = key


class DamagedError(DecryptionError):
    """Cut, changed, or moved from where it belongs."""


class KeyFileError(Exception):
    """A key file that cannot be used; the text says why and what to do."""


class KeySource(Protocol):
    """Where keys are read again from (`bot/storage/key_source.py`)."""

    def changed(self, wanted: bool) -> Cipher | None: ...


@dataclass(frozen=True)
class Cipher:
    """Encrypts with the current key and decrypts with any of its keys. `keys` stand in the order in which
    they were made.
    """

    keys: Mapping[str, bytes] = field(repr=False)
    """Id (1 to 32 characters of ASCII) → 32 bytes."""
    current: str
    _ciphers: Mapping[str, AESGCM] = field(init=False, repr=False, compare=False)
    _source: KeySource | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.current not in self.keys:
            raise ValueError(f'there is no key "{self.current}"')
        for key, value in self.keys.items():
            if not (key.isascii() and 0 < len(key) <= 32 and len(value) == KEY_BYTES):
                raise ValueError(f'key "{key}" needs an id of 1 to 32 ASCII characters and {KEY_BYTES} bytes')
        object.__setattr__(self, "_ciphers", {key: AESGCM(value) for key, value in self.keys.items()})

    def follow(self, source: KeySource) -> None:
        """From now on take up keys that are added to their source, and the current one with them."""
        object.__setattr__(self, "_source", source)

    def _take_up(self, wanted: bool = False) -> None:
        found = self._source.changed(wanted) if self._source else None
        if found is None:
            return
        if not any(found.keys.get(key) == value for key, value in self.keys.items()):
            log.error("the keys were replaced by others, and stay as they were until the next start")
            return
        for name in ("keys", "current", "_ciphers"):
            object.__setattr__(self, name, getattr(found, name))
        log.info("the keys were read again; values are now encrypted with key %s", found.current)

    def encrypt(self, plain: bytes, *context: str) -> bytes:
        """Encrypt for one place (table, column, row …); only the same place opens it."""
        self._take_up()
        header = bytes((FORMAT, len(self.current))) + self.current.encode()
        nonce = os.urandom(NONCE_BYTES)
        return header + nonce + self._ciphers[self.current].encrypt(nonce, plain, _bound(header, context))

    def decrypt(self, encrypted: bytes, *context: str) -> bytes:
        """Raises `UnknownKeyError` or `DamagedError`."""
        key = key_of(encrypted)
        cipher = self._ciphers.get(key)
        if cipher is None:
            self._take_up(wanted=True)
            cipher = self._ciphers.get(key)
        if cipher is None:
            raise UnknownKeyError(key)
        start = 2 + len(key)
        nonce, ciphertext = encrypted[start : start + NONCE_BYTES], encrypted[start + NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, ciphertext, _bound(encrypted[:start], context))
        except (InvalidTag, ValueError):
            raise DamagedError("changed, cut or moved") from None

    def wrap(self, key: bytes, *context: str) -> bytes:
        """Encrypt a key of 32 bytes under the current one."""
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        return self.encrypt(key, "key", *context)

    def unwrap(self, wrapped: bytes, *context: str) -> bytes:
        """Raises `UnknownKeyError` or `DamagedError`."""
        return self.decrypt(wrapped, "key", *context)


def key_of(encrypted: bytes) -> str:
    """The id of the key a value was encrypted with. Raises `DamagedError` where it is no encrypted value of
    ours.
    """
    if len(encrypted) < 2 or encrypted[0] != FORMAT or len(encrypted) < 2 + encrypted[1] + NONCE_BYTES:
        raise DamagedError("not an encrypted value of this format")
    try:
        return encrypted[2 : 2 + encrypted[1]].decode("ascii")
    except UnicodeDecodeError:
        raise DamagedError("not an encrypted value of this format") from None


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def fresh() -> Cipher:
    """With one new key."""
    key = secrets.token_hex(4)
    return Cipher({key: new_key()}, key)


def with_new_key(cipher: Cipher) -> Cipher:
    """The same with one key more, which is the current one."""
    added = fresh()
    return Cipher({**cipher.keys, **added.keys}, added.current)


def read(path: Path, private: bool = False) -> Cipher:
    """The keys of a key file; with `private` refused where others may read it. Raises `KeyFileError`,
    `FileNotFoundError` where there is none.
    """
    try:
        mode = path.stat().st_mode
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyFileError(f"{path} cannot be read: {error.strerror}.") from None
    except ValueError:
        raise KeyFileError(f"{path} is not a key file: no text. Put back the copy that you kept.") from None
    if private and stat.S_IMODE(mode) & 0o007:
        raise KeyFileError(
            f"{path} may be read by everybody on this machine; make it yours alone: chmod 600 {path}"
        )
    return parse(text, str(path))


def parse(text: str, name: str) -> Cipher:
    """The keys in the text of a key file. Raises `KeyFileError`."""
    try:
        written = json.loads(text)
    except ValueError:
        raise KeyFileError(f"{name} is not a key file: no JSON. Put back the copy that you kept.") from None
    try:
        return Cipher(
            {key: base64.b64decode(value, validate=True) for key, value in written["keys"].items()},
            written["current"],
        )
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error) as error:
        reason = (
            f"{error.args[0]!s}"
            if isinstance(error, ValueError) and not isinstance(error, binascii.Error)
            else "it lacks keys, or they are damaged"
        )
        raise KeyFileError(f"{name} is not a key file: {reason}. Put back the copy that you kept.") from None


def create(path: Path) -> Cipher:
    """A key file with one new key, for the owner's eyes only; where another process made it meanwhile, that
    one. Raises `KeyFileError`.
    """
    cipher = fresh()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, cipher, replace=False)
    except FileExistsError:
        return read(path)
    except OSError as error:
        raise KeyFileError(f"{path} cannot be made: {error.strerror}.") from None
    return cipher


def replace(path: Path, cipher: Cipher) -> None:
    """Put these keys in the place of the file's, all or nothing."""
    _write(path, cipher, replace=True)


def as_text(cipher: Cipher) -> str:
    """What stands in a key file."""
    keys = {key: base64.b64encode(value).decode() for key, value in cipher.keys.items()}
    return json.dumps({"current": cipher.current, "keys": keys}, indent=1)


def _write(path: Path, cipher: Cipher, replace: bool) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(as_text(cipher))
            file.flush()
            os.fsync(file.fileno())
        if replace:
            Path(name).replace(path)
        else:
            os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _bound(header: bytes, context: tuple[str, ...]) -> bytes:
    """The header and the parts of the context, each with its length, so that no two contexts read the
    same.
    """
    parts = [part.encode("utf-8", "surrogatepass") for part in context]
    return header + b"".join(len(part).to_bytes(4, "big") + part for part in parts)
