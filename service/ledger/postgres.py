"""The ledger in PostgreSQL, for any number of processes on any number of machines."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any, Self, TypeVar
from uuid import UUID

from service.domain.aggregate import Recall, S
from service.ledger import postgres_tables as tables
from service.ledger.keyring import Keyring
from service.ledger.line import Line, state_of
from service.ledger.postgres_connection import LOST, Connection, unreachable
from service.ledger.postgres_leaves import PostgresLeaves
from service.ledger.postgres_news import follow
from service.ledger.postgres_writer import PostgresWriter
from service.ledger.recorder import Row
from service.ledger.states import Stream
from service.ledger.tree import Tree

T = TypeVar("T")


class PostgresLedger(Line[Connection]):
    """Every process decides and commits under one lock, and hears of what the others have committed.

    While PostgreSQL is away callers are told so (NotRecorded); nothing acknowledged is lost, and once it is back
    everything goes on by itself.
    """

    def __init__(self, url: str, keyring: Keyring, *, head: int, read_only: bool, queue: int) -> None:
        super().__init__(keyring, queue)
        self._url = url
        self._told = head
        self._states.forget(head)
        self._writer = None if read_only else PostgresWriter(url, self._states, keyring, self._settled)
        self._news = asyncio.create_task(follow(url, self._tell, keyring), name="news from PostgreSQL")

    @classmethod
    async def open(cls, url: str, keyring: Keyring, *, read_only: bool = False, queue: int = 8_192) -> Self:
        """The ledger in that database, made if need be. `read_only` never writes.
        When `queue` changes are waiting the next is Overloaded."""
        head = await asyncio.to_thread(_prepared, url, read_only)
        return cls(url, keyring, head=head, read_only=read_only, queue=queue)

    async def recall(self, recall: Recall[S]) -> S:
        head = self._states.head
        known = self._states.get(recall.id)
        if known is not None and recall.evolve not in known.states:
            known = None
        stream = await self._reading(lambda db: self._up_to_date(db, recall, known))
        if stream is not known and stream.version:
            beside = self._states.get(recall.id)
            if beside is not None and beside.version == stream.version:
                stream = beside.known_as(recall.evolve, stream.states[recall.evolve])
            self._states.put(recall.id, stream, head)
        state: S = state_of(stream, recall)
        return state

    async def head(self) -> int:
        return await self._reading(tables.head)

    async def tree(self, ask: Callable[[Tree], T]) -> T:
        return await self._reading(lambda db: ask(Tree(PostgresLeaves(db))))

    async def close(self) -> None:
        await super().close()
        self._news.cancel()
        with suppress(asyncio.CancelledError):
            await self._news

    def _up_to_date(self, db: Connection, recall: Recall[Any], known: Stream | None) -> Stream:
        """The stream with whatever any process has added to it."""
        stream = known or Stream(0, {}).known_as(recall.evolve, None)
        for event in self._events(tables.stream_since(db, recall.id, stream.version)):
            stream = stream.then(event)
        return stream

    def _tell(self, head: int) -> None:
        if head > self._told:
            self._told = head
            super()._tell(head)

    def _connect(self) -> Connection:
        return tables.connect(self._url)

    def _stream(self, db: Connection, id: UUID, upto: int | None = None) -> Sequence[Row]:
        return tables.stream(db, id, upto)

    def _after(self, db: Connection, position: int, limit: int) -> Sequence[Row]:
        return tables.after(db, position, limit)

    async def _reading(self, read: Callable[[Connection], T]) -> T:
        return await super()._reading(lambda db: self._read(db, read))

    def _connection(self) -> Connection:
        try:
            return super()._connection()
        except LOST as error:
            raise unreachable(error) from None

    def _read(self, db: Connection, read: Callable[[Connection], T]) -> T:
        """One question; asked again on a new connection when this one turns out to have been cut."""
        try:
            return read(db)
        except LOST:
            self._connections.remove(db)
            db.close()
            self._thread.db = None
            try:
                return read(self._connection())
            except LOST as error:
                raise unreachable(error) from None


def _prepared(url: str, read_only: bool) -> int:
    """The tables are there; the head."""
    if not read_only:
        tables.set_up(url)
    elif not tables.has_events(url):
        raise FileNotFoundError("There is no ledger in this database.")
    try:
        with tables.connect(url) as db:
            return tables.head(db)
    except LOST as error:
        raise unreachable(error) from None
