"""The half of a ledger that stands on the event loop: a line of changes that wait, and readers of its own."""

from __future__ import annotations

import asyncio
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from service.domain.aggregate import Decision, Event, Recall
from service.domain.refusals import NotFound, Overloaded
from service.domain.words import Sealed
from service.ledger.batch import Change
from service.ledger.interface import Done, Key, NotRecorded
from service.ledger.keyring import Keyring
from service.ledger.mapper import Mapper
from service.ledger.recorder import Row
from service.ledger.sealing import Sealing
from service.ledger.states import States, Stream
from service.ledger.turns import Outcome, Turns

READERS = 3
TOGETHER = 1_024
"""How many changes one transaction takes at most."""


class Closable(Protocol):
    """A connection."""

    def close(self) -> None: ...


C = TypeVar("C", bound=Closable)
T = TypeVar("T")


class Line(ABC, Generic[C]):
    """Changes wait in one line, are decided and recorded together by one thread, and are answered after the commit.

    Reading has connections of its own, in other threads. Nothing here blocks the event loop it was opened on.
    """

    _writer: Turns | None = None

    def __init__(self, keyring: Keyring, queue: int) -> None:
        self._queue = queue
        self._loop = asyncio.get_running_loop()
        self._mapper, self._sealing, self._states = Mapper(), Sealing(keyring), States()
        self._waiting: list[Change] = []
        self._busy = self._handing = False
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._listeners: list[Callable[[int], None]] = []
        self._connections: list[C] = []
        self._thread = threading.local()
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="ledger reader")
        self._closed = False

    @abstractmethod
    def _connect(self) -> C:
        """A connection that reads."""

    @abstractmethod
    def _stream(self, db: C, id: UUID, upto: int | None = None) -> Sequence[Row]:
        """One stream in order, upto a position."""

    @abstractmethod
    def _after(self, db: C, position: int, limit: int) -> Sequence[Row]:
        """Events in the order of their positions."""

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
        return await self._reading(lambda db: self._events(self._after(db, position, limit)))

    async def history(self, id: UUID, upto: int | None = None) -> list[Event]:
        return await self._reading(lambda db: self._events(self._stream(db, id, upto)))

    def on_commit(self, call: Callable[[int], None]) -> None:
        self._listeners.append(call)

    def unseal(self, words: Sealed | None) -> str | None:
        return self._sealing.unseal(words)

    def waiting(self) -> int:
        return len(self._waiting)

    @property
    def trouble(self) -> NotRecorded | None:
        return self._writer.trouble if self._writer else None

    async def close(self) -> None:
        self._closed = True
        await self._quiet.wait()
        await asyncio.to_thread(self._readers.shutdown)
        for db in self._connections:
            db.close()
        if self._writer:  # the last: who can only read cannot put what is in the log where it belongs
            await asyncio.to_thread(self._writer.close)

    def _hand_over_soon(self) -> None:
        """Whoever else asks in this turn of the event loop comes along."""
        if not self._busy and not self._handing:
            self._quiet.clear()
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
            self._tell(head)
        self._hand_over_soon()

    def _tell(self, head: int) -> None:
        for call in self._listeners:
            self._loop.call_soon(call, head)

    async def _reading(self, read: Callable[[C], T]) -> T:
        return await self._reading_soon(read)

    def _reading_soon(self, read: Callable[[C], T]) -> asyncio.Future[T]:
        return self._loop.run_in_executor(self._readers, lambda: read(self._connection()))

    def _connection(self) -> C:
        """This thread's own."""
        db: C | None = getattr(self._thread, "db", None)
        if db is None:
            db = self._thread.db = self._connect()
            self._connections.append(db)
        return db

    def _events(self, rows: Sequence[Row]) -> list[Event]:
        read = self._mapper.read
        return [read(*row) for row in rows]


def state_of(stream: Stream, recall: Recall[Any]) -> Any:
    """What the stream adds up to. NotFound where the recall says so and there is nothing."""
    state = stream.states[recall.evolve]
    if state is None and recall.missing is not None:
        raise NotFound(recall.missing)
    return state
