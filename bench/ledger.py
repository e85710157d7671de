"""Every goal of the ledger, each figure beside its rival in one run: `python -m bench ledger [--json] [--long]`.

`--long` adds the ledger of a million events.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench import growing, library, reading, recording, rivals, serving
from bench.comparing import Measure, Row, Table, folder
from bench.recording import append, many, register, sealed_append, whole
from service.ledger import Keyring, tree
from service.ledger.mapper import Mapper
from service.ledger.sealing import Sealing
from service.ledger.verify import Frontier

ROUNDS = 5
SOME, MUCH, VERY_MUCH, READ = 1_000, 100_000, 1_000_000, 20_000

ROWS = [
    Row("append, 512 waiting / library's save, 8 threads", "append, 512 waiting", "library: save", 30),
    Row("append, 512 waiting / bare batches of 512", "append, 512 waiting", "bare SQLite: batches of 512", 0.75),
    Row("whole command, 512 waiting / library's get and save", "whole, 512 waiting", "library: get and save", 12),
    Row("commands / fdatasync, 512 waiting", "append, 512 waiting", "fdatasync", 10),
    Row("one caller's wait / bare insert and commit", "append, one waits", "bare SQLite: one waits", at_most=1.3),
    Row("look beside 8 writers / library's pool", "look beside 8 writers", "library: look", at_most=0.05),
    Row("typed replay / bare SELECT", "typed replay", "bare SELECT", 0.5),
    Row("typed replay / library's select and mapper", "typed replay", "library: select and map", 4),
    Row("read model catching up / library's runner", "read model catches up", "library: runner", 50),
    Row("a command at 100,000 events / at 1,000", "command at 100,000", "command at 1,000", at_most=1.15),
    Row("forgetting at 100,000 events / at 1,000", "forgetting at 100,000", "forgetting at 1,000", at_most=1.2),
    Row("share of an append that is sealing and tree", "sealing and tree, each", "append, each", at_most=0.15),
    Row("durable commands over HTTP, 64 connections / 2,000", "HTTP commands, 64", "two thousand", 1),
    Row("their slowest hundredth / 25 ms", "HTTP commands, 64: p99 ms", "25 ms", at_most=1),
    Row("durable commands over HTTP, 512 connections / 2,000", "HTTP commands, 512", "two thousand", 1),
    Row("JSON reads over HTTP / static answer, 64", "HTTP reads, 64", "HTTP static, 64", 0.3),
    Row("JSON reads over HTTP / static answer, 512", "HTTP reads, 512", "HTTP static, 512", 0.3),
]
RIVALS = [
    Row("whole command, 64 waiting / eventsource-py", "whole, 64 waiting", "eventsource-py"),
    Row("whole command, 64 waiting / py-event-sourcing", "whole, 64 waiting", "py-event-sourcing"),
]
LONG = [
    Row("a command at 1,000,000 events / at 1,000", "command at 1,000,000", "command at 1,000", at_most=1.15),
    Row("forgetting at 1,000,000 events / at 1,000", "forgetting at 1,000,000", "forgetting at 1,000", at_most=1.2),
]


def sealing_and_tree() -> float:
    """Seconds one event takes to be sealed and hashed into the tree."""
    with folder() as data:
        keyring = Keyring.open(data / "keys.db", bytes(32))
        sealing, mapper = Sealing(keyring), Mapper()
        events = [register(uuid4()) for _ in range(2_000)]
        begun = time.perf_counter()
        boxed = [sealing.seal(event) for event in events]
        took = time.perf_counter() - begun
        rows = [(at + 1, each.originator_id.hex, 1, each.TOPIC, mapper.write(each)) for at, each in enumerate(boxed)]
        begun = time.perf_counter()
        tree.grown(Frontier(0, ()), rows)
        took += time.perf_counter() - begun
        keyring.close()
        return took / len(events)


def _each(table: dict[str, float], name: str, measure: Measure) -> float:
    table[name] = measure()
    return table[name]


def measures(some: Path, much: Path, read: Path, http: dict[str, Measure]) -> dict[str, Measure]:
    """By name, in the order they are taken in each round."""
    lately: dict[str, float] = {}
    found: dict[str, Measure] = {
        # Whatever is compared stands together: the disk may be another one a second later.
        "library: save": library.saving,
        "append, 512 waiting": partial(many, 512, append),
        "bare SQLite: batches of 512": partial(recording.bare_rate, 512),
        "append, sealed, 512 waiting": lambda: _each(lately, "append", lambda: many(512, sealed_append)),
        "append, each": lambda: 1 / lately["append"],
        "sealing and tree, each": sealing_and_tree,
        "library: get and save": partial(library.saving, read_first=True),
        "whole, 512 waiting": partial(many, 512, whole),
        "whole, 64 waiting": partial(many, 64, whole),
        "append, one waits": recording.alone,
        "bare SQLite: one waits": recording.bare_alone,
        "look beside 8 writers": reading.beside_writers,
        "library: look": library.reading_beside_writers,
        "library: select and map": partial(library.replaying, READ // 4),
        "typed replay": partial(reading.typed, read, READ),
        "bare SELECT": partial(reading.selected, read, READ),
        "read model catches up": partial(reading.caught_up, read, READ),
        "library: runner": partial(library.catching_up, 200),
        "command at 1,000": partial(growing.a_command, some),
        "command at 100,000": partial(growing.a_command, much),
        "forgetting at 1,000": partial(growing.forgetting, some),
        "forgetting at 100,000": partial(growing.forgetting, much),
        **http,
    }
    if rivals.installed():
        found |= {"eventsource-py": rivals.eventsource_py, "py-event-sourcing": rivals.py_event_sourcing}
    return found


@contextmanager
def over_http() -> Iterator[dict[str, Measure]]:
    """The service and a static answer, called from a third process."""
    with serving.serving() as (service, people), serving.answering() as static:
        told: dict[str, Any] = {}

        def commands(connections: int) -> float:
            told.update(serving.called(service, connections, serving.commands(people)))
            return float(told["rate"])

        def rate(where: tuple[str, int], connections: int, requests: list[list[str]]) -> float:
            return float(serving.called(where, connections, requests)["rate"])

        yield {
            "HTTP commands, 64": partial(commands, 64),
            "HTTP commands, 64: p50 ms": lambda: float(told["p50"]),
            "HTTP commands, 64: p99 ms": lambda: float(told["p99"]),
            "HTTP commands, 512": partial(commands, 512),
            "HTTP commands, 512: p50 ms": lambda: float(told["p50"]),
            "HTTP commands, 512: p99 ms": lambda: float(told["p99"]),
            "HTTP reads, 64": partial(rate, service, 64, serving.reads(people)),
            "HTTP static, 64": partial(rate, static, 64, [[serving.request("GET", "/")]]),
            "HTTP reads, 512": partial(rate, service, 512, serving.reads(people)),
            "HTTP static, 512": partial(rate, static, 512, [[serving.request("GET", "/")]]),
            "two thousand": lambda: 2_000.0,
            "25 ms": lambda: 25.0,
        }


def main() -> None:
    asked = set(sys.argv[1:])
    gc.freeze()  # as the service does
    gc.set_threshold(5_000, 20, 100)
    with folder() as data, over_http() as http:
        sizes = {SOME: data / "some", MUCH: data / "much", READ: data / "read"}
        if "--long" in asked:
            sizes[VERY_MUCH] = data / "very much"
        for size, path in sizes.items():
            path.mkdir()
            asyncio.run(reading.fill(path, size))
        found, rows = measures(sizes[SOME], sizes[MUCH], sizes[READ], http), [*ROWS]
        if "--long" in asked:
            found["command at 1,000,000"] = partial(growing.a_command, sizes[VERY_MUCH])
            found["forgetting at 1,000,000"] = partial(growing.forgetting, sizes[VERY_MUCH])
            rows += LONG
        if rivals.installed():
            rows += RIVALS
        else:
            print("The other libraries are not installed; make bench installs them.", file=sys.stderr)
        table = Table(found, rows)
        table.run(ROUNDS)
        print(table.as_json()) if "--json" in asked else table.show()


if __name__ == "__main__":
    main()
