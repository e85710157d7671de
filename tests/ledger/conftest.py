"""Ledgers in files of their own, closed when the test is over."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from service.ledger.keyring import Keyring
from service.ledger.sqlite import SQLiteLedger

KEK = b"the key that wraps the others..."


@asynccontextmanager
async def opened(folder: Path, *, read_only: bool = False, queue: int = 8_192) -> AsyncIterator[SQLiteLedger]:
    keyring = Keyring.open(folder / "keys.db", KEK, read_only=read_only)
    ledger = await SQLiteLedger.open(folder / "ledger.db", keyring, read_only=read_only, queue=queue)
    try:
        yield ledger
    finally:
        await ledger.close()
        keyring.close()


@pytest.fixture
def keyring(tmp_path: Path) -> Iterator[Keyring]:
    ring = Keyring.open(tmp_path / "keys.db", KEK)
    yield ring
    ring.close()


@pytest.fixture
async def ledger(tmp_path: Path, keyring: Keyring) -> AsyncIterator[SQLiteLedger]:
    ledger = await SQLiteLedger.open(tmp_path / "ledger.db", keyring)
    yield ledger
    await ledger.close()


@pytest.fixture
def open_again(tmp_path: Path) -> Callable[..., object]:
    """A ledger over the same files, once the first is closed (or beside it, to read only)."""
    return lambda **how: opened(tmp_path, **how)
