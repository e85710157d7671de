"""Where the work on blocks is done: here, or by the workers of a Dask cluster."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from service.matching.blocks.seating import Block, Seated, seated
from service.matching.chains import CORES

if TYPE_CHECKING:
    from distributed import Client

PATIENCE = 5  # seconds until a scheduler has to have answered
ADDRESS = re.compile(r"(tcp|tls)://[^/\s]+:\d{1,5}")

Run = Callable[[Sequence[Block]], Iterable[Seated]]


class NoWorkers(Exception):
    """One sentence for whoever asked for workers that cannot be had."""


def here(blocks: Sequence[Block]) -> Iterator[Seated]:
    """In this process, a few blocks at once."""
    with ThreadPoolExecutor(CORES) as threads:
        yield from threads.map(seated, blocks)


@contextmanager
def on_workers(count: int = 0, scheduler: str | None = None) -> Iterator[Run]:
    """As many worker processes of this machine, or all those of a running scheduler, at once.

    The answers come back in the order of the blocks, so that it makes no difference who did which. Workers of this
    machine are reached through connections that only they can open: a certificate made for this run.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise NoWorkers("Workers need Dask: say pip install 'unstuck[blocks]', or leave --workers out.") from None
    if scheduler is not None:
        with reached(scheduler) as client:
            yield partial(by, client)
        return
    with (
        LocalCluster(
            n_workers=count,
            threads_per_worker=1,
            processes=True,
            security=True,
            dashboard_address=None,
            host="127.0.0.1",
        ) as cluster,
        Client(cluster) as client,
    ):
        yield partial(by, client)


def reached(scheduler: str) -> "Client":
    """A client of the scheduler, which has a worker at least; NoWorkers if it does not answer, or has none."""
    from distributed import Client

    if not ADDRESS.fullmatch(scheduler):
        raise NoWorkers(f"{scheduler!r} is no address of a Dask scheduler: say tls://host:port or tcp://host:port.")
    try:
        client = Client(scheduler, timeout=PATIENCE)
    except (OSError, TypeError, AssertionError):  # nobody there, or (the other two) Dask knows no certificates
        raise NoWorkers(
            f"No Dask scheduler answers at {scheduler}; for tls:// Dask has to be told of your certificates."
        ) from None
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError:
        client.close()
        raise NoWorkers(f"The Dask scheduler at {scheduler} has no workers: start some, or leave it out.") from None
    return client


def by(client: "Client", blocks: Sequence[Block]) -> Iterator[Seated]:
    """By the workers this client knows, each block as soon as one is free; NoWorkers where they end over it."""
    from distributed import KilledWorker

    try:
        for future in client.map(seated, blocks, pure=False):
            yield future.result()
    except KilledWorker:
        raise NoWorkers("Worker after worker ended over one block: give each more memory, or ask for fewer.") from None
