"""What recording costs in PostgreSQL: four processes that write at once, and whether a reader passes over anything.

python -m bench.postgres URL SECONDS: one such process, which begins when it is told to and says how much it got done
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from bench.recording import SECONDS, append
from service.ledger.postgres import PostgresLedger
from service.ledger.postgres_keys import open_keyring
from tests.postgres_server import Server

PROCESSES, CALLERS = 4, 128
DURABLE = "max_connections = 200\n"
"""Everything else as it comes: each commit has reached the disk."""


async def _write(url: str, seconds: float) -> int:
    keyring = open_keyring(url, bytes(32))
    ledger = await PostgresLedger.open(url, keyring)
    print("ready", flush=True)
    sys.stdin.readline()
    end, done = time.perf_counter() + seconds, 0

    async def caller() -> None:
        nonlocal done
        while time.perf_counter() < end:
            await append(ledger, uuid4())
            done += 1

    await asyncio.gather(*(caller() for _ in range(CALLERS)))
    await ledger.close()
    keyring.close()
    return done


@contextmanager
def _processes(url: str) -> Iterator[list[subprocess.Popen[str]]]:
    """So many that are ready to write."""
    words = [sys.executable, "-m", "bench.postgres", url, str(SECONDS)]
    started = [
        subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(PROCESSES)
    ]
    try:
        for process in started:
            assert process.stdout
            process.stdout.readline()
        yield started
    finally:
        for process in started:
            process.communicate()


def _begin(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdin
        process.stdin.write("go\n")
        process.stdin.flush()


def _done(processes: list[subprocess.Popen[str]]) -> int:
    """How many events they wrote."""
    return sum(int(process.stdout.readline()) for process in processes if process.stdout)


def writing(server: Server) -> float:
    """Events a second of all processes together."""
    with _processes(server.database()) as processes:
        begun = time.perf_counter()
        _begin(processes)
        return _done(processes) / (time.perf_counter() - begun)


async def _followed(url: str) -> float:
    keyring = open_keyring(url, bytes(32))
    ledger = await PostgresLedger.open(url, keyring)
    with _processes(url) as processes:
        _begin(processes)
        written = asyncio.create_task(asyncio.to_thread(_done, processes))
        seen, position = 0, 0
        while not written.done() or position < await ledger.head():
            for event in await ledger.events_after(position, 1_000):
                seen, position = seen + 1, event.position
        missed = await written - seen
    await ledger.close()
    keyring.close()
    return missed


def passed_over(server: Server) -> float:
    """How many events somebody does not see who asks, again and again, for what came after the last one."""
    return asyncio.run(_followed(server.database()))


if __name__ == "__main__":
    print(asyncio.run(_write(sys.argv[1], float(sys.argv[2]))))
