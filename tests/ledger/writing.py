"""Writes into a ledger and says what was acknowledged, until somebody stops the process: run by test_durability.py."""

import asyncio
import sys
from itertools import count
from pathlib import Path
from uuid import UUID

from service.ledger import Key
from tests.ledger.conftest import opened
from tests.ledger.problem import naming, recall, registering
from tests.story import ANN


async def write(place: Path | str) -> None:
    async with opened(place) as ledger:
        print("ready", flush=True)
        await asyncio.gather(*(caller(ledger, number) for number in range(8)))


async def caller(ledger, number):
    """Registers a problem unless it did so before, then names one blocker after another, each under its own key."""
    id = UUID(int=number)
    begun = await ledger.history(id)
    if not begun:
        await ledger.change((), registering(id))
    for turn in count(len(begun) or 1):
        key = f"{number} {turn}"
        done = await ledger.change([recall(id)], naming(key), key=Key(ANN, key, key.encode(), 200))
        print(f"{done.position} {key}", flush=True)


if __name__ == "__main__":
    asyncio.run(write(sys.argv[1] if "://" in sys.argv[1] else Path(sys.argv[1])))
