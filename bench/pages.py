"""Every page as people ask for it, of 450 directors with 10,000 problems and 100,000 events: how long it takes, what it
costs the server and what it weighs; then how many a second of the common ones there are on one process, and on two that
share a PostgreSQL. Beside them a file that never changes, from the same server in the same run:
`python -m bench.pages`, or with --small on a twentieth.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from bench.network import network, of
from bench.serving import MASTER_KEY, called, started
from service.web import NOUNS
from service.web.assets import Assets
from tests.postgres_server import server as database_server

WITHIN, WEIGHT, RATE = 50.0, 40 * 1024, 600
"""Milliseconds and bytes for a page, and pages a second on two cores."""
EACH, MIXED = 0.5, 3.0
"""Seconds each page is asked for, and the common ones."""
WORKERS = 2
COMMON = ("/", "/problems/{id}", "/commitments/{id}", "/stuck")
"""What people look at most."""
BY_OTHERS = {
    "/rounds/new": "convenor",
    "/rounds/{id}/desk": "convenor",
    "/rounds/{id}/cancelling": "convenor",
    "/reports": "lead",
    "/inspections": "lead",
    "/ledger": "lead",
    "/sign-in": "",
    "/achieved": "",
}
"""Who looks at what begins like this, where that is no director; nobody at all has not signed in."""
NO_PAGES = ("/live", "/everything.json", "/export", "/openid", "/back", "{link}", "/sent")
"""How addresses end where news, files and other houses are found."""
TICKS = os.sysconf("SC_CLK_TCK")

Where = tuple[str, int]


@dataclass(frozen=True)
class Server:
    """A process that serves a network, and what is in it."""

    pid: int
    where: Where
    facts: dict[str, Any]

    def spent(self) -> float:
        """Seconds its processors have worked for it, and for the processes it started."""
        fields = [Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in family(self.pid)]
        return sum(int(each[11]) + int(each[12]) for each in fields) / TICKS

    def weight(self, path: str, session: str) -> int | None:
        """What the page weighs on its way; None where nothing is shown to them there."""
        headers = {"Cookie": f"unstuck={session}", "Accept-Encoding": "gzip", "Accept": "text/html"}
        asked = Request(f"http://{self.where[0]}:{self.where[1]}{path}", headers=headers)
        try:
            with urlopen(asked, timeout=30) as answer:
                is_there = answer.status == 200 and answer.url == asked.full_url
                return len(answer.read()) if is_there else None
        except OSError:
            return None


def family(pid: int) -> list[int]:
    """A process, those it started, and theirs."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


def request(path: str, session: str) -> str:
    """The bytes of one request by a browser."""
    who = f"Cookie: unstuck={session}\r\n" if session else ""
    return (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nAccept-Encoding: gzip\r\n{who}"
        "Content-Length: 0\r\n\r\n"
    )


def addresses(path: str, facts: dict[str, Any]) -> list[str]:
    """Where pages of this kind are found: some fifty of them, where each is about one thing."""
    ids = facts.get({"commitments": "promises", "directors": "people"}.get(noun := path.split("/")[1], noun), [])
    if "{id}" not in path:
        return ["/achieved/events?of=kept" if path == "/achieved/events" else path]
    return [path.replace("{id}", id) for id in ids[:: max(1, len(ids) // 50)]]


def visitor(path: str, facts: dict[str, Any]) -> str:
    """The session of whoever looks at it."""
    role = next((role for begins, role in BY_OTHERS.items() if path.startswith(begins)), "director")
    sessions: dict[str, str] = {
        "director": facts["sessions"][0],
        "": "",
        **{name: facts[name] for name in ("convenor", "lead")},
    }
    return sessions[role]


def told(what: str, server: Server, connections: int, requests: list[list[str]], seconds: float) -> dict[str, Any]:
    """One line: how long they took, how many a second, and what that cost the server."""
    before = server.spent()
    found = called(server.where, connections, requests, seconds)
    found["cost"] = (server.spent() - before) / found["count"] * 1000
    assert list(found["statuses"]) == ["200"], (what, found["statuses"])
    print(
        f"{what:34} p50 {found['p50']:6.1f} ms, p95 {found['p95']:6.1f} ms, {found['rate']:6.0f} a second by"
        f" {connections}, {found['cost']:6.2f} ms of work each",
        end="",
        flush=True,
    )
    return found


@contextmanager
def recording(server: Server) -> Iterator[None]:
    """Something is recorded that the reports count, twenty times a second, for as long as the context lasts."""
    over = threading.Event()
    asked = Request(
        f"http://{server.where[0]}:{server.where[1]}/v1/commitments/{server.facts['under way']}/take-action",
        data=b'{"what": "Read on"}',
        headers={"Authorization": f"Bearer {server.facts['token']}", "Content-Type": "application/json"},
    )

    def record() -> None:
        while not over.wait(0.05):
            with urlopen(asked, timeout=30) as answer:
                answer.read()

    thread = threading.Thread(target=record)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def every_page(server: Server) -> None:
    """Each page by itself; reports while something is recorded all the time."""
    slow, heavy, unseen = [], [], []
    for page in (page for noun in NOUNS for page in noun.declared if page.handler):
        if page.path.endswith(NO_PAGES):
            continue
        session = visitor(page.path, server.facts)
        found = [each for each in addresses(page.path, server.facts) if server.weight(each, session)]
        if not found:
            unseen.append(page.path)
            continue
        weight = max(server.weight(each, session) or 0 for each in found[:5])
        with recording(server):
            took = told(page.path, server, 1, [[request(each, session) for each in found]], EACH)
        print(f", {weight / 1024:5.1f} KB")
        slow += [page.path] if took["p95"] > WITHIN else []
        heavy += [page.path] if weight > WEIGHT else []
    print(f"slower than {WITHIN:.0f} ms for one in twenty: {', '.join(slow) or 'none'}")
    print(f"heavier than {WEIGHT // 1024} KB: {', '.join(heavy) or 'none'}")
    print(f"nothing to see in this network: {', '.join(unseen)}")


def main() -> None:
    share = 0.05 if "--small" in sys.argv else 1.0
    with tempfile.TemporaryDirectory() as name:
        settings = of(Path(name))
        facts = asyncio.run(network(settings, share))
        measured(settings.data, facts)


def measured(data: Path, facts: dict[str, Any]) -> None:
    """Everything there is to say of the network in that folder."""
    print(f"{facts['events']:,} events; wanted: every page within {WITHIN:.0f} ms, {RATE} common ones a second")
    words = ("-m", "service", "serve", "--data", str(data), "--port", "0")
    with started(*words, UNSTUCK_MASTER_KEY=MASTER_KEY, UNSTUCK_LOG_LEVEL="error") as (pid, where):
        server = Server(pid, where, facts)
        every_page(server)
        common(server, "the common ones", 8)
        file = Assets().address("unstuck.css")
        found = told("a file that never changes", server, 8, [[request(file, "")]], MIXED)
        print(f"\na second of work makes {1000 / found['cost']:.0f} of the latter")
    with_postgres(data, facts)


def common(server: Server, what: str, connections: int) -> None:
    """What people look at most, by several at once."""
    one = [addresses(path, server.facts)[0] for path in COMMON]
    requests = [[request(path, each) for path in one] for each in server.facts["sessions"]]
    found = told(what, server, connections, requests, MIXED)
    print(f", {1000 / found['cost']:.0f} for a second of work")


def with_postgres(data: Path, facts: dict[str, Any]) -> None:
    """The same network, moved to a PostgreSQL and served by so many processes; PostgreSQL's own work is not counted."""
    url = database_server().database()
    settings = {"UNSTUCK_MASTER_KEY": MASTER_KEY, "UNSTUCK_LOG_LEVEL": "error"}
    move = [sys.executable, "-m", "service", "move", "--data", str(data), "--to", url]
    subprocess.run(move, env=os.environ | settings, check=True, capture_output=True)
    words = ("-m", "service", "serve", "--data", str(data), "--port", "0", "--workers", str(WORKERS))
    with started(*words, UNSTUCK_DATABASE_URL=url, **settings) as (pid, where):
        common(Server(pid, where, facts), f"the same, {WORKERS} processes on PostgreSQL", 8 * WORKERS)


if __name__ == "__main__":
    main()
