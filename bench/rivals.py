"""Other libraries for the same work, where `make bench` has installed them: 64 clients, one event a command."""

from __future__ import annotations

import asyncio
import importlib.util
import time
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any
from uuid import uuid4

from bench.comparing import folder
from bench.recording import SECONDS, TEXT

CLIENTS = 64


def installed() -> bool:
    """Whether they are here."""
    return all(importlib.util.find_spec(name) for name in ("eventsource", "py_event_sourcing"))


async def _asking(ask: Callable[[int, int], Awaitable[object]]) -> float:
    end, done = time.perf_counter() + SECONDS, 0

    async def client(number: int) -> None:
        nonlocal done
        turn = 0
        while time.perf_counter() < end:
            await ask(number, turn)
            turn += 1
            done += 1

    begun = time.perf_counter()
    await asyncio.gather(*map(client, range(CLIENTS)))
    return done / (time.perf_counter() - begun)


async def _eventsource_py() -> float:
    library: Any = import_module("eventsource")
    expected: Any = import_module("eventsource.ports.positions").ExpectedVersion
    stream_id: Any = import_module("eventsource.domain.stream_id").StreamId
    named: Any = type("Named", (library.DomainEvent,), {"__annotations__": {"text": str}, "__module__": __name__})

    with folder() as data:
        store = import_module("eventsource.adapters.sqlite.store").SQLiteEventStore(str(data / "rival.db"))
        ids = [uuid4() for _ in range(CLIENTS)]

        async def ask(number: int, turn: int) -> None:
            said = named(aggregate_id=ids[number], aggregate_type="Problem", aggregate_version=turn + 1, text=TEXT)
            await store.append(
                stream_id(ids[number], "Problem"), [said], expected.exact(turn) if turn else expected.no_stream()
            )

        try:
            return await _asking(ask)
        finally:
            await store.close()


def eventsource_py() -> float:
    """Commands a second."""
    return asyncio.run(_eventsource_py())


async def _py_event_sourcing() -> float:
    library: Any = import_module("py_event_sourcing")
    with folder() as data:
        async with library.sqlite_stream_factory(str(data / "rival.db")) as open_stream:

            async def ask(number: int, turn: int) -> None:
                async with open_stream(f"problem {number}") as stream:
                    await stream.write([library.CandidateEvent(type="Named", data=TEXT.encode())])

            return await _asking(ask)


def py_event_sourcing() -> float:
    """Commands a second."""
    return asyncio.run(_py_event_sourcing())
