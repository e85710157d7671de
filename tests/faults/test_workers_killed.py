"""One of several workers is killed, again and again, while people work: nothing acknowledged is lost or doubled."""

import asyncio
import os
import random
import signal

import aiohttp
import psycopg

from service.settings import Settings
from tests.api.conftest import Person
from tests.faults.length import LONG, SEED
from tests.postgres_server import server
from tests.service_process import SOON, Service, serving
from tests.test_kill import Client, acknowledged, clients_of, must_have_lost_and_doubled_nothing, work_goes_on

TIMES = 12 if LONG else 1
WORKERS = 2


async def test_whichever_worker_is_killed_nothing_is_lost_or_doubled_and_the_others_serve_on(tmp_path):
    chance, url = random.Random(SEED), server().database()
    settings = Settings(data=tmp_path / "data", database_url=url)
    people = await clients_of(settings)
    async with aiohttp.ClientSession() as session:
        clients = [Client(Person(session, id, token)) for id, token in people]
    with serving(settings.data, "--workers", str(WORKERS), UNSTUCK_DATABASE_URL=url) as service:
        for life in range(TIMES):
            await one_killed(service, url, clients, life, chance)
        assert service.stop() == 0
    await must_have_lost_and_doubled_nothing(settings, clients)


async def one_killed(service: Service, url: str, clients: list[Client], life: int, chance: random.Random) -> None:
    """The workers are asked for as much as they can do, one is killed in the middle of it, and comes back."""
    killed = asyncio.Event()
    async with aiohttp.ClientSession(service.address) as session:
        for client in clients:
            client.person.session = session
        await asyncio.gather(*(client.ask_again() for client in clients if client.acknowledged))
        asking = [asyncio.create_task(client.go_on(life, killed.is_set)) for client in clients]
        await work_goes_on(clients, asking)
        await asyncio.wait(asking, timeout=chance.uniform(0, 0.8))
        os.kill(chance.choice(await asyncio.to_thread(working, url)), signal.SIGKILL)
        before = acknowledged(clients)
        await asyncio.wait(asking, timeout=chance.uniform(0.2, 0.5))
        await work_goes_on(clients, asking)
        killed.set()
        await asyncio.gather(*asking)
        assert all(client.unanswered for client in clients) or before < acknowledged(clients)
    await all_serve(service, life + 1)


def working(url: str) -> list[int]:
    """The workers, by the numbers of their processes."""
    with psycopg.connect(url) as db:
        said = "SELECT DISTINCT split_part(application_name, ' ', 2)::int FROM pg_stat_activity"
        found = sorted(number for (number,) in db.execute(f"{said} WHERE application_name LIKE 'unstuck %'"))
    assert len(found) == WORKERS
    return found


async def all_serve(service: Service, killed: int) -> None:
    """Waits until as many serve as should, one of them started again."""
    wanted = f"{WORKERS} of {WORKERS} workers serve; ended and started again so far: {killed}."
    async with asyncio.timeout(SOON), aiohttp.ClientSession(service.address) as session:
        said = ""
        while said != wanted:
            async with session.get("/readyz") as answer:
                said = (await answer.json())["workers"]
            await asyncio.sleep(0.05)
