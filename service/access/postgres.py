"""Who may sign in, in a schema of PostgreSQL, for any number of processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Self

import psycopg
from psycopg.rows import TupleRow

from service.access.tables import NEWEST, for_postgres
from service.ledger import postgres_connection
from service.ledger.postgres_connection import LOST, AsyncConnection, unreachable

SCHEMA = "access"
CONNECTIONS = 3


class PostgresTokens:
    """The rows of a network that lives in PostgreSQL, asked for through a few connections that are made when needed."""

    def __init__(self, url: str, schema: str) -> None:
        self._url = url
        self._schema = schema
        self._free: asyncio.LifoQueue[AsyncConnection | None] = asyncio.LifoQueue()
        for _ in range(CONNECTIONS):
            self._free.put_nowait(None)

    @classmethod
    async def open(
        cls, url: str, schema: str = SCHEMA, newest: str = NEWEST, tables: Callable[[], str] = for_postgres
    ) -> Self:
        """That schema, which is made where there is none."""
        await asyncio.to_thread(postgres_connection.set_up, url, schema, newest, tables())
        return cls(url, schema)

    async def run(self, statement: str, *values: object) -> int:
        """How many rows it wrote, durably."""
        return (await self._asked(statement, values)).rowcount

    async def rows(self, statement: str, *values: object) -> Sequence[tuple[Any, ...]]:
        """What it finds."""
        return await (await self._asked(statement, values)).fetchall()

    async def close(self) -> None:
        for _ in range(CONNECTIONS):
            if db := await self._free.get():
                await db.close()

    async def _asked(self, statement: str, values: tuple[object, ...]) -> psycopg.AsyncCursor[TupleRow]:
        """Asked again on a new connection when the old one turns out to have been cut: twice is as once here."""
        db = await self._free.get()
        try:
            for fresh in (db is None, True):
                try:
                    db = db or await postgres_connection.connect_async(self._url, self._schema)
                    return await db.execute(statement.replace("?", "%s").encode(), values, binary=True)
                except LOST as error:
                    if db is not None:
                        await db.close()
                        db = None
                    if fresh:
                        raise unreachable(error) from None
            raise AssertionError("the second attempt is a fresh one")
        except asyncio.CancelledError:  # in the middle of an answer that nobody will read
            if db is not None:
                await db.close()
                db = None
            raise
        finally:
            self._free.put_nowait(db)
