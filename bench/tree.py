"""What the tree costs, beside the same ledger without it, and how long an export takes to verify, beside only hashing
its bytes: `python -m bench.tree`.

The tree and sealing are taken out by replacing the one function that does each; everything else is the same code.
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from bench.comparing import folder, probe
from bench.recording import register, sealed_append, waiting, whole
from service.ledger import Keyring, SQLiteLedger, leaves, tree
from service.ledger.sealing import Sealing
from service.ledger.tree import Tree, exported
from service.ledger.verify import Reading

CALLERS, ROUNDS = 512, 7
EVENTS = 100_000
SIZES = (100, 10_000, EVENTS)


@contextmanager
def without_tree() -> Iterator[None]:
    with patch.object(tree, "grown", lambda frontier, rows: (frontier, [None] * len(rows))):
        yield


@contextmanager
def without_both() -> Iterator[None]:
    with without_tree(), patch.object(Sealing, "_box", lambda self, words, place: words):
        yield


def rate(ask: Any) -> float:
    return asyncio.run(waiting(CALLERS, ask))


def appending() -> None:
    ways: dict[str, Callable[[], float]] = {}
    for what, ask in (("append only", sealed_append), ("whole change", whole)):

        def bare(ask: Any = ask) -> float:
            with without_tree():
                return rate(ask)

        def barest(ask: Any = ask) -> float:
            with without_both():
                return rate(ask)

        ways |= {what: lambda ask=ask: rate(ask), f"{what}, no tree": bare, f"{what}, no tree or sealing": barest}  # type: ignore[misc]
    found: dict[str, list[float]] = {name: [] for name in ways}
    syncs = []
    for _ in range(ROUNDS):
        syncs.append(probe())
        for name, measure in ways.items():
            found[name].append(measure())
    print(f"{CALLERS} waiting, fdatasync {median(syncs):,.0f} a second")
    for name, rates in found.items():
        print(f"{name:36}{median(rates):>10,.0f} a second")
    for what in ("append only", "whole change"):
        for lacking in ("no tree", "no tree or sealing"):
            cost = 1 - median(a / b for a, b in zip(found[what], found[f"{what}, {lacking}"], strict=True))
            print(f"{cost:8.1%} of the rate is the cost beside: {what}, {lacking}")


async def fill(data: Path, count: int) -> None:
    keyring = Keyring.open(data / "keys.db", bytes(32))
    ledger = await SQLiteLedger.open(data / "ledger.db", keyring)
    while await ledger.head() < count:
        await ledger.record([register(uuid4()) for _ in range(1_000)])
    await ledger.close()
    keyring.close()


def checking() -> None:
    with folder() as data:
        asyncio.run(fill(data, EVENTS))
        with leaves.reading(data / "ledger.db") as kept:
            begun = time.perf_counter()
            export = b"".join(exported(row, hashes) for row, hashes in kept.rows(0, EVENTS))
            print(
                f"\n{EVENTS:,} events, {len(export) / 2**20:.0f} MiB: exported in {time.perf_counter() - begun:.2f} s"
            )
            begun = time.perf_counter()
            reading = Reading(None)
            reading.read(io.BytesIO(export))
            took = time.perf_counter() - begun
            assert not reading.faults
            begun = time.perf_counter()
            hashlib.sha256(export).digest()
            print(f"verified in {took:.2f} s; only to hash its bytes takes {time.perf_counter() - begun:.2f} s")
            for size in SIZES:
                begun = time.perf_counter()
                for place in range(100):
                    Tree(kept, size).inclusion(1 + place * size // 100, size)
                print(f"{(time.perf_counter() - begun) * 10:8.3f} ms for a proof that an event is among {size:,}")


if __name__ == "__main__":
    appending()
    checking()
