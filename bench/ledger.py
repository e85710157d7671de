"""What recording costs, beside the library's own save and bare SQLite, in one run: `python -m bench.ledger`.

Disks change their mind within minutes: every figure is bracketed by a probe of the disk, and only ratios are compared.
"""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate as LibraryAggregate
from eventsourcing.domain import event as library_event

from service.domain.aggregate import Aggregate, Asked, Event, Recall, first
from service.domain.events import BlockerNamed, ProblemRegistered
from service.domain.words import sealed
from service.ledger import Key, Keyring, SQLiteLedger, recorder

SECONDS, ROUNDS = 1.5, 5
ANN = uuid4()
ASKED = Asked(by=ANN, now=datetime.now(UTC))
TEXT = "Nobody owns the form, and two departments print it."
REQUEST = bytes(32)


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


class LibraryProblem(LibraryAggregate):
    @library_event("Registered")
    def __init__(self) -> None:
        self.blockers = 0

    @library_event("BlockerNamed")
    def name_blocker(self, text: str) -> None:
        self.blockers += 1


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        yield Path(name)


@asynccontextmanager
async def a_ledger():  # type: ignore[no-untyped-def]
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


async def whole(ledger: SQLiteLedger, id: UUID) -> None:
    """Recalled, decided, its version checked, sealed, under a key of its own."""
    recalled = Recall(id, evolve, "There is no such problem.")
    await ledger.change([recalled], name_blocker, key=Key(ANN, uuid4().hex, REQUEST, 200))


async def recorded(ledger: SQLiteLedger, id: UUID) -> None:
    """Only appended."""
    await ledger.change((), partial(register, uuid4()))


def library(read_first: bool) -> float:
    """Eight threads, each with a problem of its own."""
    with folder() as data:
        name = str(data / "library.db")
        app: Application[UUID] = Application(
            env={"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": name, "SQLITE_LOCK_TIMEOUT": "30"}
        )
        end = time.perf_counter() + SECONDS

        def caller(_: int) -> int:
            problem, done = LibraryProblem(), 0
            app.save(problem)
            while time.perf_counter() < end:
                if read_first:
                    problem = app.repository.get(problem.id)
                problem.name_blocker(TEXT)
                app.save(problem)
                done += 1
            return done

        with ThreadPoolExecutor(8) as threads:
            done = sum(threads.map(caller, range(8)))
        app.close()
        return done / SECONDS


def bare(batch: int) -> float:
    """Rows that were ready before, in the ledger's own table."""
    with folder() as data:
        recorder.create(data / "ledger.db")
        db = recorder.to_write(data / "ledger.db")
        state, hashes = b'{"text":{"subject":"%s"}}' % (b"x" * 340), bytes(64)
        end, done = time.perf_counter() + SECONDS, 0
        while time.perf_counter() < end:
            rows = [(done + i + 1, uuid4().hex, 1, "problem-registered", state) for i in range(batch)]
            db.execute("BEGIN IMMEDIATE")
            recorder.insert(db, rows, [hashes] * batch, ())
            db.execute("COMMIT")
            done += batch
        db.close()
        return done / SECONDS


def probe() -> float:
    """How often a second this disk says that a page is safe."""
    with folder() as data, (data / "probe").open("wb", buffering=0) as file:
        end, done = time.perf_counter() + 0.3, 0
        while time.perf_counter() < end:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            done += 1
        return done / 0.3


MEASURES: dict[str, Callable[[], float]] = {
    "ours, whole change, 512 waiting": lambda: asyncio.run(waiting(512, whole)),
    "ours, whole change, 64 waiting": lambda: asyncio.run(waiting(64, whole)),
    "ours, append only, 512 waiting": lambda: asyncio.run(waiting(512, recorded)),
    "ours, whole change, 1 caller": lambda: asyncio.run(waiting(1, whole)),
    "library, save, 8 threads": lambda: library(read_first=False),
    "library, get and save, 8 threads": lambda: library(read_first=True),
    "bare SQLite, batches of 512": lambda: bare(512),
    "bare SQLite, one at a time": lambda: bare(1),
}
PAIRS = [
    ("ours, append only, 512 waiting", "library, save, 8 threads"),
    ("ours, append only, 512 waiting", "bare SQLite, batches of 512"),
    ("ours, whole change, 512 waiting", "library, get and save, 8 threads"),
    ("ours, whole change, 64 waiting", "library, get and save, 8 threads"),
    ("ours, whole change, 1 caller", "bare SQLite, one at a time"),
]


def main() -> None:
    found: dict[str, list[float]] = {name: [] for name in MEASURES}
    synced: dict[str, list[float]] = {name: [] for name in MEASURES}
    for _ in range(ROUNDS):
        for name, measure in MEASURES.items():
            before = probe()
            found[name].append(measure())
            synced[name].append((before + probe()) / 2)
    print(f"{'':36}{'a second':>10}{'fdatasync':>11}{'a sync':>8}")
    for name in MEASURES:
        each = median(rate / sync for rate, sync in zip(found[name], synced[name], strict=True))
        print(f"{name:36}{median(found[name]):>10,.0f}{median(synced[name]):>11,.0f}{each:>8.2f}")
    print()
    for one, other in PAIRS:
        ratio = median(a / b for a, b in zip(found[one], found[other], strict=True))
        print(f"{ratio:8.2f} × {one} / {other}")


if __name__ == "__main__":
    main()
