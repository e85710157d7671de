"""What recording costs: our ledger with so many callers waiting, and what a single one waits."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from statistics import median
from uuid import UUID, uuid4

import msgspec

from bench.comparing import folder
from service.domain.aggregate import Aggregate, Asked, Event, Recall, first
from service.domain.events import BlockerNamed, ProblemRegistered, ProblemResolved
from service.domain.words import sealed
from service.ledger import Key, Keyring, Ledger, SQLiteLedger, recorder
from service.ledger.mapper import Mapper

SECONDS = 0.6
ANN = uuid4()
ASKED = Asked(by=ANN, now=datetime.now(UTC))
TEXT = "Nobody owns the form, and two departments print it."
REQUEST = bytes(32)
STATE = Mapper().write(msgspec.structs.replace(first(ProblemResolved, uuid4(), ASKED), salt=bytes(16)))


@dataclass(frozen=True, kw_only=True)
class Problem(Aggregate):
    blockers: int = 0


def evolve(problem: Problem | None, event: Event) -> Problem | None:
    if problem is None:
        return Problem(id=event.originator_id, version=1)
    return replace(problem, version=event.originator_version, blockers=problem.blockers + 1)


def register(id: UUID) -> Event:
    return first(ProblemRegistered, id, ASKED, owner=ANN, title=sealed(ANN, TEXT))


def name_blocker(problem: Problem) -> Event:
    return problem.then(BlockerNamed, ASKED, text=sealed(ANN, TEXT))


@asynccontextmanager
async def a_ledger() -> AsyncIterator[SQLiteLedger]:
    with folder() as data:
        keyring = Keyring.open(data / "keys.db", bytes(32))
        ledger = await SQLiteLedger.open(data / "ledger.db", keyring)
        try:
            yield ledger
        finally:
            await ledger.close()
            keyring.close()


async def waiting(callers: int, ask: Callable[[SQLiteLedger, UUID], Awaitable[object]]) -> float:
    """What so many get done a second, each asking again once answered."""
    async with a_ledger() as ledger:
        ids = [uuid4() for _ in range(callers)]
        await ledger.record([register(id) for id in ids])
        end, done = time.perf_counter() + SECONDS, 0

        async def caller(id: UUID) -> None:
            nonlocal done
            while time.perf_counter() < end:
                await ask(ledger, id)
                done += 1

        begun = time.perf_counter()
        await asyncio.gather(*map(caller, ids))
        return done / (time.perf_counter() - begun)


async def whole(ledger: Ledger, id: UUID) -> None:
    """Recalled, decided, its version checked, sealed, in the tree, under a key of its own."""
    recalled = Recall(id, evolve, "There is no such problem.")
    await ledger.change([recalled], name_blocker, key=Key(ANN, uuid4().hex, REQUEST, 200))


async def sealed_append(ledger: Ledger, id: UUID) -> None:
    """Only appended, with words that are sealed."""
    await ledger.change((), partial(register, uuid4()))


async def append(ledger: Ledger, id: UUID) -> None:
    """Only appended, and nothing to seal."""
    await ledger.change((), partial(first, ProblemResolved, uuid4(), ASKED))


def many(callers: int, ask: Callable[[SQLiteLedger, UUID], Awaitable[object]]) -> float:
    return asyncio.run(waiting(callers, ask))


async def _alone() -> float:
    async with a_ledger() as ledger:
        took, end = [], time.perf_counter() + SECONDS
        while (begun := time.perf_counter()) < end:
            await append(ledger, ANN)
            took.append(time.perf_counter() - begun)
        return median(took)


def alone() -> float:
    """How long one caller waits for one append, in the middle, in seconds."""
    return asyncio.run(_alone())


def rows_of(count: int, after: int) -> list[tuple[object, ...]]:
    """Rows like those of `append`, whose bytes and hashes were ready before."""
    return [(after + place, uuid4().hex, 1, ProblemResolved.TOPIC, STATE, bytes(64)) for place in range(1, count + 1)]


def bare(batch: int) -> list[float]:
    """Rows inserted and committed into the ledger's own table with nothing around it; how long each batch took."""
    with folder() as data:
        recorder.create(data / "ledger.db")
        db = recorder.to_write(data / "ledger.db")
        end, took = time.perf_counter() + SECONDS, list[float]()
        while (begun := time.perf_counter()) < end:
            db.execute("BEGIN IMMEDIATE")
            db.executemany(
                f"INSERT INTO stored_events ({recorder.EVENTS}, hashes) VALUES (?, ?, ?, ?, ?, ?)",
                rows_of(batch, len(took) * batch),
            )
            db.execute("COMMIT")
            took.append(time.perf_counter() - begun)
        db.close()
        return took


def bare_rate(batch: int) -> float:
    """Rows a second."""
    took = bare(batch)
    return len(took) * batch / sum(took)


def bare_alone() -> float:
    """How long one insert and commit takes, in the middle, in seconds."""
    return median(bare(1))
