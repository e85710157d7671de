"""Tokens and e-mail look-up in a SQLite file of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self, cast

import aiosqlite

TABLES = """
CREATE TABLE IF NOT EXISTS tokens (
    id BLOB PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE,
    director BLOB NOT NULL,
    issued_by BLOB,
    issued_via TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT,
    revoked_at TEXT,
    key TEXT,
    request BLOB,
    UNIQUE (issued_by, key)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_of ON tokens (director, created_at);
CREATE TABLE IF NOT EXISTS emails (
    hash BLOB PRIMARY KEY,
    director BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS emails_of ON emails (director);
"""


class TokenFile:
    """The rows of a network that lives in one folder."""

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db

    @classmethod
    async def open(cls, path: Path) -> Self:
        """That file, which is made where there is none and is nobody else's to read."""
        await asyncio.to_thread(path.touch, 0o600)
        db = await aiosqlite.connect(path, isolation_level=None)
        try:
            for pragma in ("journal_mode = WAL", "synchronous = FULL", "secure_delete = ON", "busy_timeout = 5000"):
                await db.execute_fetchall(f"PRAGMA {pragma}")
            await db.executescript(TABLES)
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
