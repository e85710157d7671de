"""Every goal of the ledger, each figure beside its rival in one run: `python -m bench ledger [--json] [--long]`.

`--long` adds the ledger of a million events (1 GB of disk), `--longest` that of ten million (10 GB).
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench import growing, library, postgres, reading, recording, rivals, serving
from bench.comparing import Measure, Row, Table, folder
from bench.recording import SECONDS, append, many, register, sealed_append, whole
from service.ledger import Keyring, tree
from service.ledger.mapper import Mapper
from service.ledger.sealing import Sealing
from service.ledger.verify import Frontier
from tests.postgres_server import Server

ROUNDS = 5
FEW, SOME, MUCH = 100, 1_000, 100_000
LARGER = {"--long": 1_000_000, "--longest": 10_000_000}
READ, STREAM = 20_000, 10  # events that are read from the beginning; in streams of so many, like the library's

ROWS = [
    Row("append, 512 waiting / library's save, 8 threads", "append, 512 waiting", "library: save", 30),
    Row("append, 512 waiting / bare batches of 512", "append, 512 waiting", "bare SQLite: batches of 512", 0.75),
    Row("whole command, 512 waiting / library's get and save", "whole, 512 waiting", "library: get and save", 12),
    Row("commands / fdatasync, 512 waiting", "append, 512 waiting", "fdatasync", 10),
    Row("one caller's wait / bare insert and commit", "append, one waits", "bare SQLite: one waits", at_most=1.3),
    Row("look beside 8 writers / library's pool", "look beside 8 writers", "library: look", at_most=0.05),
    Row("typed replay / bare SELECT", "typed replay", "bare SELECT", 0.5),
    Row("typed replay / library's select and mapper", "typed replay", "library: select and map", 4),
    Row("read model catching up / library's runner, kept too", "read model catches up", "library: runner", 50),
    Row("read model catching up / library's, in memory", "read model catches up", "library: runner in memory"),
    Row("share of an append's work that is sealing and tree", "sealing and tree, each", "append, each", at_most=0.15),
    Row("PostgreSQL, four processes / library's save, 8 threads", "PostgreSQL: four", "PostgreSQL: library", 20),
    Row("events that a reader beside them passes over", "PostgreSQL: passed over", 1, at_most=0),
    Row("durable commands a second over HTTP, 64 connections / 2,000", "HTTP commands, 64", 2_000, 1),
    Row("their slowest hundredth / 25 ms", "HTTP commands, 64: p99 ms", 25, at_most=1),
    Row("durable commands a second over HTTP, 512 connections / 2,000", "HTTP commands, 512", 2_000, 1),
    Row("the same with PostgreSQL, 64 connections / 2,000", "HTTP commands on PostgreSQL, 64", 2_000),
    Row("JSON reads over HTTP / static answer, 64", "HTTP reads, 64", "HTTP static, 64", 0.3),
    Row("JSON reads over HTTP / static answer, 512", "HTTP reads, 512", "HTTP static, 512", 0.3),
]
RIVALS = [
    Row("whole command, 64 waiting / eventsource-py", "whole, 64 waiting", "eventsource-py"),
    Row("whole command, 64 waiting / py-event-sourcing", "whole, 64 waiting", "py-event-sourcing"),
]
ELSEWHERE = """
Two goals are tests, for they hold or they do not: `make faults` kills the service 200 times under load (0 acknowledged
lost, 0 doubled, read models equal to a rebuild), `make soak` has four processes write a million events into PostgreSQL
past readers who skip none, and catches an append that is not safe."""


def sealing_and_tree() -> float:
    """Seconds of the processor that one event takes to be sealed and hashed into the tree."""
    with folder() as data:
        keyring = Keyring.open(data / "keys.db", bytes(32))
        sealing, mapper = Sealing(keyring), Mapper()
        events = [register(uuid4()) for _ in range(2_000)]
        begun = time.process_time()
        boxed = [sealing.seal(event) for event in events]
        took = time.process_time() - begun
        rows = [(at + 1, each.originator_id.hex, 1, each.TOPIC, mapper.write(each)) for at, each in enumerate(boxed)]
        begun = time.process_time()
        tree.grown(Frontier(0, ()), rows)
        took += time.process_time() - begun
        keyring.close()
        return took / len(events)


def _together(names: Sequence[str], measure: Callable[[], Sequence[float]]) -> dict[str, Measure]:
    """Figures that are found at once, when the first of them is asked for."""
    found: list[float] = []

    def look() -> float:
        found[:] = measure()
        return found[0]

    return {names[0]: look, **{name: partial(lambda at: found[at], at) for at, name in enumerate(names) if at}}


def recorded(server: Server) -> dict[str, Measure]:
    """What is written: whatever is compared stands together, for the disk may be another one a second later."""
    return {
        "library: save": partial(library.saving, library.in_sqlite),
        "append, 512 waiting": partial(many, 512, append),
        "bare SQLite: batches of 512": partial(recording.bare_rate, 512),
        **_together(("append, sealed, 512 waiting", "append, each"), _sealed),
        "sealing and tree, each": sealing_and_tree,
        "library: get and save": partial(library.saving, library.in_sqlite, read_first=True),
        "whole, 512 waiting": partial(many, 512, whole),
        "whole, 64 waiting": partial(many, 64, whole),
        "append, one waits": recording.alone,
        "bare SQLite: one waits": recording.bare_alone,
        "PostgreSQL: four": partial(postgres.writing, server),
        "PostgreSQL: library": lambda: library.saving(partial(library.in_postgres, server.database())),
        "PostgreSQL: passed over": partial(postgres.passed_over, server),
    }


def _sealed() -> tuple[float, float]:
    """Appends a second, and how many seconds of the processor one of them took. What is hashed and sealed is compared
    with those: the disk is waited for by nobody's processor, and other people's work is not in them."""
    begun = time.process_time()
    rate = many(512, sealed_append)
    return rate, (time.process_time() - begun) / (rate * SECONDS)


def read(path: Path, server: Server) -> dict[str, Measure]:
    """What is read: one stream, or everything from the beginning."""
    return {
        "look beside 8 writers": reading.beside_writers,
        "library: look": library.reading_beside_writers,
        "library: select and map": partial(library.replaying, READ // 4),
        "typed replay": partial(reading.typed, path, READ),
        "bare SELECT": partial(reading.selected, path, READ),
        "read model catches up": partial(reading.caught_up, path, READ),
        "library: runner": lambda: library.catching_up(500, server.database()),
        "library: runner in memory": partial(library.catching_up, 5_000),
    }


def grown(paths: dict[int, Path]) -> tuple[dict[str, Measure], list[Row]]:
    """What one command and forgetting somebody cost at each of these sizes."""
    commanded, forgotten = ({size: path for size, path in paths.items() if size != without} for without in (FEW, SOME))
    costs = [name for size in commanded for name in (f"command at {size:,}", f"command at {size:,}, elapsed")]
    ends = [name for size in forgotten for name in (f"forgetting at {size:,}", f"proofs that stand at {size:,}")]
    rows = [
        row
        for size in paths
        if size not in (FEW, SOME)
        for row in (
            Row(f"work for a command at {size:,} events / at 1,000", f"command at {size:,}", costs[0], at_most=1.15),
            Row("time for it", f"command at {size:,}, elapsed", costs[1]),
            Row(f"forgetting at {size:,} events / at 100", f"forgetting at {size:,}", ends[0], 0.8, 1.2),
            Row("share of earlier proofs that still verify then", f"proofs that stand at {size:,}", 1, 1),
        )
    ]
    found = _together(costs, partial(growing.commands, *commanded.values()))
    return found | _together(ends, partial(growing.forgetting, *forgotten.values())), rows


@contextmanager
def over_http(server: Server) -> Iterator[dict[str, Measure]]:
    """The service and a static answer, called from a third process."""
    with (
        serving.serving() as (service, people),
        serving.serving(server.database()) as (in_postgres, its_people),
        serving.answering() as static,
    ):
        told: dict[str, Any] = {}

        def commands(where: tuple[str, int], people: list[tuple[str, str]], connections: int) -> float:
            told.update(serving.called(where, connections, serving.commands(people)))
            return float(told["rate"])

        def rate(where: tuple[str, int], connections: int, requests: list[list[str]]) -> float:
            return float(serving.called(where, connections, requests)["rate"])

        yield {
            "HTTP commands, 64": partial(commands, service, people, 64),
            "HTTP commands, 64: p50 ms": lambda: float(told["p50"]),
            "HTTP commands, 64: p99 ms": lambda: float(told["p99"]),
            "HTTP commands, 512": partial(commands, service, people, 512),
            "HTTP commands, 512: p50 ms": lambda: float(told["p50"]),
            "HTTP commands, 512: p99 ms": lambda: float(told["p99"]),
            "HTTP commands on PostgreSQL, 64": partial(commands, in_postgres, its_people, 64),
            "HTTP commands on PostgreSQL, 64: p99 ms": lambda: float(told["p99"]),
            "HTTP reads, 64": partial(rate, service, 64, serving.reads(people)),
            "HTTP static, 64": partial(rate, static, 64, [[serving.request("GET", "/")]]),
            "HTTP reads, 512": partial(rate, service, 512, serving.reads(people)),
            "HTTP static, 512": partial(rate, static, 512, [[serving.request("GET", "/")]]),
        }


def main() -> None:
    asked = set(sys.argv[1:])
    gc.freeze()  # as the service does
    gc.set_threshold(5_000, 20, 100)
    server = Server(postgres.DURABLE)
    with folder() as data, over_http(server) as http:
        sizes = {size: data / str(size) for size in (FEW, SOME, MUCH)}
        sizes |= {size: data / str(size) for option, size in LARGER.items() if option in asked}
        for size, path in {**sizes, READ: data / "read"}.items():
            path.mkdir()
            asyncio.run(reading.fill(path, size, STREAM))
        growth, rows = grown(sizes)
        found = recorded(server) | read(data / "read", server) | growth | http
        rows = [*ROWS, *rows]
        if rivals.installed():
            found |= {"eventsource-py": rivals.eventsource_py, "py-event-sourcing": rivals.py_event_sourcing}
            rows += RIVALS
        else:
            print("The other libraries are not installed; make bench installs them.", file=sys.stderr)
        table = Table(found, rows)
        table.run(ROUNDS)
        if "--json" in asked:
            print(table.as_json())
        else:
            table.show()
            print(ELSEWHERE)


if __name__ == "__main__":
    main()
