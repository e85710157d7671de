"""Pages as people ask for them, on one process: 450 directors, 10,000 problems, 100,000 events.

Each page alone, then the common ones mixed, beside an aiohttp server that always gives the same answer:
`python -m bench.pages`, or with --small on a twentieth of that.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.serving import MASTER_KEY, _process, answering, called
from service import app
from service.commands import Call
from service.domain.words import Origin
from service.house import House
from service.running.clock import machine_clock
from service.settings import Settings

DIRECTORS, PROBLEMS, PROMISES = 450, 10_000, 17_500
"""A problem is an event, and a promise is asked for, given, acted on, declared and confirmed: five."""
AT_ONCE = 256
COMMON = ("my page", "a problem", "a commitment", "I'm stuck")
"""What people look at most."""


async def all_at_once(jobs: Sequence[Callable[[], Awaitable[Any]]]) -> list[Any]:
    """What came of each, so many at a time."""
    found: list[Any] = []
    for begin in range(0, len(jobs), AT_ONCE):
        found += await asyncio.gather(*(job() for job in jobs[begin : begin + AT_ONCE]))
    return found


async def people(house: House) -> list[UUID]:
    """Everybody, and what they offer."""

    async def join(number: int) -> UUID:
        done = await house.directors.join(
            call=Call(by=UUID(int=1)),
            name=f"Director number {number}",
            email=f"{number}@example.org",
            organisation=f"Organisation {number % 60}",
            offer_topics=["data sharing", f"topic {number % 40}"],
        )
        assert done.id
        return done.id

    return await all_at_once([lambda number=number: join(number) for number in range(DIRECTORS)])  # type: ignore[misc]


async def problems(house: House, everybody: list[UUID], count: int) -> list[UUID]:
    """What everybody is stuck on."""

    async def register(number: int) -> UUID:
        done = await house.problems.register(
            call=Call(by=everybody[number % len(everybody)]),
            title=f"Nobody owns form {number}",
            text="Four teams fill it in, and none of them reads it.",
            topics=["forms", f"topic {number % 40}"],
            tier="network",
        )
        assert done.id
        return done.id

    return await all_at_once([lambda number=number: register(number) for number in range(count)])  # type: ignore[misc]


async def promises(house: House, everybody: list[UUID], about: list[UUID], count: int) -> list[UUID]:
    """What they promised one another; two in forty are still under way."""

    async def promise(number: int) -> UUID:
        place = number % len(everybody)
        asks, does = Call(by=everybody[place]), Call(by=everybody[(place + 1 + number % 7) % len(everybody)])
        commands = house.commitments
        done = await commands.request(
            call=asks,
            origin=Origin(type="problem", id=about[number % len(about)]),
            url=None,
            performer=does.by,
            beneficiary=None,
            what=f"Read form {number} aloud to the board",
            due=(machine_clock() + timedelta(days=30)).date(),
            conditions=None,
            tier="network",
        )
        assert done.id
        await commands.promise(done.id, call=does)
        await commands.take_action(done.id, call=does, what="Read half of it", evidence=[])
        if number * len(everybody) // count % 20:
            await commands.declare_done(done.id, call=does, evidence=[], no_evidence_because="They heard it.")
            await commands.confirm(done.id, call=asks)
        return done.id

    return await all_at_once([lambda number=number: promise(number) for number in range(count)])  # type: ignore[misc]


async def network(settings: Settings, share: float) -> dict[str, Any]:
    """The whole network, and what its pages are called; a session for each of eight directors."""
    await app.begin(settings, machine_clock, "admin@example.org")
    async with app.open_house(settings, machine_clock) as house:
        everybody = await people(house)
        stuck = await problems(house, everybody, int(PROBLEMS * share))
        promised = await promises(house, everybody, stuck, int(PROMISES * share))
        sessions = [
            (await house.rooms.sessions.begin(person, how="e-mail", now=machine_clock())).text
            for person in everybody[:64:8]
        ]
        await house.read_models.reached(await house.ledger.head())
        events = await house.ledger.head()
    pages = {
        "my page": ["/"],
        "a problem": [f"/problems/{id}" for id in stuck[:: max(1, len(stuck) // 50)]],
        "a commitment": [f"/commitments/{id}" for id in promised[:: max(1, len(promised) // 50)]],
        "I'm stuck": ["/stuck"],
        "problems": ["/problems"],
        "directory": ["/directors"],
        "a director": [f"/directors/{id}" for id in everybody[::9]],
        "about me": ["/me"],
        "rounds": ["/rounds"],
        "conversations": ["/conversations"],
        "a new commitment": ["/commitments/new"],
        "put in other words": [f"/problems/{stuck[0]}/reframe"],
        "the funnel": ["/reports/funnel"],
        "what is coming up": ["/coming-up"],
        "the front door": ["//"],
    }
    return {"pages": pages, "sessions": sessions, "events": events}


def request(path: str, session: str) -> str:
    """The bytes of one request by a browser."""
    who = "" if path == "//" else f"Cookie: unstuck={session}\r\n"
    place = "/" if path == "//" else path
    return (
        f"GET {place} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n{who}"
        "Content-Length: 0\r\n\r\n"
    )


def main() -> None:
    share = 0.05 if "--small" in sys.argv else 1.0
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(data=Path(name) / "data", master_key=MASTER_KEY)
        facts = asyncio.run(network(settings, share))
        print(f"{facts['events']:,} events; wanted: every page within 50 ms, the common ones 300 a second")
        words = ("-m", "service", "serve", "--data", str(settings.data), "--port", "0")
        with _process(*words, UNSTUCK_MASTER_KEY=MASTER_KEY) as where:
            for page, paths in facts["pages"].items():
                told(page, where, 1, [[request(path, facts["sessions"][0]) for path in paths]])
            common = [path for page in COMMON for path in facts["pages"][page][:1]]
            told("the common ones", where, 8, [[request(path, one) for path in common] for one in facts["sessions"]])
        with answering() as where:
            told("always the same", where, 8, [[request("/", "")]])


def told(what: str, where: tuple[str, int], callers: int, requests: list[list[str]]) -> None:
    """One line: how many a second, and how long they took."""
    found = called(where, callers, requests)
    assert list(found["statuses"]) == ["200"], (what, found["statuses"])
    took = f"p50 {found['p50']:6.1f} ms, p99 {found['p99']:6.1f} ms"
    print(f"{what:20} {found['rate']:6.0f} a second by {callers}, {took}", flush=True)


if __name__ == "__main__":
    main()
