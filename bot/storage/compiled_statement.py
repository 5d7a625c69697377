"""Statements on every turn's path: SQLAlchemy builds and compiles them once, the driver runs them.

`python -m tests.benchmarks.storage` measures what that saves on SQLite: a turn's transaction 0.55 ms
instead of 1.03 ms (CPU 0.53 instead of 0.90 ms).
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Executable

Insert = Any
"""`insert` of either dialect: they share their methods but no type."""
Values = dict[str, Any]
Row = Any
"""A tuple as the driver returns it: an `Instant` is a number of microseconds, a Boolean may be 0 or 1."""


class Statement:
    """One statement for both databases. For an INSERT name the columns that it fills."""

    def __init__(self, make: Callable[[Insert], Executable] | Executable, *columns: str) -> None:
        self._make = make
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def first(self, connection: Connection, **values: Any) -> Row | None:
        """The first row."""
        cursor = self._cursor(connection, values)
        try:
            return cursor.fetchone()
        finally:
            cursor.close()

    def all(self, connection: Connection, **values: Any) -> list[Row]:
        cursor = self._cursor(connection, values)
        try:
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def run(self, connection: Connection, **values: Any) -> int:
        """How many rows were written."""
        cursor = self._cursor(connection, values)
        try:
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def run_each(self, connection: Connection, values: Sequence[Values]) -> None:
        """Once for each set of values."""
        compiled = self._for(connection)
        cursor = _driver(connection).cursor()
        try:
            cursor.executemany(compiled.sql, [compiled.bind(each) for each in values])
        finally:
            cursor.close()

    def _cursor(self, connection: Connection, values: Values) -> Any:
        compiled = self._for(connection)
        cursor = _driver(connection).cursor()
        cursor.execute(compiled.sql, compiled.bind(values))
        return cursor

    def _for(self, connection: Connection) -> _Compiled:
        name = connection.dialect.name
        if name not in self._compiled:
            statement = self._make if isinstance(self._make, Executable) else self._make(insert_of(name))
            self._compiled[name] = _Compiled(statement, connection.dialect, self._columns)
        return self._compiled[name]


def insert_of(dialect: str) -> Insert:
    """`insert` of a dialect, which is imported now: PostgreSQL's is large, and most assistants need it
    not.
    """
    return importlib.import_module(f"sqlalchemy.dialects.{dialect}").insert


class PerDialect:
    """One statement for each database, by the dialect's name; they differ in their `insert … on conflict`."""

    def __init__(self, make: Callable[[Insert], Executable]) -> None:
        self._make = make
        self._made: dict[str, Executable] = {}

    def __getitem__(self, dialect: str) -> Executable:
        if dialect not in self._made:
            self._made[dialect] = self._make(insert_of(dialect))
        return self._made[dialect]


class _Compiled:
    def __init__(self, statement: Executable, dialect: Dialect, columns: Sequence[str]) -> None:
        compiled: Any = statement.compile(dialect=dialect, column_keys=list(columns) or None)  # type: ignore[attr-defined]
        self.sql = str(compiled)
        self._order = tuple(compiled.positiontup) if compiled.positional else None
        self._fixed = {
            name: bound.value
            for name, bound in compiled.binds.items()
            if not bound.required and bound.value is not None
        }
        self._convert = {
            name: convert
            for name, bound in compiled.binds.items()
            if (convert := bound.type.dialect_impl(dialect).bind_processor(dialect))
        }

    def bind(self, values: Values) -> Any:
        """The values as the driver takes them."""
        bound = {**self._fixed, **values}
        for name, convert in self._convert.items():
            bound[name] = convert(bound[name])
        return [bound[name] for name in self._order] if self._order is not None else bound


def _driver(connection: Connection) -> Any:
    return connection.connection.driver_connection
