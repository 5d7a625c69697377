"""Databases for tests: every test that takes `database_url` runs on SQLite and on a real PostgreSQL of
Debian's packages.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from bot.storage import SqlStore, encryption, migrate
from bot.storage.database import connect

CIPHER = encryption.fresh()
_numbers = count()


def make_store(url: str) -> SqlStore:
    """A store on a database that has its tables; close it in the end."""
    return SqlStore(connect(url, 8), CIPHER)


@pytest.fixture(scope="session")
def sqlite_template() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        database = connect(f"sqlite:///{folder}/template.db")
        migrate.upgrade(database.engine)
        database.close()
        yield Path(folder) / "template.db"


class PostgresServer:
    """A server of Debian's packages on a socket in a folder of its own, which tests may stop and start."""

    def __init__(self, folder: Path, binaries: Path) -> None:
        self.folder = str(folder)
        self._data = folder / "data"
        self._log = folder / "log"
        self._control = binaries / "pg_ctl"
        self._options = f"-F -k {folder} -c listen_addresses= -c max_connections=200"

    @classmethod
    @contextmanager
    def started(cls) -> Iterator[PostgresServer]:
        binaries = _binaries()
        folder = Path(tempfile.mkdtemp(prefix="postgres-"))
        try:
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres")
            options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
            _run(binaries / "initdb", "-D", folder / "data", *options)
            server = cls(folder, binaries)
            server.start()
            try:
                yield server
            finally:
                server.stop()
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def start(self) -> None:
        _run(self._control, "-D", self._data, "-w", "-l", self._log, "-o", self._options, "start")

    def stop(self) -> None:
        """At once: sessions are cut, and the next start recovers as after a crash."""
        _run(self._control, "-D", self._data, "-m", "immediate", "-w", "stop")

    def restart(self) -> None:
        self.stop()
        self.start()

    def create(self, name: str, template: str = "template0") -> None:
        create_postgres(self.folder, name, template)

    def cut_all(self) -> None:
        """End every session."""
        _administer(
            self.folder,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()",
        )


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The folder with the socket of a running server, whose database `made` has the tables."""
    with PostgresServer.started() as server:
        server.create("made")
        database = connect(postgres_url(server.folder, "made"))
        migrate.upgrade(database.engine)
        database.close()
        yield server.folder


@pytest.fixture
def postgresql(postgres: str) -> Iterator[str]:
    """The address of a fresh PostgreSQL database that has its tables."""
    name = f"test{next(_numbers)}"
    create_postgres(postgres, name, "made")
    yield postgres_url(postgres, name)
    drop_postgres(postgres, name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a fresh database that has its tables."""
    if request.param == "postgresql":
        address: str = request.getfixturevalue("postgresql")
        return address
    shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "bot.db")
    return f"sqlite:///{tmp_path / 'bot.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
    else:
        folder, name = request.getfixturevalue("postgres"), f"empty{next(_numbers)}"
        create_postgres(folder, name)
        yield postgres_url(folder, name)
        drop_postgres(folder, name)


def postgres_url(folder: str, name: str) -> str:
    return f"postgresql://postgres@/{name}?host={folder}"


def create_postgres(folder: str, name: str, template: str = "template0") -> None:
    _administer(folder, f"CREATE DATABASE {name} TEMPLATE {template}")


def drop_postgres(folder: str, name: str) -> None:
    _administer(folder, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(folder: str, statement: str) -> None:
    engine = create_engine(
        postgres_url(folder, "postgres").replace("postgresql:", "postgresql+psycopg:"),
        isolation_level="AUTOCOMMIT",
    )
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def _binaries() -> Path:
    found = _installed()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "capture_output": True}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        subprocess.run(
            ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "postgresql"], check=False, **quiet
        )  # type: ignore[call-overload]
        found = _installed()
    if found is None:
        reason = "PostgreSQL is not installed, and only root can install it: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


def _installed() -> Path | None:
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parent.parent.name)
    )
    return versions[-1].parent if versions else None


def _run(*command: str | Path) -> None:
    """PostgreSQL refuses to run as root."""
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_user, *map(str, command)],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/tmp",  # noqa: S108
        timeout=60,
    )
    assert done.returncode == 0, done.stdout.decode()
