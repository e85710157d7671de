"""What other processes have done: commits, and keys made or destroyed, as PostgreSQL tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import psycopg

from service.ledger import postgres_tables as tables
from service.ledger.interface import NotRecorded
from service.ledger.keyring import Keyring
from service.ledger.postgres_connection import AsyncConnection, connect_async
from service.ledger.postgres_keys import CHANNEL as KEYS

EVERY = 5.0  # seconds after which the head is looked up even when nothing was heard
PAUSE = 0.5  # seconds between two attempts to reach a server that went away


async def follow(url: str, committed: Callable[[int], None], keyring: Keyring) -> None:
    """Until cancelled, tells `committed` each new head, and the keyring whose key to look at again.

    What was said while nobody listened is looked up: first of all, after every silence, and after every new connection.
    """
    while True:
        with suppress(psycopg.Error, NotRecorded, ValueError):  # gone, or somebody else's words on our channels
            async with await connect_async(url, tables.SCHEMA) as db:
                await db.execute(f"LISTEN {tables.CHANNEL}; LISTEN {KEYS}".encode())
                await asyncio.to_thread(keyring.look_at_all_again)
                await _listen(db, committed, keyring)
        await asyncio.sleep(PAUSE)


async def _listen(db: AsyncConnection, committed: Callable[[int], None], keyring: Keyring) -> None:
    while True:
        found = await (await db.execute(tables.HEAD.encode())).fetchone()
        committed(found[0] if found else 0)
        async for news in db.notifies(timeout=EVERY):
            if news.channel == KEYS:
                await asyncio.to_thread(keyring.look_again, UUID(news.payload))
            else:
                committed(int(news.payload))
