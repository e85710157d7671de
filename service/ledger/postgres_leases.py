"""Leases as locks of one session of PostgreSQL: they end with the process that holds them, however it ends."""

from __future__ import annotations

import asyncio
import zlib
from contextlib import suppress

import psycopg

from service.ledger.postgres_connection import LOST, AsyncConnection, connect_async
from service.ledger.postgres_tables import SCHEMA

OURS = int.from_bytes(b"once")


class PostgresLeases:
    """A connection that is kept for nothing else. The server ends the session, and with it every lease, as soon as the
    process is gone; within half a minute when its machine is."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._turn = asyncio.Lock()
        self._db: AsyncConnection | None = None
        self._held: set[str] = set()

    async def hold(self, name: str) -> bool:
        """Whether it is this process's to do; asked of the server every time. Nobody's while PostgreSQL is away."""
        async with self._turn:
            try:
                if self._db is None:
                    self._db = await connect_async(self._url, SCHEMA)
                return await self._asked(self._db, name)
            except LOST:
                await self._lose()
                return False

    async def let_go(self, name: str) -> None:
        """Somebody else may have it."""
        async with self._turn:
            if self._db is None or name not in self._held:
                return
            try:
                await self._db.execute("SELECT pg_advisory_unlock(%s::int, %s::int)", _lock(name))
                self._held.remove(name)
            except LOST:
                await self._lose()

    async def close(self) -> None:
        """Lets go of everything, so that others need not wait until the server has noticed."""
        async with self._turn:
            if self._db is not None:
                with suppress(psycopg.Error):
                    await self._db.execute("SELECT pg_advisory_unlock_all()")
            await self._lose()

    async def _asked(self, db: AsyncConnection, name: str) -> bool:
        if name in self._held:
            await db.execute("SELECT 1")
            return True
        found = await (await db.execute("SELECT pg_try_advisory_lock(%s::int, %s::int)", _lock(name))).fetchone()
        if found is not None and found[0]:
            self._held.add(name)
            return True
        return False

    async def _lose(self) -> None:
        self._held.clear()
        if self._db is not None:
            db, self._db = self._db, None
            await db.close()


def _lock(name: str) -> tuple[int, int]:
    """Two numbers of 32 bits; the second tells the things to do apart."""
    return OURS, int.from_bytes(zlib.crc32(name.encode()).to_bytes(4), signed=True)
