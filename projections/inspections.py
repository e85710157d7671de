"""Inspections: which lead read whose record, and what for; shown to the people concerned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import aiosqlite
import msgspec

from projections.shelf import Batch, Seen, Shelf, begun, moved
from projections.streams import INSPECTION
from service.domain.events import Event, InspectionClosed, InspectionContested, InspectionOpened, RecordInspected
from service.domain.words import Sealed

NAME = "inspections"
VERSION = 1
TABLES = """
CREATE TABLE inspections (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    by TEXT,
    doc TEXT NOT NULL
);
CREATE INDEX inspections_by ON inspections (by);
CREATE TABLE inspections_people (
    person TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (person, created)
) WITHOUT ROWID;
CREATE INDEX inspections_people_created ON inspections_people (created)
"""


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """One record read on one day."""

    commitment: UUID
    subjects: tuple[UUID, ...]
    day: date
    at: datetime
    position: int


class Contest(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Somebody concerned says it was not right to read it."""

    by: UUID | None
    at: datetime
    why: Sealed | None = None


class View(Seen, frozen=True, kw_only=True):
    """An inspection of one commitment, or of everything one director promised and was promised."""

    by: UUID | None
    purpose: Sealed
    subjects: tuple[UUID, ...]
    opened_at: datetime
    commitment: UUID | None = None
    director: UUID | None = None
    state: Literal["open", "closed"] = "open"
    closed_at: datetime | None = None
    contests: tuple[Contest, ...] = ()
    readings: tuple[Reading, ...] = ()

    @property
    def is_contested(self) -> bool:
        return bool(self.contests)

    @property
    def concerned(self) -> tuple[UUID, ...]:
        """Everybody whose record it is about, or who stands in a record read through it."""
        return tuple(dict.fromkeys((*self.subjects, *(who for read in self.readings for who in read.subjects))))


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """What one of the people concerned sees: an inspection was opened, or a record of theirs was read."""

    inspection: UUID
    by: UUID | None
    purpose: Sealed
    at: datetime
    what: Literal["opened", "read"]
    commitment: UUID | None
    position: int


def fold(view: View | None, event: Event) -> View | None:
    """The inspection after the event."""
    if isinstance(event, InspectionOpened):
        return View(
            **begun(event),
            by=event.by,
            purpose=event.purpose,
            subjects=event.subjects,
            opened_at=event.occurred_at,
            commitment=event.commitment,
            director=event.director,
        )
    return None if view is None else moved(view, event, **_changes(view, event))


def _changes(view: View, event: Event) -> dict[str, Any]:
    match event:
        case RecordInspected():
            reading = Reading(
                commitment=event.commitment,
                subjects=event.subjects,
                day=event.day,
                at=event.occurred_at,
                position=event.position,
            )
            return {"readings": (*view.readings, reading)}
        case InspectionContested(why=why):
            return {"contests": (*view.contests, Contest(by=event.by, at=event.occurred_at, why=why))}
        case InspectionClosed():
            return {"state": "closed", "closed_at": event.occurred_at}
    return {}


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=INSPECTION,
    fold=fold,
    columns=lambda view: (view.by.hex if view.by else None,),
    people=lambda view: view.concerned,
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def find(db: aiosqlite.Connection, id: UUID) -> View | None:
    return await SHELF.find(db, id)


async def page(
    db: aiosqlite.Connection, *, by: UUID, after: int | None = None, limit: int
) -> tuple[list[View], int | None]:
    """The inspections a lead opened."""
    return await SHELF.page(db, "by = ?", (by.hex,), after=after, limit=limit)


async def of_subject(db: aiosqlite.Connection, director: UUID) -> list[Item]:
    """Who looked at this person's record, the latest first."""
    sql = "SELECT doc FROM inspections JOIN inspections_people USING (created) WHERE person = ?"
    views = await SHELF.few(db, sql, (director.hex,))
    items = [item for view in views for item in _seen_by(view, director)]
    return sorted(items, key=lambda item: item.position, reverse=True)


def _seen_by(view: View, director: UUID) -> list[Item]:
    opened = _item(view, at=view.opened_at, what="opened", commitment=view.commitment, position=view.created)
    read = [
        _item(view, at=reading.at, what="read", commitment=reading.commitment, position=reading.position)
        for reading in view.readings
        if director in reading.subjects
    ]
    return [opened, *read] if director in view.subjects else read


def _item(view: View, **facts: Any) -> Item:
    return Item(inspection=view.id, by=view.by, purpose=view.purpose, **facts)
