"""Four processes write, readers follow by position, and none of them passes over an event: as many as `make soak` asks
for, and enough to catch an append that is not safe."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import psycopg

from tests.ledger.conftest import opened
from tests.postgres_server import server

HOUSE = Path(__file__).parent.parent.parent
EVENTS = int(os.environ.get("SOAK_EVENTS", "10000"))
WRITERS, READERS = 4, 3


def start(url, how, events):
    return subprocess.Popen(
        [sys.executable, "-m", "tests.ledger.appending", url, how, str(events)],
        cwd=HOUSE,
        stdout=subprocess.PIPE,
        text=True,
    )


async def follow(ledger, written):
    """The positions somebody sees who asks, again and again, for what came after the last one."""
    seen: list[int] = []
    while True:
        nothing_follows = written.is_set()
        events = await ledger.events_after(seen[-1] if seen else 0, 1_000)
        seen += [event.position for event in events]
        if not events and nothing_follows:
            return seen


async def written_and_followed(url, how, events):
    """What is there in the end, and what each reader saw of it."""
    async with opened(url) as ledger:
        with psycopg.connect(url) as db:
            db.execute("CREATE SEQUENCE ledger.drawn")
        processes = [start(url, how, events // WRITERS) for _ in range(WRITERS)]
        for process in processes:
            await asyncio.to_thread(process.stdout.readline)  # ready
        written = asyncio.Event()
        readers = [asyncio.ensure_future(follow(ledger, written)) for _ in range(READERS)]
        for process in processes:
            assert await asyncio.to_thread(process.wait) == 0
            process.stdout.close()
        written.set()
        seen = await asyncio.gather(*readers)
        with psycopg.connect(url) as db:
            there = [row[0] for row in db.execute("SELECT notification_id FROM ledger.stored_events ORDER BY 1")]
        return there, seen


async def test_no_reader_passes_over_an_event():
    there, seen = await written_and_followed(server().database(), "safely", EVENTS)
    assert there == list(range(1, EVENTS + 1))
    assert [reader == there for reader in seen] == [True] * READERS


async def test_an_append_without_the_lock_is_caught():
    """Positions from a sequence, as many ledgers take them: whoever commits later may have drawn the lower one."""
    url = server().database()
    there, seen = await written_and_followed(url, "unsafely", 4_000)
    assert len(there) == 4_000
    assert any(set(there).difference(reader) for reader in seen)
