"""What reading costs: one stream beside writers, everything from the beginning, and a read model that catches up."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from bench.comparing import folder
from bench.recording import ANN, SECONDS, Problem, a_ledger, name_blocker, register, whole
from projections import problems
from projections.read_models import ReadModels
from service.domain.aggregate import Event
from service.ledger import Keyring, SQLiteLedger, recorder

TOGETHER = 5_000
ANSWERS = (
    "INSERT INTO answers SELECT ?, lower(hex(randomblob(16))) AS key, zeroblob(32), 200, position, 1"
    " FROM stored_events ORDER BY key"
)
"""As if each event had been asked for under a key of its own."""


async def _beside_writers() -> float:
    async with a_ledger() as ledger:
        ids = [uuid4() for _ in range(9)]
        await ledger.record([register(id) for id in ids])
        looked_up = [uuid4() for _ in range(5_000)]
        await ledger.record([register(id) for id in looked_up])
        end = time.perf_counter() + SECONDS

        async def write(number: int) -> None:
            while time.perf_counter() < end:
                await whole(ledger, ids[number])

        took: list[float] = []

        def look() -> None:
            db = recorder.to_read(ledger._path)
            for place in range(10**9):
                begun = time.perf_counter()
                if begun >= end:
                    break
                recorder.stream(db, looked_up[place % len(looked_up)])
                took.append(time.perf_counter() - begun)
            db.close()

        await asyncio.gather(asyncio.to_thread(look), *(write(number) for number in range(8)))
        return median(took)


def beside_writers() -> float:
    """How long a look at one stream takes in the middle, while eight callers write, in seconds."""
    return asyncio.run(_beside_writers())


async def fill(path: Path, count: int, each: int = 1) -> None:
    """A ledger with so many events, in streams of so many `each`."""
    keyring = Keyring.open(path / "keys.db", bytes(32))
    ledger = await SQLiteLedger.open(path / "ledger.db", keyring)
    while missing := count - await ledger.head():
        ids = [uuid4() for _ in range(min(missing, TOGETHER) // each)]
        await ledger.record([event for id in ids for event in a_stream(id, each)])
    await ledger.close()
    keyring.close()
    with closing(recorder.to_write(path / "ledger.db")) as db:
        db.execute(ANSWERS, (ANN.hex,))


def a_stream(id: UUID, length: int) -> list[Event]:
    """A problem with everything that blocks it."""
    versions = range(1, length)
    return [register(id), *(name_blocker(Problem(id=id, version=version)) for version in versions)]


async def _typed(path: Path, count: int) -> float:
    keyring = Keyring.open(path / "keys.db", bytes(32))
    ledger = await SQLiteLedger.open(path / "ledger.db", keyring, read_only=True)
    begun, position = time.perf_counter(), 0
    while events := await ledger.events_after(position, 1000):
        position = events[-1].position
    took = time.perf_counter() - begun
    await ledger.close()
    keyring.close()
    return count / took


def typed(path: Path, count: int) -> float:
    """Events a second, in order and in their types, as the read models are given them."""
    return asyncio.run(_typed(path, count))


def selected(path: Path, count: int) -> float:
    """The same rows by a bare SELECT."""
    db = recorder.to_read(path / "ledger.db")
    begun, position = time.perf_counter(), 0
    while rows := recorder.after(db, position, 1000):
        position = rows[-1][0]
    took = time.perf_counter() - begun
    db.close()
    return count / took


async def _caught_up(path: Path, count: int) -> float:
    keyring = Keyring.open(path / "keys.db", bytes(32))
    ledger = await SQLiteLedger.open(path / "ledger.db", keyring, read_only=True)
    with folder() as beside:
        models = ReadModels(beside / "read_models.db", ledger.events_after, [problems])
        begun = time.perf_counter()
        await models.open()
        await models.reached(await ledger.head(), 60)
        took = time.perf_counter() - begun
        await models.close()
    await ledger.close()
    keyring.close()
    return count / took


def caught_up(path: Path, count: int) -> float:
    """Events a second that a real read model takes in, durably."""
    return asyncio.run(_caught_up(path, count))
