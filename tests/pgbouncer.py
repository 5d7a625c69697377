"""Debian's PgBouncer in transaction mode, before a PostgreSQL of the tests; on a socket in its own folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

PORT = 6432
"""Names the socket; nothing listens on the network."""
CONNECTIONS = 12
"""Of the server, for each database."""
ABSENT = "PgBouncer is not installed, so nothing was tested behind it: apt-get install pgbouncer"
SETTINGS = """\
[databases]
* = host={server} user=postgres
[pgbouncer]
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
query_wait_timeout = 3
server_login_retry = 1
listen_addr =
listen_port = {port}
unix_socket_dir = {folder}
auth_type = any
logfile = {folder}/log
"""
"""The lines on times are those that docs/replicas.md advises."""


@contextmanager
def pgbouncer(server: str, size: int = CONNECTIONS) -> Iterator[str]:
    """The folder of its socket. `server`: that of PostgreSQL's. Skips the test if it is not installed."""
    program = installed()
    if program is None:
        pytest.skip(ABSENT)
    folder = Path(tempfile.mkdtemp(prefix="pgbouncer-"))
    file = folder / "settings.ini"
    file.write_text(SETTINGS.format(server=server, folder=folder, port=PORT, size=size))
    user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
    if user:
        for path in (folder, file):
            shutil.chown(path, user)
    process = subprocess.Popen([program, "-q", str(file)], user=user, cwd="/tmp")  # noqa: S108
    try:
        ends = time.monotonic() + 10
        while not (folder / f".s.PGSQL.{PORT}").exists():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < ends, "PgBouncer did not start"
            time.sleep(0.02)
        yield str(folder)
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def installed() -> str | None:
    """The program."""
    return shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin")


def pooled_url(folder: str, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={folder}&port={PORT}"
