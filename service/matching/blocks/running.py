"""Where the work on blocks is done: here, or by the workers of a Dask cluster."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

from service.matching.blocks.seating import Block, Seated, seated
from service.matching.chains import CORES

if TYPE_CHECKING:
    from distributed import Client

Run = Callable[[Sequence[Block]], Iterable[Seated]]


class WithoutDask(Exception):
    """One sentence for whoever asked for workers and has not got the library."""


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
        raise WithoutDask("Workers need Dask: say pip install 'unstuck[blocks]', or leave --workers out.") from None
    if scheduler is not None:
        with Client(scheduler) as client:
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


def by(client: "Client", blocks: Sequence[Block]) -> Iterator[Seated]:
    """By the workers this client knows, each block as soon as one is free."""
    for future in client.map(seated, blocks, pure=False):
        yield future.result()
