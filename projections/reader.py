"""Connections for questions: long ones are answered by a thread, short ones where they are asked."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import aiosqlite

from projections.columns import Facts, Memory, Table
from projections.direct import Database, Direct, read_only

CHUNK = 64  # rows that are fetched at a time by whoever goes through them one by one


class Reader(aiosqlite.Connection):
    """A connection that cannot write. `here` answers without handing over to a thread; what is kept in memory of the
    file stands beside it."""

    def __init__(self, path: Path, memory: Memory) -> None:
        address = read_only(path)
        super().__init__(lambda: sqlite3.connect(address, uri=True, isolation_level=None), CHUNK)
        self._memory = memory
        self.here = Direct(address)

    async def facts(self, table: Table) -> Facts:
        """All the facts of that table."""
        return await self._memory.facts(self, table)

    async def close(self) -> None:
        await self.here.close()
        await super().close()


def at_once(db: Database) -> Database:
    """For questions that are answered from an index with a few rows: to hand one over and back takes ten times as long
    as to answer it."""
    return db.here if isinstance(db, Reader) else db
