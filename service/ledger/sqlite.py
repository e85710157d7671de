"""The ledger in a SQLite file."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from sqlite3 import Connection
from typing import Any, Self, TypeVar
from uuid import UUID

from service.domain.aggregate import Decision, Event, Recall, S
from service.domain.refusals import NotFound, Overloaded
from service.domain.words import Sealed
from service.ledger import recorder
from service.ledger.batch import Change
from service.ledger.interface import Done, Key, NotRecorded
from service.ledger.keyring import Keyring
from service.ledger.mapper import Mapper
from service.ledger.sealing import Sealing
from service.ledger.states import States, Stream
from service.ledger.writer import Outcome, Writer

T = TypeVar("T")
READERS = 3
TOGETHER = 1_024
"""How many changes one transaction takes at most."""


class SQLiteLedger:
    """Changes wait in one line, are decided and recorded together by one thread, and are answered after the commit.

    Reading has connections of its own, in other threads. Nothing here blocks the event loop it was opened on.
    """

    def __init__(self, path: Path, keyring: Keyring, *, read_only: bool = False, queue: int = 8_192) -> None:
        self._path, self._queue = path, queue
        self._loop = asyncio.get_running_loop()
        self._mapper, self._sealing, self._states = Mapper(), Sealing(keyring), States()
        self._waiting: list[Change] = []
        self._busy = self._handing = False
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._listeners: list[Callable[[int], None]] = []
        self._connections: list[Connection] = []
        self._thread = threading.local()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="ledger reader")
        self._writer = None if read_only else Writer(path, self._states, keyring, self._settled)
        self._closed = False

    @classmethod
    async def open(cls, path: Path, keyring: Keyring, *, read_only: bool = False, queue: int = 8_192) -> Self:
        """The ledger in that file, made if need be. `read_only` looks on beside a running service.
        When `queue` changes are waiting the next is Overloaded."""
        await asyncio.to_thread(recorder.check if read_only else recorder.create, path)
        return cls(path, keyring, read_only=read_only, queue=queue)

    async def change(
        self,
        recalls: Sequence[Recall[Any]],
        decide: Callable[..., Decision],
        *,
        key: Key | None = None,
        if_version: int | None = None,
    ) -> Done:
        if self._closed or self._writer is None:
            raise NotRecorded("Nothing was recorded: the ledger is closed, or open to read only.")
        if len(self._waiting) >= self._queue:
            raise Overloaded("More is being asked than can be recorded just now; ask again in a moment.")
        change = Change(recalls, decide, key, if_version, self._loop.create_future())
        self._waiting.append(change)
        self._hand_over_soon()
        return await change.done

    async def record(self, events: Sequence[Event], *, key: Key | None = None) -> Done:
        return await self.change((), lambda: events, key=key)

    async def events_after(self, position: int, limit: int = 1000) -> list[Event]:
        return await self._reading(lambda db: self._events(recorder.after(db, position, limit)))

    async def history(self, id: UUID, upto: int | None = None) -> list[Event]:
        return await self._reading(lambda db: self._events(recorder.stream(db, id, upto)))

    async def recall(self, recall: Recall[S]) -> S:
        stream = self._states.get(recall.id) if self._writer else None
        if stream is None or recall.evolve not in stream.states:
            stream = await self._reading(lambda db: self._folded(db, recall))
        state: S | None = stream.states[recall.evolve]
        if state is None and recall.missing is not None:
            raise NotFound(recall.missing)
        return state  # type: ignore[return-value]  # where nothing is ever missing, S itself allows None

    async def head(self) -> int:
        return self._states.head if self._writer else await self._reading(recorder.head)

    def on_commit(self, call: Callable[[int], None]) -> None:
        self._listeners.append(call)

    def unseal(self, words: Sealed | None) -> str | None:
        return self._sealing.unseal(words)

    async def close(self) -> None:
        self._closed = True
        await self._quiet.wait()
        if self._writer:
            await asyncio.to_thread(self._writer.close)
        await asyncio.to_thread(self._readers.shutdown)
        for db in self._connections:
            db.close()

    def _hand_over_soon(self) -> None:
        """Whoever else asks in this turn of the event loop comes along."""
        self._quiet.clear()
        if not self._busy and not self._handing:
            self._handing = True
            self._loop.call_soon(self._hand_over)

    def _hand_over(self) -> None:
        self._handing = False
        changes = [change for change in self._waiting[:TOGETHER] if not change.done.done()]
        del self._waiting[:TOGETHER]
        if changes and self._writer:
            self._busy = True
            self._writer.take(changes)
        elif self._waiting:
            self._hand_over_soon()
        else:
            self._quiet.set()

    def _settled(self, changes: list[Change], outcomes: list[Outcome], head: int) -> None:
        """In the writer's thread."""
        self._loop.call_soon_threadsafe(self._answer, changes, outcomes, head)

    def _answer(self, changes: list[Change], outcomes: list[Outcome], head: int) -> None:
        self._busy = False
        for change, outcome in zip(changes, outcomes, strict=True):
            if change.done.done():  # nobody waits for it any more
                continue
            if isinstance(outcome, Done):
                change.done.set_result(outcome)
            else:
                change.done.set_exception(outcome)
        if any(isinstance(outcome, Done) and outcome.positions and not outcome.replayed for outcome in outcomes):
            for call in self._listeners:
                self._loop.call_soon(call, head)
        self._hand_over_soon()

    async def _reading(self, read: Callable[[Connection], T]) -> T:
        return await self._loop.run_in_executor(self._readers, lambda: read(self._connection()))

    def _connection(self) -> Connection:
        """This thread's own."""
        db: Connection | None = getattr(self._thread, "db", None)
        if db is None:
            db = self._thread.db = recorder.to_read(self._path)
            self._connections.append(db)
        return db

    def _events(self, rows: list[recorder.Row]) -> list[Event]:
        read = self._mapper.read
        return [read(*row) for row in rows]

    def _folded(self, db: Connection, recall: Recall[Any]) -> Stream:
        db.execute("BEGIN")
        try:
            head = recorder.head(db)
            events = self._events(recorder.stream(db, recall.id))
        finally:
            db.execute("COMMIT")
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
