"""Killed at any moment and started again: nothing acknowledged is lost, nothing is doubled, and all of it shows."""

from __future__ import annotations

import asyncio
import json
import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp

from projections.read_models import digest
from service import app
from service.access.tokens import IssuedVia
from service.commands import Call
from service.running import operations
from service.running.clock import machine_clock
from service.settings import Settings
from tests.api.conftest import Answer, Person
from tests.commands.organograms import organogram, post
from tests.faults.length import KILLS, SEED
from tests.life import everything
from tests.service_process import HOUSE, SOON, UNSTUCK, Service, start, unstuck

CLIENTS = 4
MUCH = 3 * CLIENTS  # to have acknowledged; a service with a machine of its own needs a twentieth of a second for it
VIA: IssuedVia = "init"


@dataclass
class Client:
    """Somebody who asks for one thing after another, each under its own key, and keeps what was answered."""

    person: Person
    acknowledged: dict[str, tuple[str, Any, Answer]] = field(default_factory=dict)
    unanswered: dict[str, tuple[str, Any]] = field(default_factory=dict)
    promised: list[str] = field(default_factory=list)

    async def ask(self, key: str, path: str, body: Any) -> Answer | None:
        """The answer, or None when the service was killed before it gave one."""
        try:
            answer = await self.person.post(path, body, headers={"Idempotency-Key": key})
        except (aiohttp.ClientError, OSError):
            self.unanswered[key] = (path, body)
            return None
        assert answer.status in (200, 201), answer.raw
        self.acknowledged[key] = (path, body, answer)
        self.unanswered.pop(key, None)
        return answer

    async def go_on(self, life: int, enough: Callable[[], bool] = lambda: False) -> None:
        """Until the service is gone, or it is enough: something is stuck, and something pledged and done about it."""
        origin = {"type": "link", "url": "https://example.org/"}
        for number in range(10_000):
            if enough():
                return
            name = f"{life}-{number}"
            stuck = {"title": f"Stuck {name}"}
            pledge = {"kind": "pledge", "what": f"Do {name}", "due": "2030-01-01", "origin": origin}
            if await self.ask(f"problem-{name}", "/v1/problems", stuck) is None:
                return
            made = await self.ask(f"pledge-{name}", "/v1/commitments", pledge)
            if made is None:
                return
            self.promised.append(made.json["id"])
            path = f"/v1/commitments/{made.json['id']}/take-action"
            if await self.ask(f"action-{name}", path, {"what": f"Begun {name}"}) is None:
                return

    async def ask_again(self) -> None:
        """Whatever has no answer yet, and some of what has: asking twice is asking once."""
        for key, (path, body) in list(self.unanswered.items()):
            assert await self.ask(key, path, body)
        some = sorted(self.acknowledged.items())
        for key, (path, body, answer) in random.Random(0).sample(some, min(3, len(some))):
            again = await self.person.post(path, body, headers={"Idempotency-Key": key})
            assert (again.status, again.raw) == (answer.status, answer.raw)
            assert again.headers["Position"] == answer.headers["Position"]


async def clients_of(settings: Settings) -> list[tuple[UUID, str]]:
    """A network with some people in it: their ids and tokens."""
    await app.begin(settings, machine_clock, "admin@example.org")
    found = []
    async with app.open_house(settings, machine_clock) as house:
        for number in range(CLIENTS):
            joined = await house.directors.join(
                call=Call(by=UUID(int=1)), name=f"Client {number}", email=None, organisation="HM Treasury"
            )
            assert joined.id
            issued = await house.tokens.issue(joined.id, now=machine_clock(), issued_via=VIA)
            assert issued.text
            found.append((joined.id, issued.text))
    return found


async def one_life(service: Service, clients: list[Client], life: int, chance: random.Random) -> None:
    """The service is asked for as much as it can do, and killed in the middle of it."""
    async with aiohttp.ClientSession(service.address) as session:
        for client in clients:
            client.person.session = session
        await asyncio.gather(*(client.ask_again() for client in clients if client.acknowledged))
        asking = [asyncio.create_task(client.go_on(life)) for client in clients]
        await work_goes_on(clients, asking)
        await asyncio.wait(asking, timeout=chance.uniform(0, 0.8))
        service.kill()
        await asyncio.gather(*asking)


async def work_goes_on(clients: list[Client], asking: list[asyncio.Task[None]]) -> None:
    """Until much more was acknowledged, however busy the machine is, or nobody asks any more."""
    wanted = acknowledged(clients) + MUCH
    async with asyncio.timeout(SOON):
        while acknowledged(clients) < wanted and not all(each.done() for each in asking):  # noqa: ASYNC110  # by itself
            await asyncio.sleep(0.01)


def acknowledged(clients: list[Client]) -> int:
    """How many things were."""
    return sum(len(client.acknowledged) for client in clients)


async def test_killed_again_and_again_it_has_lost_and_doubled_nothing_and_shows_everything(tmp_path):
    data, chance = tmp_path / "data", random.Random(SEED)
    people = await clients_of(Settings(data=data))
    async with aiohttp.ClientSession() as session:
        clients = [Client(Person(session, id, token)) for id, token in people]
    for life in range(KILLS):
        service = await asyncio.to_thread(start, data)
        try:
            await one_life(service, clients, life, chance)
        finally:
            service.kill()
    assert acknowledged(clients) >= KILLS * MUCH
    await must_have_lost_and_doubled_nothing(Settings(data=data), clients)


async def must_have_lost_and_doubled_nothing(settings: Settings, clients: list[Client]) -> None:
    """What is recorded is what was acknowledged, and the read models show it as if they were built anew."""
    async with (
        app.serving(settings, machine_clock, host="127.0.0.1", port=0) as (house, address),
        aiohttp.ClientSession(address) as session,
    ):
        for client in clients:
            client.person.session = session
            await client.ask_again()
            assert not client.unanswered
            await must_have_everything_once(client)
        events = await house.ledger.events_after(0, 1_000_000)
        assert [event.position for event in events] == list(range(1, len(events) + 1))
        # The administrator joined and was given a role, everybody else joined, and each thing asked for is one event.
        assert len(events) == 2 + CLIENTS + sum(len(client.acknowledged) for client in clients)
        await house.read_models.reached(len(events))
        shown = await asyncio.to_thread(digest, house.folder.read_models)
        assert (await operations.perform(house, "rebuild", {}))["digest"] == shown


async def must_have_everything_once(client: Client) -> None:
    """Each thing that was acknowledged is there once, with what was done about it."""
    asked = {key: body for key, (_, body, _) in client.acknowledged.items()}
    titles = [each["title"] for each in await everything(client.person, "/v1/problems", 200)]
    assert sorted(titles) == sorted(body["title"] for key, body in asked.items() if key.startswith("problem"))
    mine = [
        each
        for each in await everything(client.person, "/v1/commitments", 200)
        if each["performer"] == str(client.person.id)
    ]
    assert sorted(each["what"] for each in mine) == sorted(
        b["what"] for k, b in asked.items() if k.startswith("pledge")
    )
    done = [action["what"] for each in mine for action in each["actions"]]
    assert sorted(done) == sorted(body["what"] for key, body in asked.items() if key.startswith("action"))


async def test_an_import_that_is_killed_has_imported_everything_or_nothing(tmp_path):
    data, many = tmp_path / "data", 1500
    await app.begin(Settings(data=data), machine_clock, "admin@example.org")
    (tmp_path / "posts.csv").write_bytes(organogram(*[post(post_ref=str(number)) for number in range(many)]))
    typed = ["import", "directors", str(tmp_path / "posts.csv"), "--data", str(data)]
    for file in ("keys.db", "ledger.db"):
        await asyncio.to_thread(kill_once_it_writes, typed, data, file)
        assert await heads(data) in (2, 2 + many)
    done = await asyncio.to_thread(unstuck, *typed)
    told = json.loads(done.stdout)
    assert told["imported"] + told["skipped"].get("already imported", 0) == many
    assert await heads(data) == 2 + many


def kill_once_it_writes(typed: list[str], data: Path, file: str) -> None:
    """A command that is killed as soon as that file grows by as much as no start makes it grow."""

    def written() -> int:
        return sum(size(data / f"{file}{log}") for log in ("", "-wal"))

    before = written() + 60_000
    with subprocess.Popen([*UNSTUCK, *typed], cwd=HOUSE, stdout=subprocess.DEVNULL) as process:
        while written() < before and process.poll() is None:
            pass
        process.kill()


def size(path: Path) -> int:
    """How many bytes a file has, which may be none."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


async def heads(data: Path) -> int:
    """How many events there are."""
    async with app.open_house(Settings(data=data), machine_clock) as house:
        return await house.ledger.head()
