"""Appends as many events as it is told, through the ledger or past its lock, and ends: run by test_tailing.py."""

import asyncio
import sys
import threading
from uuid import uuid4

import psycopg

from service.ledger.mapper import Mapper
from tests.ledger.conftest import opened
from tests.ledger.problem import registering

CALLERS = 64
THREADS = 4


async def safely(url: str, events: int) -> None:
    """As the service does: many callers at once, each waiting for its answer."""
    async with opened(url) as ledger:
        print("ready", flush=True)

        async def caller(number: int) -> None:
            for _ in range(number, events, CALLERS):
                await ledger.change((), registering(uuid4()))

        await asyncio.gather(*(caller(number) for number in range(CALLERS)))


def unsafely(url: str, events: int) -> None:
    """Each transaction draws its positions from a sequence and commits when it likes."""
    print("ready", flush=True)

    def caller() -> None:
        with psycopg.connect(url, autocommit=True) as db:
            for _ in range(events // THREADS):
                event = registering(uuid4())()
                with db.transaction():
                    db.execute(
                        "INSERT INTO ledger.stored_events VALUES (nextval('ledger.drawn'), %s, 1, %s, %s, '')",
                        (event.originator_id, event.TOPIC, Mapper().write(event)),
                    )
                    db.execute("SELECT 1")

    threads = [threading.Thread(target=caller) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    where, how, many = sys.argv[1:]
    if how == "safely":
        asyncio.run(safely(where, int(many)))
    else:
        unsafely(where, int(many))
