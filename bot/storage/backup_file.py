"""The form of a backup file: a line that says what it is, then encrypted chunks, each bound to its place, the
last one marked as such. So a file that was cut, changed or put together from two is noticed.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Generator, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from bot.storage.encryption import Cipher, DamagedError, UnknownKeyError

MAGIC = b"protocol-bot backup 1\n"
CHUNK = 256 * 1024
"""Bytes of lines that are encrypted together."""
LENGTH = 4
LONGEST = 64 * 1024 * 1024
"""Bytes of one encrypted chunk, at most."""


class BackupError(Exception):
    """A backup that cannot be made or used; the text says why."""


@dataclass(frozen=True, slots=True)
class Header:
    """What may be read of a backup without its key."""

    id: str
    """Random; every chunk is bound to it."""
    made: str
    """UTC, ISO."""
    board: str
    revision: str
    """Of the database's tables."""
    key: str
    """The id of the key that opens it."""
    audit: str = ""
    """Where the audit log ended: "1234 9f2a-01cc-77d0-b3e1"."""


def write(path: Path, header: Header, lines: Iterable[bytes], cipher: Cipher) -> int:
    """Write a backup beside its place and put it there when it is whole. Returns its bytes. Raises `OSError`,
    and whatever `lines` raises; then nothing is left.
    """
    temporary = path.with_name(f".{path.name}.part")
    try:
        with temporary.open("xb") as file:
            temporary.chmod(0o600)
            file.write(MAGIC + json.dumps(asdict(header)).encode() + b"\n")
            _write_chunks(file, header, lines, cipher)
            file.flush()
            size = file.tell()
        temporary.rename(path)
    finally:
        temporary.unlink(missing_ok=True)
    return size


def read_header(path: Path) -> Header:
    """Raises `BackupError`, `OSError`."""
    with path.open("rb") as file:
        return _header(file, path)


def read(path: Path, cipher: Cipher) -> Generator[bytes, None, None]:
    """The lines of a backup; to be closed. Raises `BackupError` where it is cut, changed or of another key,
    at the latest behind its last line; `OSError`.
    """
    with path.open("rb") as file:
        header = _header(file, path)
        rest = b""
        for number, chunk in enumerate(_chunks(file, path)):
            plain, is_last = _open(chunk, header, number, cipher, path)
            *whole, rest = (rest + plain).split(b"\n")
            yield from whole
            if is_last:
                if rest or file.read(1):
                    raise BackupError(f"{path} is damaged behind its end.")
                return
        raise BackupError(f"{path} was broken off before its end; it is no whole backup.")


def _write_chunks(file: BinaryIO, header: Header, lines: Iterable[bytes], cipher: Cipher) -> None:
    gathered: list[bytes] = []
    size = number = 0

    def put(last: bool) -> None:
        plain = zlib.compress(b"".join(gathered), 6)
        chunk = cipher.encrypt(plain, *_place(header, number, last))
        file.write(len(chunk).to_bytes(LENGTH, "big") + chunk)

    for line in lines:
        gathered.append(line + b"\n")
        size += len(line) + 1
        if size >= CHUNK:
            put(last=False)
            gathered, size, number = [], 0, number + 1
    put(last=True)


def _chunks(file: BinaryIO, path: Path) -> Iterator[bytes]:
    while length := file.read(LENGTH):
        size = int.from_bytes(length, "big")
        if size > LONGEST:
            raise BackupError(f"{path} is damaged.")
        chunk = file.read(size)
        if len(length) < LENGTH or len(chunk) < size:
            raise BackupError(f"{path} was broken off before its end; it is no whole backup.")
        yield chunk


def _open(chunk: bytes, header: Header, number: int, cipher: Cipher, path: Path) -> tuple[bytes, bool]:
    for last in (False, True):
        try:
            return zlib.decompress(cipher.decrypt(chunk, *_place(header, number, last))), last
        except UnknownKeyError as error:
            raise BackupError(
                f'{path} was made with key "{error.key}", which is not in BOT_KEY_FILE. Put back the copy of '
                f"the key file that you kept."
            ) from None
        except (DamagedError, zlib.error):
            continue
    raise BackupError(f"{path} is damaged, or was put together from several files.")


def _place(header: Header, number: int, last: bool) -> tuple[str, ...]:
    """What a chunk is bound to: the whole header, its number, and whether it is the last."""
    return "backup", *map(str, asdict(header).values()), str(number), "last" if last else "more"


def _header(file: BinaryIO, path: Path) -> Header:
    if file.read(len(MAGIC)) != MAGIC:
        raise BackupError(f"{path} is no backup of this program.")
    try:
        return Header(**json.loads(file.readline(10_000)))
    except (ValueError, TypeError):
        raise BackupError(f"{path} is damaged in its first lines.") from None
