"""Who may sign in, in a SQLite file of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, cast

import aiosqlite

from service.access.tables import ADDED, TABLES


class TokenFile:
    """The rows of a network that lives in one folder."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db

    @classmethod
    async def open(
        cls, path: Path, tables: str = TABLES, added: Sequence[tuple[str, str, str]] = ADDED, journal: str = "WAL"
    ) -> Self:
        """That file, which is made where there is none and is nobody else's to read."""
        await asyncio.to_thread(path.touch, 0o600)
        db = await aiosqlite.connect(path, isolation_level=None)
        try:
            for pragma in (
                f"journal_mode = {journal}",
                "synchronous = FULL",
                "secure_delete = ON",
                "busy_timeout = 5000",
            ):
                await db.execute_fetchall(f"PRAGMA {pragma}")
            await db.executescript(tables)
            for table, name, kind in added:
                known = await db.execute_fetchall("SELECT 1 FROM pragma_table_info(?) WHERE name = ?", (table, name))
                if not known:
                    await db.execute(f"ALTER TABLE {table} ADD COLUMN {name} {kind}")
        except BaseException:
            await db.close()
            raise
        return cls(db)

    async def run(self, statement: str, *values: object) -> int:
        """How many rows it wrote, durably."""
        return (await self._db.execute(statement, values)).rowcount

    async def rows(self, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
        """What it finds."""
        return cast(Sequence[tuple[Any, ...]], await self._db.execute_fetchall(statement, values))

    async def close(self) -> None:
        await self._db.close()
