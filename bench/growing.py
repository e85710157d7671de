"""What a command and forgetting somebody cost when there is little, and when there is much."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from bench.recording import SECONDS, register, whole
from service.domain.aggregate import Asked, first
from service.domain.events import DirectorForgotten, ProblemRegistered
from service.domain.words import sealed
from service.ledger import Keyring, SQLiteLedger

FORGOTTEN = 25


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[tuple[SQLiteLedger, Keyring]]:
    keyring = Keyring.open(path / "keys.db", bytes(32))
    ledger = await SQLiteLedger.open(path / "ledger.db", keyring)
    try:
        yield ledger, keyring
    finally:
        await ledger.close()
        keyring.close()


async def _a_command(path: Path, callers: int = 64) -> float:
    async with _opened(path) as (ledger, _):
        ids = [uuid4() for _ in range(callers)]
        await ledger.record([register(id) for id in ids])
        end, done = time.perf_counter() + SECONDS, 0

        async def caller(id: UUID) -> None:
            nonlocal done
            while time.perf_counter() < end:
                await whole(ledger, id)
                done += 1

        begun = time.process_time()
        await asyncio.gather(*map(caller, ids))
        return (time.process_time() - begun) / done


def a_command(path: Path) -> float:
    """Seconds of work for one whole command; what the disk takes on top is the same for all sizes, and bimodal."""
    return asyncio.run(_a_command(path))


async def _forgetting(path: Path) -> float:
    async with _opened(path) as (ledger, keyring):
        people = [uuid4() for _ in range(FORGOTTEN)]
        for person in people:
            asked = Asked(by=person, now=datetime.now(UTC))
            await ledger.record([first(ProblemRegistered, uuid4(), asked, owner=person, title=sealed(person, "Words"))])
        took = []
        for person in people:
            begun = time.perf_counter()
            asked = Asked(by=person, now=datetime.now(UTC))
            await ledger.record([first(DirectorForgotten, person, asked)])
            await asyncio.to_thread(keyring.destroy, person)
            took.append(time.perf_counter() - begun)
        return median(took)


def forgetting(path: Path) -> float:
    """Seconds from the wish to be forgotten until nothing opens the words any more, in the middle."""
    return asyncio.run(_forgetting(path))
