"""Whoever asks at the same time sees one order: generated histories of many callers, in both stores."""

import asyncio
import random
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.refusals import Stale
from service.ledger import Conflict
from tests.faults.length import HISTORIES, LONG
from tests.faults.linearizable import Seen, broken
from tests.ledger.conftest import STORES, opened
from tests.ledger.problem import a_key, naming, recall, registering
from tests.postgres_server import server

CALLERS, EACH = (25, 40) if LONG else (10, 10)
STREAMS = 3

DOINGS = ("name", "name", "look", "history", "if version", "again")

Program = list[list[tuple[str, int]]]


def program(seed: int) -> Program:
    """What each caller does, one thing after another: to which stream."""
    chance = random.Random(seed)
    return [[(chance.choice(DOINGS), chance.randrange(STREAMS)) for _ in range(EACH)] for _ in range(CALLERS)]


async def played(place: Path | str, doings: Program) -> dict[UUID, list[Seen]]:
    """What every caller saw of each stream."""
    seen: dict[UUID, list[Seen]] = defaultdict(list)
    async with opened(place) as ledger:
        ids = [uuid4() for _ in range(STREAMS)]
        for id in ids:
            await ledger.change((), registering(id))

        async def once(doing: str, id: UUID) -> None:
            key = a_key(by=id) if doing == "again" else None
            asked = time.perf_counter()
            version: int | None
            made = True
            try:
                match doing:
                    case "look":
                        version, made = (await ledger.recall(recall(id))).version, False
                    case "history":
                        version, made = len(await ledger.history(id)), False
                    case "if version":
                        known = (await ledger.recall(recall(id))).version
                        asked = time.perf_counter()
                        version = (await ledger.change([recall(id)], naming(), if_version=known)).version
                    case _:
                        version = (await ledger.change([recall(id)], naming(), key=key)).version
            except (Stale, Conflict):
                return
            answered = time.perf_counter()
            assert version
            seen[id].append(Seen(asked, answered, version, made))
            if key:
                assert (await ledger.change([recall(id)], naming(), key=key)).version == version

        async def caller(mine: list[tuple[str, int]]) -> None:
            for doing, stream in mine:
                await once(doing, ids[stream])

        await asyncio.gather(*map(caller, doings))
        for id in ids:
            history = await ledger.history(id)
            assert [event.originator_version for event in history] == list(range(1, len(history) + 1))
            assert len(history) == 1 + sum(each.made for each in seen[id])
    return seen


@pytest.mark.parametrize("kind", STORES)
def test_every_history_has_an_order(kind):
    @settings(max_examples=HISTORIES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.integers(0, 2**32))
    def tried(seed):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) if kind == "SQLite" else server().database()
            for operations in asyncio.run(played(place, program(seed))).values():
                assert broken(operations) is None

    tried()


MADE, SAW = True, False


@pytest.mark.parametrize(
    ("operations", "ordered"),
    [
        ([Seen(0, 1, 2, MADE), Seen(2, 3, 3, MADE)], True),
        ([Seen(0, 3, 3, MADE), Seen(1, 2, 2, MADE)], True),
        ([Seen(0, 1, 3, MADE), Seen(2, 3, 2, MADE)], False),
        ([Seen(0, 1, 2, MADE), Seen(2, 3, 2, MADE)], False),
        ([Seen(0, 1, 2, MADE), Seen(2, 3, 4, MADE)], False),
        ([Seen(0, 1, 2, MADE), Seen(2, 3, 2, SAW)], True),
        ([Seen(0, 1, 2, MADE), Seen(2, 3, 1, SAW)], False),
        ([Seen(0, 2, 2, MADE), Seen(1, 3, 1, SAW)], True),
        ([Seen(0, 1, 2, SAW), Seen(2, 3, 2, MADE)], False),
        ([Seen(0, 1, 2, SAW), Seen(2, 3, 1, SAW)], False),
    ],
)
def test_the_checker_tells_what_can_have_happened_from_what_cannot(operations, ordered):
    assert (broken(operations) is None) == ordered
