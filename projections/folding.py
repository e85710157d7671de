"""One SQLite file brought forward from the ledger: rows and positions together, each read model by itself."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Protocol

import aiosqlite
import msgspec

from projections.direct import Direct, checkpoint, done, read_only
from projections.shelf import Batch
from service.domain.events import Event

FEW = 100  # events that are folded between two turns of the event loop; more of them go to a thread
CHECKPOINT = 1_000  # events after which the log is moved into the file

EventsAfter = Callable[[int, int], Awaitable[list[Event]]]

LOG = logging.getLogger(__name__)

POSITIONS = """
CREATE TABLE IF NOT EXISTS positions (
    name TEXT PRIMARY KEY,
    schema TEXT NOT NULL,
    position INTEGER NOT NULL,
    mark TEXT NOT NULL
) WITHOUT ROWID
"""


MOVE = "UPDATE positions SET position = ?, mark = ? WHERE name IN (SELECT value FROM json_each(?))"


class Model(Protocol):
    """A read model: its tables are called NAME or NAME_something; VERSION rises when it folds in another way."""

    NAME: str
    VERSION: int
    TABLES: str

    def project(self, batch: Batch, event: Event) -> Awaitable[None]: ...


class Unwritable(Exception):
    """The file itself took nothing; no read model is to blame."""


class Progress:
    """How far one read model has got; `failure` is the sentence of what stopped it."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.name = model.NAME
        self.position = 0
        self.failure: str | None = None
        self.failures = 0
        self.is_passing = False
        """Whether what stopped it lies elsewhere and is soon over: whoever waits goes on waiting."""

    def wait(self, failure: str) -> None:
        """What is recorded cannot be read just now. That is not this model's failing, and is soon tried again."""
        self.reach(self.position, failure)
        self.failures = 1
        self.is_passing = True

    def reach(self, position: int, failure: str | None) -> None:
        if failure and failure != self.failure:
            LOG.error("%s", failure)
        self.failures = self.failures + 1 if failure and position == self.position else int(failure is not None)
        self.position, self.failure, self.is_passing = position, failure, False


class Folding:
    """The file with everything folded into it so far."""

    def __init__(self, path: Path, db: Direct, events_after: EventsAfter, models: Sequence[Model]) -> None:
        self._path = path
        self.db = db
        self._events_after = events_after
        self.progress = {model.NAME: Progress(model) for model in models}
        self._folded = 0
        self._checkpoint: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path, events_after: EventsAfter, models: Sequence[Model], *pragmas: str) -> Folding:
        """The file as it was left. What was made by other tables or from another ledger starts again from nothing."""
        try:
            db = await _connect(path, pragmas)
        except aiosqlite.DatabaseError as error:
            LOG.error("%s could not be read (%s) and is built again.", path.name, type(error).__name__)
            remove(path)
            db = await _connect(path, pragmas)
        folding = cls(path, db, events_after, models)
        try:
            await folding._settle()
        except BaseException:
            await db.close()
            raise
        return folding

    async def _settle(self) -> None:
        rows = await self.db.execute_fetchall("SELECT name, schema, position, mark FROM positions")
        known = {name: (schema, position, mark) for name, schema, position, mark in rows}
        for name in known.keys() - self.progress.keys():
            await self._begin_again(name, None)
        for name, progress in self.progress.items():
            schema, position, mark = known.get(name, ("", 0, ""))
            if schema == schema_of(progress.model) and await self._is_of_this_ledger(position, mark):
                progress.position = position
            else:
                await self._begin_again(name, progress.model)

    async def _is_of_this_ledger(self, position: int, mark: str) -> bool:
        if position == 0:
            return True
        found = await self._events_after(position - 1, 1)
        return bool(found) and found[0].position == position and mark_of(found[0]) == mark

    async def _begin_again(self, name: str, model: Model | None) -> None:
        await self.db.execute("BEGIN IMMEDIATE")
        try:
            rows = await self.db.execute_fetchall("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            for (table,) in rows:
                if table == name or table.startswith(f"{name}_"):
                    await self.db.execute(f"DROP TABLE {table}")
            await self.db.execute("DELETE FROM positions WHERE name = ?", (name,))
            if model is not None:
                for statement in filter(str.strip, model.TABLES.split(";")):
                    await self.db.execute(statement)
                await self.db.execute("INSERT INTO positions VALUES (?, ?, 0, '')", (name, schema_of(model)))
            await self.db.commit()
        except BaseException:
            await self.db.rollback()
            raise

    async def advance(self, group: Sequence[Progress], limit: int) -> bool:
        """One batch further for these read models, in one transaction; whether any of them moved."""
        before = sum(progress.position for progress in group)
        try:
            events = await self._events_after(min(progress.position for progress in group), limit)
        except Exception as error:
            for progress in group:
                progress.wait(f"{progress.name} could not be brought forward: {_kind(error)}.")
            return False
        try:
            if len(events) > FEW:
                await asyncio.to_thread(done, self._fold(group, events))
            elif events:
                await self._fold(group, events)
            for progress in group if not events else ():
                progress.reach(progress.position, None)  # it can be read again, and holds nothing more
            self._folded += len(events)
        except Exception as error:
            for progress in group:
                progress.reach(progress.position, f"{progress.name} could not be brought forward: {_kind(error)}.")
        return sum(progress.position for progress in group) > before

    @property
    def slowest(self) -> int:
        """How far all of them have got."""
        return min((progress.position for progress in self.progress.values()), default=0)

    async def close(self) -> None:
        """Lets go of the file; nobody else is in it."""
        if self._checkpoint:
            await self._checkpoint
        await self.db.close()

    def tidy_up(self) -> None:
        """Has the log moved into the file once enough has been folded, without holding anybody up."""
        if self._folded >= CHECKPOINT and (self._checkpoint is None or self._checkpoint.done()):
            self._folded = 0
            self._checkpoint = asyncio.create_task(asyncio.to_thread(checkpoint, self._path), name="checkpoint")

    async def _fold(self, group: Sequence[Progress], events: list[Event]) -> None:
        reached: list[tuple[Progress, Event | None, str | None]] = []
        await self.db.execute("BEGIN IMMEDIATE")
        try:
            for progress in group:
                if todo := events_beyond(progress.position, events):
                    reached.append((progress, *await self._take(progress.model, todo)))
            moved: dict[int, tuple[Event, list[str]]] = {}
            for progress, last, _ in reached:
                if last:
                    moved.setdefault(last.position, (last, []))[1].append(progress.name)
            rows = [
                (last.position, mark_of(last), msgspec.json.encode(names).decode()) for last, names in moved.values()
            ]
            await self.db.executemany(MOVE, rows)
            await self.db.commit()
        except BaseException:
            await self.db.rollback()
            raise
        for progress, last, failure in reached:
            progress.reach(last.position if last else progress.position, failure)

    async def _take(self, model: Model, events: list[Event]) -> tuple[Event | None, str | None]:
        """The last event the model took, and why it took no more. A batch it refuses is given to it event by event."""
        try:
            await self._project(model, events)
            return events[-1], None
        except Unwritable:
            raise
        except Exception:
            last = None
            for event in events:
                try:
                    await self._project(model, [event])
                except Unwritable:
                    raise
                except Exception as error:
                    # Only kinds and positions: an exception's own text might hold what somebody wrote.
                    where = f"event {event.position} ({type(event).__name__})"
                    return last, f"{model.NAME} stopped before {where}: {_kind(error)}."
                last = event
            return last, None

    async def _project(self, model: Model, events: list[Event]) -> None:
        batch = Batch(self.db, events)
        for event in events:
            await model.project(batch, event)
        if batch.is_empty:
            return
        await self.db.execute("SAVEPOINT model")
        try:
            await batch.write()
        except Exception as error:
            if not self.db.in_transaction:
                raise Unwritable from error
            await self.db.execute("ROLLBACK TO model")
            await self.db.execute("RELEASE model")
            raise
        await self.db.execute("RELEASE model")


async def _connect(path: Path, pragmas: Sequence[str]) -> Direct:
    db = Direct(path)
    try:
        for pragma in pragmas:
            await db.execute_fetchall(f"PRAGMA {pragma}")
        await db.execute(POSITIONS)
        await db.execute_fetchall("SELECT name, schema, position, mark FROM positions")
    except BaseException:
        await db.close()
        raise
    return db


def events_beyond(position: int, events: list[Event]) -> list[Event]:
    """Those after that position, of events in order."""
    if events and events[0].position > position:
        return events
    return [event for event in events if event.position > position]


def schema_of(model: Model) -> str:
    return hashlib.sha256(f"{model.VERSION}\n{model.TABLES}".encode()).hexdigest()


def mark_of(event: Event) -> str:
    """What tells this event from any other, so that a restored ledger is noticed."""
    return f"{event.originator_id.hex}/{event.originator_version}/{event.salt.hex()}"


def remove(path: Path) -> None:
    """The file is gone, with what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def digest(path: Path) -> str:
    """One hash over every row of every table, in a fixed order: equal however the rows got there. For a thread."""
    return asyncio.run(_digest(path))


async def _digest(path: Path) -> str:
    hashed = hashlib.sha256()
    async with aiosqlite.connect(read_only(path), uri=True) as db:
        tables = await db.execute_fetchall(
            "SELECT name, sql, (SELECT count(*) FROM pragma_table_info(of.name)) FROM sqlite_master AS of"
            " WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
        )
        for name, sql, width in tables:
            hashed.update(f"{sql}\n".encode())
            order = ", ".join(str(column + 1) for column in range(width))
            async with db.execute(f"SELECT * FROM {name} ORDER BY {order}") as rows:
                async for row in rows:
                    hashed.update(msgspec.json.encode(tuple(row)) + b"\n")
    return hashed.hexdigest()


def _kind(error: BaseException) -> str:
    return type(error).__name__
