"""Several workers at one address: what must happen once, who takes over, and who is started again."""

import asyncio
import os
import signal
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import psycopg
import pytest
from click.testing import Result

from service.ledger.postgres_leases import OURS
from service.running import workers
from tests.api.conftest import Person
from tests.postgres_server import server
from tests.service_process import SOON, serving, unstuck
from tests.test_command_line import refused, say, told
from tests.test_postgres import until


@pytest.fixture
def url() -> str:
    return server().database()


@pytest.fixture
def begun(tmp_path, url) -> tuple[Path, str, dict[str, str]]:
    """A network that was begun from the command line: its folder, its administrator's token, and what to set."""
    data, setting = tmp_path / "data", {"UNSTUCK_DATABASE_URL": url}
    return data, told(say("init", "--admin", "admin@example.org", "--data", data, **setting))["token"], setting


def holder(url: str) -> int | None:
    """The process that holds what must happen once."""
    with psycopg.connect(url) as db:
        row = db.execute(
            "SELECT split_part(application_name, ' ', 2)::int FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND classid = %s",
            (OURS,),
        ).fetchone()
        return row[0] if row else None


async def held(url: str, *, not_by: int | None = None) -> int:
    """The process that holds what must happen once, as soon as there is one (and it is another)."""
    await until(lambda: holder(url) not in (None, not_by))
    found = holder(url)
    assert found
    return found


async def typed(*words: object, **setting: str) -> Result:
    """A command, beside a service that goes on."""
    return await asyncio.to_thread(say, *words, **setting)


async def test_two_workers_serve_one_address_and_one_takes_over_from_the_other(begun, url):
    data, token, setting = begun
    with serving(data, "--workers", "2", **setting) as service:
        async with aiohttp.ClientSession(service.address, connector=aiohttp.TCPConnector(force_close=True)) as session:
            admin = Person(session, None, token)
            for number in range(12):
                made = await admin.post(
                    "/v1/directors", {"name": f"N {number}", "email": f"n{number}@example.org", **AT}
                )
                seen = await admin.get("/v1/directors", headers={"Position": made.headers["Position"]})
                assert (made.status, len(seen.json["items"])) == (201, number + 2)
            assert sorted(path.name for path in data.glob("worker-*/read_models.db*"))[0] == "read_models.db"
            assert len(list(data.glob("worker-*/read_models.db"))) == 2
            assert told(await typed("rebuild", "--json", "--data", data, **setting))["position"] == made_at(made)
            assert (
                await typed("doctor", "--data", data, **setting)
            ).exit_code == 1  # the server of these tests has fsync off
            assert "Another process is using" in refused(await typed("serve", "--port", "0", "--data", data, **setting))

            first = await held(url)
            os.kill(first, signal.SIGKILL)
            await held(url, not_by=first)
            for _ in range(6):
                assert (await admin.get("/v1/directors")).status == 200
            assert told(await typed("token", "n1@example.org", "--json", "--data", data, **setting))["token"]
        assert service.stop() == 0


async def test_a_worker_that_is_killed_is_reported_and_started_again_while_the_others_serve(begun, url):
    data, token, setting = begun
    with serving(data, "--workers", "2", **setting, UNSTUCK_LOG_LEVEL="warning") as service:
        async with aiohttp.ClientSession(service.address, connector=aiohttp.TCPConnector(force_close=True)) as session:
            admin = Person(session, None, token)
            await says(admin, "2 of 2 workers serve.")
            killed = await held(url)
            os.kill(killed, signal.SIGKILL)
            assert service.process.stderr
            line = service.process.stderr.readline()
            assert "1 of 2 workers serve: worker " in line
            assert f"(process {killed}) was killed by signal 9, and is started again." in line
            assert (await admin.get("/v1/me")).status == 200
            again = "2 of 2 workers serve; ended and started again so far: 1."
            assert again in service.process.stderr.readline()
            await says(admin, again)
            assert f"ok    {again}" in (await typed("doctor", "--data", data, **setting)).stdout
            await held(url, not_by=killed)
        assert service.stop() == 0


async def says(somebody: Person, workers: str) -> None:
    """Whichever worker is asked, soon."""
    async with asyncio.timeout(SOON):
        while {(await somebody.get("/readyz")).json["workers"] for _ in range(4)} != {workers}:  # noqa: ASYNC110
            await asyncio.sleep(0.02)


AT = {"organisation": "HMT", "organisation_type": "department", "profession": "policy", "region": "London"}


def made_at(answer: Any) -> int:
    return int(answer.headers["Position"])


async def test_workers_end_with_whoever_started_them(begun, url):
    data, _, setting = begun

    def processes() -> int:
        with psycopg.connect(url) as db:
            [row] = db.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name LIKE 'unstuck %'")
            return int(row[0])

    with serving(data, "--workers", "2", **setting) as service:
        assert processes()
        service.kill()
        await until(lambda: processes() == 0)


def test_a_worker_that_does_not_last_is_started_again_after_longer_and_longer_pauses():
    pauses = [workers.next_pause(None, 0.1)]
    while len(pauses) < 12:
        pauses.append(workers.next_pause(pauses[-1], 0.1))
    assert pauses[0] == 0
    assert all(before < after or after == workers.LONGEST_PAUSE for before, after in pairwise(pauses))
    assert pauses[-1] == workers.LONGEST_PAUSE
    assert workers.next_pause(workers.LONGEST_PAUSE, workers.LASTED + 1) == 0


def test_several_workers_need_postgresql(tmp_path):
    data = tmp_path / "data"
    told(say("init", "--admin", "admin@example.org", "--data", data))
    assert "needs PostgreSQL" in refused(say("serve", "--workers", "2", "--data", data))


def test_a_port_that_is_taken_is_not_shared(begun):
    data, _, setting = begun
    with workers._reserved("127.0.0.1", 0) as port:
        said = unstuck("serve", "--workers", "2", "--port", str(port), "--data", data, **setting)
    assert (said.returncode, "Nothing can be served at" in said.stderr) == (1, True)
