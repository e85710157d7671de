"""What a command and forgetting somebody cost when there is little, and when there is much; and what was proven before
somebody was forgotten still is."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from uuid import UUID, uuid4

from bench.comparing import folder
from bench.recording import register, whole
from service.domain.aggregate import Asked, first
from service.domain.events import DirectorForgotten, ProblemRegistered
from service.domain.words import sealed
from service.ledger import Keyring, SQLiteLedger
from service.ledger.tree import Tree
from tests.ledger.test_tree import goes_on, includes

TURNS, COMMANDS = 10, 4  # how often each ledger is asked, and what each caller asks then
FORGOTTEN = 25
PROVEN = 100  # places whose proofs are looked at again
SMALL = 16_000_000  # bytes of a ledger that is measured in a copy: it would not stay small


@asynccontextmanager
async def _opened(path: Path) -> AsyncIterator[tuple[SQLiteLedger, Keyring]]:
    with folder() as copy:
        if (path / "ledger.db").stat().st_size < SMALL:
            path = shutil.copytree(path, copy / "data")
        keyring = Keyring.open(path / "keys.db", bytes(32))
        ledger = await SQLiteLedger.open(path / "ledger.db", keyring)
        try:
            yield ledger, keyring
        finally:
            await ledger.close()
            keyring.close()


async def _turn(ledger: SQLiteLedger, ids: Sequence[UUID]) -> tuple[float, float]:
    """Everybody asks a few times: seconds of work, and of time, for each."""

    async def caller(id: UUID) -> None:
        for _ in range(COMMANDS):
            await whole(ledger, id)

    begun, worked = time.perf_counter(), time.process_time()
    await asyncio.gather(*map(caller, ids))
    done = COMMANDS * len(ids)
    return (time.process_time() - worked) / done, (time.perf_counter() - begun) / done


async def _commands(paths: Sequence[Path], callers: int = 64) -> list[float]:
    async with AsyncExitStack() as open_together:
        ledgers = [(await open_together.enter_async_context(_opened(path)))[0] for path in paths]
        ids = [uuid4() for _ in range(callers)]
        for ledger in ledgers:
            await ledger.record([register(id) for id in ids])
        turns = [[await _turn(ledger, ids) for ledger in ledgers] for _ in range(TURNS)]
        return [median(figures) for of_ledger in zip(*turns, strict=True) for figures in zip(*of_ledger, strict=True)]


def commands(*paths: Path) -> list[float]:
    """For each ledger: seconds of work for one whole command when many wait, and of time: the disk, and everybody else
    on the machine, are in the second. They take turns, so that what changes within a second changes for all."""
    return asyncio.run(_commands(paths))


@dataclass(frozen=True)
class Proven:
    """What somebody was given before: the root of a tree of that size, and proofs that these leaves are in it."""

    size: int
    root: bytes
    proofs: tuple[tuple[int, bytes, list[bytes]], ...]


def _proven(tree: Tree) -> Proven:
    places = [1 + place * tree.size // PROVEN for place in range(min(PROVEN, tree.size))]
    proofs = [(position, tree.leaf(position), tree.inclusion(position, tree.size)) for position in places]
    return Proven(tree.size, tree.root(tree.size), tuple(proofs))


def _share_that_stands(tree: Tree, before: Proven) -> float:
    """Of the proofs given before: each is computed again and is the same, verifies against the root of that time, and
    that tree is shown to go on into today's."""
    goes = goes_on(before.size, tree.size, tree.consistency(before.size, tree.size), before.root, tree.root(tree.size))
    stands = [
        goes
        and leaf == tree.leaf(position)
        and path == tree.inclusion(position, before.size)
        and includes(leaf, position - 1, before.size, path, tree.root(before.size))
        for position, leaf, path in before.proofs
    ]
    return sum(stands) / len(stands)


async def _forget(ledger: SQLiteLedger, keyring: Keyring, person: UUID) -> float:
    begun = time.perf_counter()
    await ledger.record([first(DirectorForgotten, person, Asked(by=person, now=datetime.now(UTC)))])
    await asyncio.to_thread(keyring.destroy, person)
    return time.perf_counter() - begun


async def _forgetting(paths: Sequence[Path]) -> list[float]:
    async with AsyncExitStack() as open_together:
        opened = [await open_together.enter_async_context(_opened(path)) for path in paths]
        people = [uuid4() for _ in range(FORGOTTEN)]
        for ledger, _ in opened:
            for person in people:
                asked = Asked(by=person, now=datetime.now(UTC))
                title = sealed(person, "Words")
                await ledger.record([first(ProblemRegistered, uuid4(), asked, owner=person, title=title)])
        before = [await ledger.tree(_proven) for ledger, _ in opened]
        took = [[await _forget(*each, person) for each in opened] for person in people]
        stands = [
            await ledger.tree(partial(_share_that_stands, before=proven))
            for (ledger, _), proven in zip(opened, before, strict=True)
        ]
        return [figure for each in zip(map(median, zip(*took, strict=True)), stands, strict=True) for figure in each]


def forgetting(*paths: Path) -> list[float]:
    """For each ledger: seconds from the wish to be forgotten until nothing opens the words any more, in the middle; and
    the share of the proofs given before that still verify. They take turns."""
    return asyncio.run(_forgetting(paths))
