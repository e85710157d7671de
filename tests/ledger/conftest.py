"""Ledgers of their own, in files and in PostgreSQL, closed when the test is over."""

import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from service.ledger import Ledger
from service.ledger.keyring import Keyring
from service.ledger.postgres import PostgresLedger
from service.ledger.postgres_keys import open_keyring
from service.ledger.sqlite import SQLiteLedger
from tests.postgres_server import server

KEK = b"the key that wraps the others..."
STORES = ("SQLite", "PostgreSQL")

in_files = pytest.mark.parametrize("store", ["SQLite"], indirect=True)
"""What is shown of the files themselves."""


@dataclass(frozen=True)
class Store:
    """Where one test's ledger and keys lie: a folder, or the URL of a database."""

    place: Path | str

    def keyring(self, kek: bytes = KEK, *, read_only: bool = False, unwrapped: int = 10_000) -> Keyring:
        if isinstance(self.place, Path):
            return Keyring.open(self.place / "keys.db", kek, read_only=read_only, unwrapped=unwrapped)
        return open_keyring(self.place, kek, read_only=read_only, unwrapped=unwrapped)

    async def ledger(self, keyring: Keyring, *, read_only: bool = False, queue: int = 8_192) -> Ledger:
        if isinstance(self.place, Path):
            return await SQLiteLedger.open(self.place / "ledger.db", keyring, read_only=read_only, queue=queue)
        return await PostgresLedger.open(self.place, keyring, read_only=read_only, queue=queue)

    def lose(self, position: int) -> None:
        """The event at that position, taken out behind the ledger's back."""
        if isinstance(self.place, Path):
            with sqlite3.connect(self.place / "ledger.db") as tampering:
                tampering.execute("DELETE FROM stored_events WHERE position = ?", (position,))
            tampering.close()
        else:
            with psycopg.connect(self.place, autocommit=True) as db:
                db.execute("DELETE FROM ledger.stored_events WHERE notification_id = %s", (position,))

    def lose_keys(self) -> None:
        """All of them."""
        if isinstance(self.place, Path):
            (self.place / "keys.db").unlink()
        else:
            with psycopg.connect(self.place, autocommit=True) as db:
                db.execute("DROP SCHEMA keys CASCADE")


@asynccontextmanager
async def opened(place: Path | str, *, read_only: bool = False, queue: int = 8_192) -> AsyncIterator[Ledger]:
    keyring = Store(place).keyring(read_only=read_only)
    try:
        ledger = await Store(place).ledger(keyring, read_only=read_only, queue=queue)
        try:
            yield ledger
        finally:
            await ledger.close()
    finally:
        keyring.close()


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    """Every test that asks for a ledger or for keys is run on both."""
    return Store(tmp_path if request.param == "SQLite" else server().database())


@pytest.fixture
def keyring(store: Store) -> Iterator[Keyring]:
    ring = store.keyring()
    yield ring
    ring.close()


@pytest.fixture
async def ledger(store: Store, keyring: Keyring) -> AsyncIterator[Ledger]:
    ledger = await store.ledger(keyring)
    yield ledger
    await ledger.close()


@pytest.fixture
def open_again(store: Store) -> Callable[..., object]:
    """A ledger over the same store, once the first is closed (or beside it)."""
    return lambda **how: opened(store.place, **how)
