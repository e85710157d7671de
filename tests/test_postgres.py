"""A network in PostgreSQL: over HTTP, from several machines, with several workers, and while the server is away."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import aiohttp
import psycopg
import pytest

from service import app
from service.commands import Call
from service.domain.words import Origin, sealed
from service.house import House
from service.running import due
from service.settings import Settings
from tests.api.conftest import Network, Person
from tests.life import Hands, a_second_later, done
from tests.postgres_server import server
from tests.service_process import SOON
from tests.test_command_line import refused, say, told

KEY = "5e" * 32
MARCH = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.fixture
def url() -> str:
    return server().database()


@pytest.fixture
def machine(tmp_path, url):
    """The settings of one machine of several: a folder of its own, the same database and the same key."""
    return lambda name: Settings(data=tmp_path / name, database_url=url, master_key=KEY, match_seconds=0.1)


@pytest.fixture
def clock():
    return Hands(MARCH)


@asynccontextmanager
async def served(settings: Settings, clock: Hands) -> AsyncIterator[Network]:
    """One machine that serves the network."""
    async with (
        app.serving(settings, clock, host="127.0.0.1", port=0) as (house, address),
        aiohttp.ClientSession(address) as session,
    ):
        yield Network(house, session)


@pytest.fixture
async def two(machine, clock) -> AsyncIterator[tuple[Network, Network]]:
    """Two machines that serve one network, with a few people in it who may speak to either."""
    await app.begin(machine("first"), clock, "admin@example.org")
    async with AsyncExitStack() as stack:
        one, other = [await stack.enter_async_context(served(machine(name), clock)) for name in ("first", "second")]
        for name, *roles in (("ann",), ("ben",), ("cat",), ("dan",), ("convenor", "convenor")):
            person = await one.welcome(name, *roles)
            other.people[name] = Person(other.session, person.id, person.token)
        yield one, other


async def until(so: Any) -> None:
    """Waits for something that will be so by itself."""
    async with asyncio.timeout(SOON):
        while not so():  # noqa: ASYNC110  # it is another process that does it
            await asyncio.sleep(0.02)


async def test_what_was_done_on_one_machine_is_seen_on_the_other(two):
    here, there = two
    made = await here.ann.post("/v1/problems", {"title": "Two forms for one grant"})
    assert made.status == 201
    seen = await there.ann.get(f"/v1/problems/{made.json['id']}", headers={"Position": made.headers["Position"]})
    assert seen.json == made.json
    shared = await there.ann.post(f"/v1/problems/{made.json['id']}/share", {"tier": "network"})
    assert (shared.status, shared.headers["ETag"]) == (200, '"2"')
    stale = await here.ann.post(f"/v1/problems/{made.json['id']}/resolve", {}, headers={"If-Match": '"1"'})
    assert stale.status == 412
    seen = await here.ben.get("/v1/problems", headers={"Position": shared.headers["Position"]})
    assert [each["title"] for each in seen.json["items"]] == ["Two forms for one grant"]


async def test_a_request_sent_to_both_machines_at_once_is_done_once(two):
    asking = {"json": {"title": "Two forms"}, "headers": {"Idempotency-Key": "one"}}
    answers = await asyncio.gather(*(each.ann.says("POST", "/v1/problems", **asking) for each in two * 8))
    assert {answer.status for answer in answers} == {201}
    assert len({answer.raw for answer in answers}) == 1


async def test_a_token_revoked_on_one_machine_opens_nothing_on_the_other_a_second_later(two, monkeypatch):
    here, there = two
    assert (await there.dan.get("/v1/me")).status == 200
    done_ = await here.house.directors.forget(here.dan.id, call=Call(by=here.dan.id))
    assert done_.position
    a_second_later(monkeypatch)
    assert (await there.dan.get("/v1/me")).status == 401


async def test_a_machine_that_comes_later_sees_everything(two, machine, clock):
    here, _ = two
    made = await here.ann.post("/v1/problems", {"title": "Two forms"})
    async with served(machine("third"), clock) as third:
        ann = Person(third.session, here.ann.id, here.ann.token)
        assert (await done(ann.get(f"/v1/problems/{made.json['id']}")))["title"] == "Two forms"


async def test_while_postgresql_is_away_people_are_asked_to_come_back(two):
    here, there = two
    server().stop()
    try:
        for each in (here.ann.get("/v1/me"), there.ben.post("/v1/problems", {"title": "Two forms"})):
            answer = await each
            assert (answer.status, answer.headers["Retry-After"]) == (503, "2")
    finally:
        server().start()
    for each in two:
        await until(lambda each=each: not any(model["failure"] for model in each.house.read_models.status().values()))
    assert (await there.ben.post("/v1/problems", {"title": "Two forms"})).status == 201
    assert (await here.ann.get("/v1/me")).status == 200


async def test_what_comes_due_is_recorded_by_whoever_is_left(machine, clock, monkeypatch):
    monkeypatch.setattr(due, "TURN", 0.02)
    await app.begin(machine("first"), clock, "admin@example.org")
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(app.open_house(machine("first"), clock))
        second = await stack.enter_async_context(app.open_house(machine("second"), clock))
        assert await first.leases.hold(due.LEASE)
        one, _ = watching(stack, first), watching(stack, second)
        people = Network(first, None)  # type: ignore[arg-type]
        ann, ben = await people.welcome("ann"), await people.welcome("ben")
        assert ann.id
        made = await first.commitments.request(
            call=Call(by=ann.id),
            origin=Origin(type="link", url=sealed(ann.id, "https://example.org")),
            performer=ben.id,
            what="Lend us a hall",
            due=date(2026, 3, 9),
        )
        assert made.id
        heads = [await second.ledger.head()]
        second.ledger.on_commit(heads.append)
        clock.move(days=60)
        one.cancel()
        await asyncio.gather(one, return_exceptions=True)
        await first.leases.close()
        await until(lambda: heads[-1] > heads[0])
        assert [event.TOPIC for event in await second.ledger.history(made.id)][-1] == "proposal-expired"


def watching(stack: AsyncExitStack, house: House) -> asyncio.Task[None]:
    task = asyncio.create_task(due.keep_watch(house))
    stack.callback(task.cancel)
    return task


async def test_a_round_is_worked_on_by_one_machine(two):
    here, there = two
    path = f"/v1/rounds/{(await done(here.convenor.post('/v1/rounds', {'kind': 'pair'}), 201))['id']}"
    for name in ("ann", "ben", "cat", "dan"):
        await done(here.people[name].post(f"{path}/opt-in", {}))
    id = UUID(path.rpartition("/")[2])
    assert await here.house.leases.hold(f"round {id}")
    await done(there.convenor.post(f"{path}/close", {}))
    asked = await there.convenor.post(f"{path}/propose", {})
    assert asked.status == 202
    await there.house.workshop.wait(id)
    assert (await there.convenor.get(f"{path}/proposal")).status != 200
    await here.house.leases.let_go(f"round {id}")
    there.house.workshop.ask(id)
    await there.house.workshop.wait(id)
    position = await there.house.ledger.head()
    assert (await here.convenor.get(f"{path}/proposal", headers={"Position": str(position)})).status == 200


@pytest.fixture
def begun(tmp_path, url) -> tuple[Path, str, dict[str, str]]:
    """A network that was begun from the command line: its folder, its administrator's token, and what to set."""
    data, setting = tmp_path / "data", {"UNSTUCK_DATABASE_URL": url}
    return data, told(say("init", "--admin", "admin@example.org", "--data", data, **setting))["token"], setting


def test_a_network_is_begun_once(begun):
    data, _, setting = begun
    assert "already: name another database" in refused(
        say("init", "--admin", "b@example.org", "--data", data, **setting)
    )


def test_an_address_that_is_none_leaves_nothing_behind(tmp_path, url):
    setting = {"UNSTUCK_DATABASE_URL": url}
    refused(say("init", "--admin", "nonsense", "--data", tmp_path / "one", **setting))
    told(say("init", "--admin", "admin@example.org", "--data", tmp_path / "two", **setting))


@pytest.mark.parametrize("words", [("init", "--admin", "nonsense"), ("init", "--admin", "a@example.org")])
def test_what_somebody_else_keeps_in_the_same_database_is_left_alone(tmp_path, url, words):
    with psycopg.connect(url) as db:
        db.execute("CREATE SCHEMA access; CREATE TABLE access.log (line text); INSERT INTO access.log VALUES ('x')")
    said = refused(say(*words, "--data", tmp_path / "data", UNSTUCK_DATABASE_URL=url))
    assert "The schema `access`" in said
    with psycopg.connect(url) as db:
        assert db.execute("SELECT line FROM access.log").fetchall() == [("x",)]
        assert db.execute("SELECT to_regclass('ledger.given')").fetchall() == [(None,)]


def test_the_key_of_another_machine_is_refused(begun, tmp_path):
    _, _, setting = begun
    said = say("token", "admin@example.org", "--data", tmp_path / "other", UNSTUCK_MASTER_KEY=KEY, **setting)
    assert "not the one these keys were wrapped with" in refused(said)
    assert "is missing: put it back" in refused(
        say("token", "admin@example.org", "--data", tmp_path / "new", **setting)
    )


@pytest.mark.parametrize("words", [("serve", "--port", "0"), ("token", "admin@example.org"), ("rebuild",)])
def test_where_no_network_was_begun_one_sentence_says_so(tmp_path, url, words):
    said = refused(say(*words, "--data", tmp_path / "data", UNSTUCK_DATABASE_URL=url))
    assert "There is no network in postgresql://" in said


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:hunter2@127.0.0.1:1/x",
        "postgresql://ann:hunter2@/x?host=/nowhere",
        "postgresql://a:hunter2@[/x",
    ],
)
def test_a_password_is_never_shown(tmp_path, url):
    for words in (("init", "--admin", "a@example.org"), ("serve",), ("token", "a@example.org")):
        said = refused(say(*words, "--data", tmp_path / "data", UNSTUCK_DATABASE_URL=url))
        assert "PostgreSQL" in said
        assert "hunter2" not in said
    assert "hunter2" not in repr(Settings(database_url=url))
