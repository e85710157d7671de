"""A real service on a folder of its own, and the people who call it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import pytest

from service import app
from service.commands import Call
from service.house import House
from service.running.clock import Clock, machine_clock
from service.settings import Settings


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: Any
    raw: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.raw)


@dataclass
class Person:
    """Somebody with a token, or a stranger without."""

    session: aiohttp.ClientSession
    id: UUID | None = None
    token: str | None = None

    async def says(self, method: str, path: str, body: Any = None, **more: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        if body is not None:
            more["json"] = body
        async with self.session.request(method, path, headers=headers, **more) as response:
            return Answer(response.status, response.headers, await response.read())

    async def get(self, path: str, **more: Any) -> Answer:
        return await self.says("GET", path, **more)

    async def post(self, path: str, body: Any = None, **more: Any) -> Answer:
        return await self.says("POST", path, body, **more)


@dataclass
class Network:
    """A house, its address, and people of every role."""

    house: House
    session: aiohttp.ClientSession
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    async def welcome(self, name: str, *roles: str) -> Person:
        """Somebody joins, and has a token of their own."""
        done = await self.house.directors.join(
            call=Call(by=UUID(int=1)),
            name=name,
            email=f"{name}@example.org",
            organisation=f"The organisation of {name}",
            roles=list(roles),
        )
        assert done.id
        issued = await self.house.tokens.issue(done.id, now=self.house.clock(), issued_via="init")
        await self.house.read_models.reached(done.position)
        self.people[name] = Person(self.session, done.id, issued.text)
        return self.people[name]


ROLES = {
    "administrator": ("administrator",),
    "director": (),
    "convenor": ("convenor",),
    "lead": ("lead",),
    "both": ("administrator", "director"),
}


@asynccontextmanager
async def running(
    folder: Path, clock: Clock = machine_clock, *, rehearsal: bool = False, **settings: Any
) -> AsyncIterator[Network]:
    """The service, on that folder, for as long as the context lasts."""
    said = Settings(data=folder, **settings)
    if not (folder / "ledger.db").exists():
        await app.begin(said, clock, "admin@example.org")
    async with (
        app.serving(said, clock, host="127.0.0.1", port=0, rehearsal=rehearsal) as (house, address),
        aiohttp.ClientSession(address) as session,
    ):
        yield Network(house, session, {"nobody": Person(session)})


@pytest.fixture
async def network(tmp_path):
    async with running(tmp_path / "data") as network:
        for name, roles in ROLES.items():
            await network.welcome(name, *roles)
        yield network
