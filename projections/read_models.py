"""The read models: in order, exactly once, rebuildable; whoever wrote something can wait until it shows."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from projections.columns import Memory
from projections.direct import done
from projections.folding import EventsAfter, Folding, Model, Progress, remove
from projections.folding import digest as digest
from projections.reader import Reader

SERVING = ("journal_mode=WAL", "synchronous=NORMAL", "wal_autocheckpoint=0")
BUILDING = ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE")
"""Beside the service: a half-built file is thrown away, so nothing guards it."""

READERS = 3


class Lagging(Exception):
    """What was asked for does not show yet; the message says which read model is behind."""


class RebuildFailed(Exception):
    """The new file was not taken; the old one goes on serving."""


def patience(failures: int) -> float:
    """Seconds until a read model that failed is tried again."""
    return float(min(0.2 * 2**failures, 60.0))


class ReadModels:
    """All read models in one file, fed from the ledger by one task, read through connections that cannot write."""

    def __init__(
        self,
        path: Path,
        events_after: EventsAfter,
        models: Sequence[Model],
        *,
        batch: int = 2_000,
        retry_after: Callable[[int], float] = patience,
    ) -> None:
        self._path = Path(path)
        self._beside = self._path.with_name(f"{self._path.name}.building")
        self._ready = self._path.with_name(f"{self._path.name}.ready")
        self._events_after = events_after
        self._models = tuple(models)
        self._batch = batch
        self._retry_after = retry_after
        self._folding: Folding
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._turn = asyncio.Lock()
        self._rebuilding = asyncio.Lock()
        self._readers: asyncio.LifoQueue[Reader] = asyncio.LifoQueue()
        self._waiting: dict[asyncio.Future[None], tuple[int, list[str]]] = {}
        self._retry_at: dict[str, float] = {}

    async def open(self) -> None:
        """Open the file, or begin it, and go on from where it was left."""
        for left in (self._beside, self._ready):
            remove(left)
        await self._open_file()
        self._woken.set()
        self._task = asyncio.create_task(self._follow(), name="read models")

    async def close(self) -> None:
        """Stop between two batches; nothing half folded stays behind."""
        if self._task is None:
            return
        async with self._turn:
            self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        for future in self._waiting:
            _settle(future, Lagging("The service is stopping; please ask again."))
        await self._close_file()

    def wake(self, head: int) -> None:
        """Something was recorded: called on the event loop by whoever recorded it, with the new head."""
        if any(progress.position < head for progress in self._folding.progress.values()):
            self._woken.set()

    async def reached(self, position: int, seconds: float = 5.0, of: Collection[str] = ()) -> None:
        """Return once these read models (all, when none is named) have taken that position in; else `Lagging`."""
        slowest = self._folding.slowest
        if position <= slowest:
            return
        names = list(of) or [model.NAME for model in self._models]
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting[future] = (position, names)
        self._answer(future, slowest)
        try:
            async with asyncio.timeout(seconds):
                await future
        except TimeoutError:
            raise Lagging(f"The read models are behind position {position}; please ask again in a moment.") from None
        finally:
            del self._waiting[future]

    def positions(self) -> tuple[int, ...]:
        """How far each read model has got."""
        return tuple(progress.position for progress in self._folding.progress.values())

    def status(self) -> dict[str, dict[str, Any]]:
        """How far each read model has got, and what stopped it."""
        return {
            name: {"position": progress.position, "failure": progress.failure}
            for name, progress in self._folding.progress.items()
        }

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Reader]:
        """A connection for questions."""
        db = await self._readers.get()
        try:
            yield db
        finally:
            self._readers.put_nowait(db)

    async def rebuild(self) -> None:
        """Everything from nothing, beside the file it then replaces. The same ledger gives the same bytes."""
        async with self._rebuilding:
            try:
                await self._build()
                await asyncio.to_thread(_sync, self._ready)
                await self._swap()
            finally:
                remove(self._beside)
                remove(self._ready)

    async def _build(self) -> None:
        folding = await Folding.open(self._beside, self._events_after, self._models, *BUILDING)
        try:
            everything = list(folding.progress.values())
            while await folding.advance(everything, self._batch):
                if stopped := [progress.failure for progress in everything if progress.failure]:
                    raise RebuildFailed(" ".join(stopped))
            if stopped := [progress.failure for progress in everything if progress.failure]:
                raise RebuildFailed(" ".join(stopped))
            # A copy in one go has one layout, however the pages of the original grew.
            await asyncio.to_thread(done, folding.db.execute("VACUUM INTO ?", (str(self._ready),)))
        finally:
            await folding.close()

    async def _swap(self) -> None:
        # Whoever is reading finishes first: a connection that closes late would take the new file's log with it.
        async with self._turn:
            await self._close_file()
            try:
                remove(self._path)
                os.replace(self._ready, self._path)
                _sync(self._path.parent)
            finally:
                await self._open_file()
            self._retry_at.clear()
            # Nobody who has seen a position is shown an earlier one.
            while await self._folding.advance(list(self._folding.progress.values()), self._batch):
                pass
            self._answer_all()
        self._woken.set()

    async def _open_file(self) -> None:
        self._folding = await Folding.open(self._path, self._events_after, self._models, *SERVING)
        memory = Memory()
        for _ in range(READERS):
            self._readers.put_nowait(await _reader(self._path, memory))

    async def _close_file(self) -> None:
        for _ in range(READERS):
            await (await self._readers.get()).close()
        await self._folding.close()

    async def _follow(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            while await self._step():
                pass

    async def _step(self) -> bool:
        """One batch for each read model; those at one position go together. Whether any of them moved."""
        moved = False
        now = asyncio.get_running_loop().time()
        async with self._turn:
            for group in self._groups(now):
                moved = await self._folding.advance(group, self._batch) or moved
                for progress in group:
                    self._plan_retry(progress, now)
                self._answer_all()
            self._folding.tidy_up()
        await asyncio.sleep(0)  # whoever waited is answered before the next batch
        return moved

    def _groups(self, now: float) -> list[list[Progress]]:
        """The leaders first, so that nobody behind holds them up; whoever failed goes alone, when its time has come."""
        together: dict[int, list[Progress]] = {}
        alone = []
        for progress in self._folding.progress.values():
            if progress.failure is None:
                together.setdefault(progress.position, []).append(progress)
            elif now >= self._retry_at.get(progress.name, 0.0):
                alone.append([progress])
        return [*(together[position] for position in sorted(together, reverse=True)), *alone]

    def _plan_retry(self, progress: Progress, now: float) -> None:
        if progress.failure is None:
            self._retry_at.pop(progress.name, None)
        elif self._retry_at.get(progress.name, 0.0) <= now:
            wait = self._retry_after(progress.failures)
            self._retry_at[progress.name] = now + wait
            asyncio.get_running_loop().call_later(wait, self._woken.set)

    def _answer_all(self) -> None:
        slowest = self._folding.slowest
        for future in self._waiting:
            self._answer(future, slowest)

    def _answer(self, future: asyncio.Future[None], slowest: int) -> None:
        position, names = self._waiting[future]
        if position <= slowest:
            _settle(future, None)
            return
        behind = [p for name in names if (p := self._folding.progress[name]).position < position]
        if not behind:
            _settle(future, None)
        elif failed := next((each.failure for each in behind if each.failure and not each.is_passing), None):
            _settle(future, Lagging(failed))


def _settle(future: asyncio.Future[None], failure: Exception | None) -> None:
    if future.done():
        return
    if failure:
        future.set_exception(failure)
    else:
        future.set_result(None)


def _sync(path: Path) -> None:
    """What was written there is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


async def _reader(path: Path, memory: Memory) -> Reader:
    db = Reader(path, memory)
    await db
    await db.execute("PRAGMA query_only = ON")
    return db
