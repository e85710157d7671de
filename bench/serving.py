"""The whole service over HTTP, from another process: durable commands, and reads beside a static answer."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from aiohttp import web

from service import app
from service.commands import Call
from service.running.clock import machine_clock
from service.settings import Settings

SECONDS = 1.5
PEOPLE = 64
MASTER_KEY = bytes(32).hex()
STATIC = json.dumps({"id": str(UUID(int=0)), "title": "Nobody owns the form", "text": None, "topics": []}).encode()


async def _people(settings: Settings) -> list[tuple[str, str]]:
    """A network of so many directors: a token and a problem of each."""
    await app.begin(settings, machine_clock, "admin@example.org")
    found = []
    async with app.open_house(settings, machine_clock) as house:
        for number in range(PEOPLE):
            done = await house.directors.join(
                call=Call(by=UUID(int=1)), name=f"Person {number}", email=f"{number}@example.org", organisation="x"
            )
            assert done.id
            token = await house.tokens.issue(done.id, now=machine_clock(), issued_via="command line")
            problem = await house.problems.register(
                call=Call(by=done.id), title="Nobody owns the form", text=None, topics=["forms"], tier="network"
            )
            assert token.text
            found.append((token.text, str(problem.id)))
    return found


@contextmanager
def _process(*words: str, **settings: str) -> Iterator[tuple[str, int]]:
    """A server, and where it listens."""
    with started(*words, **settings) as (_, where):
        yield where


@contextmanager
def started(*words: str, **settings: str) -> Iterator[tuple[int, tuple[str, int]]]:
    """The process of a server, and where it listens."""
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.PIPE, text=True, env=os.environ | settings)
    try:
        assert process.stdout
        address = process.stdout.readline().split("//")[-1].strip()
        host, _, port = address.rpartition(":")
        yield process.pid, (host, int(port))
    finally:
        process.terminate()
        process.wait()


def request(method: str, path: str, token: str = "", body: Any = None) -> str:
    """The bytes of one request."""
    said = "" if body is None else json.dumps(body)
    headers = {"Host": "unstuck", "Content-Length": str(len(said))}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    if said:
        headers["Content-Type"] = "application/json"
    return "\r\n".join([f"{method} {path} HTTP/1.1", *(f"{n}: {v}" for n, v in headers.items()), "", said])


def called(
    where: tuple[str, int], connections: int, requests: list[list[str]], seconds: float = SECONDS
) -> dict[str, Any]:
    """What a process of callers measured."""
    words = [sys.executable, "-m", "bench.callers", where[0], str(where[1]), str(connections), str(seconds)]
    done = subprocess.run(words, input=json.dumps(requests), capture_output=True, text=True, check=True)
    told: dict[str, Any] = json.loads(done.stdout)
    return told


@contextmanager
def serving(database: str | None = None) -> Iterator[tuple[tuple[str, int], list[tuple[str, str]]]]:
    """The service on a network of its own, in its folder or in that database."""
    with tempfile.TemporaryDirectory() as name:
        data = Path(name) / "data"
        people = asyncio.run(_people(Settings(data=data, database_url=database, master_key=MASTER_KEY)))
        settings = {"UNSTUCK_MASTER_KEY": MASTER_KEY} | ({"UNSTUCK_DATABASE_URL": database} if database else {})
        with _process("-m", "service", "serve", "--data", str(data), "--port", "0", **settings) as where:
            yield where, people


@contextmanager
def answering() -> Iterator[tuple[str, int]]:
    """A server that always gives the same answer."""
    with _process("-m", "bench.serving") as where:
        yield where


def commands(people: list[tuple[str, str]]) -> list[list[str]]:
    """Each registers one problem after another."""
    body = {"title": "Nobody owns the form", "topics": ["forms"], "tier": "network"}
    return [[request("POST", "/v1/problems", token, body)] for token, _ in people]


def reads(people: list[tuple[str, str]]) -> list[list[str]]:
    """Each reads their problem, again and again."""
    return [[request("GET", f"/v1/problems/{problem}", token)] for token, problem in people]


async def _static(_: web.Request) -> web.Response:
    return web.Response(body=STATIC, content_type="application/json")


async def _answer() -> None:
    application = web.Application()
    application.router.add_get("/", _static)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(f"http://127.0.0.1:{runner.addresses[0][1]}", flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_answer())
