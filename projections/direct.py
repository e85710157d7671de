"""A connection whose awaits never wait: each statement is done when the call returns, in the thread that called."""

from __future__ import annotations

import sqlite3
from collections.abc import Coroutine, Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol, TypeVar

T = TypeVar("T")


class Database(Protocol):
    """What the read models ask of a connection, whether it answers in its own thread or in ours."""

    def execute_fetchall(self, sql: str, parameters: Sequence[Any] = ...) -> Any: ...

    def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> Any: ...


class Direct:
    """A connection by path or by address. A handful of rows takes less time than handing it to a thread would. A file
    that is made is its owner's alone."""

    def __init__(self, path: Path | str) -> None:
        is_address = isinstance(path, str)
        if isinstance(path, Path):
            path.touch(0o600)
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, uri=is_address)

    @property
    def in_transaction(self) -> bool:
        """Whether what was written is not committed yet."""
        return self._db.in_transaction

    async def execute(self, sql: str, parameters: Sequence[Any] = ()) -> None:
        self._db.execute(sql, parameters)

    async def executemany(self, sql: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._db.executemany(sql, parameters)

    async def execute_fetchall(self, sql: str, parameters: Sequence[Any] = ()) -> list[Any]:
        return self._db.execute(sql, parameters).fetchall()

    async def commit(self) -> None:
        self._db.commit()

    async def rollback(self) -> None:
        self._db.rollback()

    async def close(self) -> None:
        self._db.close()


def done(steps: Coroutine[Any, Any, T]) -> T:
    """The result of steps that only await a connection of this kind: for a thread without an event loop."""
    try:
        steps.send(None)
    except StopIteration as ended:
        result: T = ended.value
        return result
    steps.close()
    raise RuntimeError("A read model waited for something other than its own file.")


def checkpoint(path: Path) -> None:
    """Moves what is in the log into the file, beside whoever reads and writes. For a thread: it waits for the disk."""
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def read_only(path: Path) -> str:
    """The address of the file for whoever only reads."""
    return f"{path.absolute().as_uri()}?mode=ro"
