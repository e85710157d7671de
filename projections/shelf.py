"""How the views of a noun are kept: folded in memory for a batch, written at its end, read by id or page by page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypedDict, TypeVar
from uuid import UUID

import aiosqlite
import msgspec

from projections.direct import Database
from projections.reader import at_once
from service.domain.events import Event


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every view carries: its id, how many events it is made of, the positions of the first and the last."""

    id: UUID
    version: int
    position: int
    created: int


V = TypeVar("V", bound=Seen)


class Begun(TypedDict):
    """Where a view begins."""

    id: UUID
    version: int
    position: int
    created: int


def begun(event: Event) -> Begun:
    """What every view carries after the first event of its stream."""
    return Begun(
        id=event.originator_id, version=event.originator_version, position=event.position, created=event.position
    )


def moved(view: V, event: Event, **facts: Any) -> V:
    """The view after one more event."""
    return msgspec.structs.replace(view, version=event.originator_version, position=event.position, **facts)


@dataclass(frozen=True)
class Shelf(Generic[V]):
    """One noun's table: `created` (the rowid), `id`, the columns questions filter on, the view as JSON in `doc`.

    Where `people` is given, `<table>_people` says which views concern somebody.
    """

    table: str
    kind: type[V]
    events: frozenset[type[Event]]
    fold: Callable[[V | None, Event], V | None]
    columns: Callable[[V], tuple[Any, ...]]
    people: Callable[[V], Iterable[UUID]] | None = None

    def row(self, view: V) -> tuple[Any, ...]:
        return (view.created, view.id.hex, *self.columns(view), msgspec.json.encode(view).decode())

    def view(self, doc: str) -> V:
        return msgspec.json.decode(doc, type=self.kind)

    async def find(self, db: Database, id: UUID) -> V | None:
        rows = await at_once(db).execute_fetchall(f"SELECT doc FROM {self.table} WHERE id = ?", (id.hex,))
        return next((self.view(doc) for (doc,) in rows), None)

    async def those(self, db: Database, ids: Collection[UUID]) -> dict[UUID, V]:
        """The views of these ids; an id nobody knows is not among them."""
        sql = f"SELECT doc FROM {self.table} WHERE id IN (SELECT value FROM json_each(?)) ORDER BY created"
        return {view.id: view for view in await self.few(db, sql, (listed(ids),))}

    async def select(self, db: Database, sql: str, values: Sequence[Any] = ()) -> list[V]:
        """The views of a question that asks for `doc`."""
        return [self.view(doc) for (doc,) in await db.execute_fetchall(sql, values)]

    async def few(self, db: Database, sql: str, values: Sequence[Any]) -> list[V]:
        """The same, where an index finds the few there are."""
        return await self.select(at_once(db), sql, values)

    async def page(
        self, db: aiosqlite.Connection, where: str, values: Sequence[Any], *, after: int | None, limit: int
    ) -> tuple[list[V], int | None]:
        """One page in the order of creation, and where the next begins; None when this is the last."""
        sql = f"SELECT doc FROM {self.table} WHERE created > ? AND ({where}) ORDER BY created LIMIT ?"
        found = await self.select(db, sql, (after or 0, *values, limit + 1))
        return found[:limit], found[limit - 1].created if len(found) > limit else None


def listed(ids: Iterable[UUID]) -> str:
    """Ids as one value that SQL can ask `IN (SELECT value FROM json_each(?))`."""
    return msgspec.json.encode([id.hex for id in ids]).decode()


class Batch:
    """A few events on their way into one read model. Nothing is written before all of them are folded."""

    def __init__(self, db: Database, events: Sequence[Event]) -> None:
        self._db = db
        self._events = events
        self._shelves: dict[str, tuple[Shelf[Any], dict[int, Any], dict[int, Any]]] = {}
        self._facts: dict[str, list[tuple[Any, ...]]] = {}

    async def fold(self, shelf: Shelf[V], event: Event) -> None:
        """The event, folded into the view of its stream."""
        if type(event) not in shelf.events:
            return
        kept = self._shelves.get(shelf.table)
        if kept is None:
            kept = self._shelves[shelf.table] = (shelf, await self._known(shelf), {})
        _, views, touched = kept
        stream = event.originator_id.int  # compared and hashed by Python itself, unlike the id
        view = shelf.fold(views.get(stream), event)
        if view is not None:
            views[stream] = touched[stream] = view

    async def _known(self, shelf: Shelf[V]) -> dict[int, V]:
        """The views these events go on from; nothing is there yet of what begins with them."""
        about = [event for event in self._events if type(event) in shelf.events]
        begun = {event.originator_id.int for event in about if event.originator_version == 1}
        ids = {event.originator_id.int: event.originator_id for event in about}
        older = [id for stream, id in ids.items() if stream not in begun]
        return {id.int: view for id, view in (await shelf.those(self._db, older)).items()} if older else {}

    def put(self, sql: str, *values: Any) -> None:
        """A row of a table that is not made of views."""
        self._facts.setdefault(sql, []).append(values)

    @property
    def is_empty(self) -> bool:
        return not self._facts and not any(touched for _, _, touched in self._shelves.values())

    async def write(self) -> None:
        for sql, rows in self._facts.items():
            await self._db.executemany(sql, rows)
        for shelf, _, touched in self._shelves.values():
            await self._write_shelf(shelf, list(touched.values()))

    async def _write_shelf(self, shelf: Shelf[V], views: list[V]) -> None:
        rows = [shelf.row(view) for view in views]
        if not rows:
            return
        places = ", ".join("?" * len(rows[0]))
        await self._db.executemany(f"INSERT OR REPLACE INTO {shelf.table} VALUES ({places})", rows)
        if shelf.people is None:
            return
        older = [(view.created,) for view in views if view.created < self._events[0].position]
        if older:  # of what began with this batch nothing is there yet
            await self._db.executemany(f"DELETE FROM {shelf.table}_people WHERE created = ?", older)
        links = [(person.hex, view.created) for view in views for person in dict.fromkeys(shelf.people(view))]
        await self._db.executemany(f"INSERT INTO {shelf.table}_people VALUES (?, ?)", links)
