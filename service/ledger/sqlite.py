"""The ledger in a SQLite file."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Self, TypeVar
from uuid import UUID

from service.domain.aggregate import Event, Recall, S
from service.ledger import leaves, recorder
from service.ledger.histories import Histories
from service.ledger.keyring import Keyring
from service.ledger.line import Line, state_of
from service.ledger.recorder import Page, Row
from service.ledger.states import Stream
from service.ledger.tree import Tree
from service.ledger.writer import Writer

T = TypeVar("T")


class SQLiteLedger(Line[Connection]):
    """One file, and one process that writes to it."""

    def __init__(self, path: Path, keyring: Keyring, *, read_only: bool = False, queue: int = 8_192) -> None:
        super().__init__(keyring, queue)
        self._path = path
        self._histories = Histories()
        self._ahead: dict[tuple[int, int], asyncio.Future[Page | None]] = {}
        self._expected = (0, 0)
        self._writer = None if read_only else Writer(path, self._states, self._histories, keyring, self._settled)

    @classmethod
    async def open(cls, path: Path, keyring: Keyring, *, read_only: bool = False, queue: int = 8_192) -> Self:
        """The ledger in that file, made if need be. `read_only` looks on beside a running service.
        When `queue` changes are waiting the next is Overloaded."""
        await asyncio.to_thread(recorder.check if read_only else _made, path)
        return cls(path, keyring, read_only=read_only, queue=queue)

    async def recall(self, recall: Recall[S]) -> S:
        stream = self._states.get(recall.id) if self._writer else None
        if stream is None or recall.evolve not in stream.states:
            stream = await self._reading(lambda db: self._folded(db, recall))
        state: S = state_of(stream, recall)
        return state

    async def events_after(self, position: int, limit: int = 1000) -> list[Event]:
        latest = self._histories.after(position, limit) if self._writer else None
        if latest is not None:
            return latest
        page = await self._page_after(position, limit)
        events = await self._reading(lambda _: self._mapper.read_many(page)) if page else None
        return await super().events_after(position, limit) if events is None else events

    async def history(self, id: UUID, upto: int | None = None) -> list[Event]:
        if self._writer is None:
            return await super().history(id, upto)
        known = self._histories.get(id, upto)
        if known is not None:
            return known
        head, events = await self._reading(lambda db: self._whole(db, id))
        self._histories.put(id, events, head)
        return events if upto is None else [event for event in events if event.position <= upto]

    async def head(self) -> int:
        return self._states.head if self._writer else await self._reading(recorder.head)

    async def tree(self, ask: Callable[[Tree], T]) -> T:
        return await self._reading(lambda db: ask(leaves.tree(db)))

    async def close(self) -> None:
        await super().close()
        await asyncio.gather(*self._ahead.values(), return_exceptions=True)

    async def _page_after(self, position: int, limit: int) -> Page | None:
        """What was recorded never changes: a page that was read ahead is what would be read now."""
        ahead, self._ahead = self._ahead.pop((position, limit), None), {}
        page = await ahead if ahead else None
        page = page or await self._reading(partial(recorder.page, position=position, count=limit))
        if page:
            last = page[1]
            if (position, limit) == self._expected:  # somebody reads on and on
                self._ahead[last, limit] = self._reading_soon(partial(recorder.page, position=last, count=limit))
            self._expected = (last, limit)
        return page

    def _connect(self) -> Connection:
        return recorder.to_read(self._path)

    def _stream(self, db: Connection, id: UUID, upto: int | None = None) -> list[Row]:
        return recorder.stream(db, id, upto)

    def _after(self, db: Connection, position: int, limit: int) -> list[Row]:
        return recorder.after(db, position, limit)

    def _whole(self, db: Connection, id: UUID) -> tuple[int, list[Event]]:
        """A stream, and where the ledger stood in that moment."""
        db.execute("BEGIN")
        try:
            return recorder.head(db), self._events(recorder.stream(db, id))
        finally:
            db.execute("COMMIT")

    def _folded(self, db: Connection, recall: Recall[Any]) -> Stream:
        head, events = self._whole(db, recall.id)
        state = None
        for event in events:
            state = recall.evolve(state, event)
        version = events[-1].originator_version if events else 0
        known = self._states.get(recall.id)
        known = known if known and known.version == version else Stream(version, {})
        stream = known.known_as(recall.evolve, state)
        if events:
            self._states.put(recall.id, stream, head)
        return stream


def _made(path: Path) -> None:
    """The file is there with its tables, and every event in it has its hashes."""
    recorder.create(path)
    leaves.complete(path)
