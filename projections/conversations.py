"""Conversations: what is convened, who signed up, and whether it was held."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import aiosqlite

from projections.counting import ticks
from projections.shelf import Batch, Seen, Shelf, begun, listed, moved
from projections.streams import CONVERSATION
from service.domain.events import (
    AttendanceConfirmed,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    ConversationRescheduled,
    Event,
    SignedUp,
    SignUpWithdrawn,
)
from service.domain.words import Sealed

NAME = "conversations"
VERSION = 2
A_MINUTE = 60_000_000
TABLES = """
CREATE TABLE conversations (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    set_id TEXT,
    state TEXT NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    doc TEXT NOT NULL
);
CREATE INDEX conversations_ends ON conversations (ends);
CREATE INDEX conversations_set ON conversations (set_id) WHERE set_id IS NOT NULL;
CREATE TABLE conversations_people (
    person TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (person, created)
) WITHOUT ROWID;
CREATE INDEX conversations_people_created ON conversations_people (created)
"""


class View(Seen, frozen=True, kw_only=True):
    """A conversation. Who attended is what they said of themselves."""

    format: str
    title: Sealed
    starts_at: datetime
    minutes: int
    mode: str
    convened_by: UUID | None
    convened_at: datetime
    set: UUID | None = None
    capacity: int | None = None
    series: Sealed | None = None
    host_event: Sealed | None = None
    causes: tuple[UUID, ...] = ()
    state: Literal["convened", "held", "cancelled"] = "convened"
    signed_up: tuple[UUID, ...] = ()
    attended: tuple[UUID, ...] = ()
    held_at: datetime | None = None

    @property
    def minute(self) -> int:
        """When it starts, in whole minutes since 1970."""
        return ticks(self.starts_at) // A_MINUTE

    @property
    def people(self) -> tuple[UUID, ...]:
        """Whoever convened it, signed up or was there."""
        convenor = (self.convened_by,) if self.convened_by else ()
        return tuple(dict.fromkeys((*convenor, *self.signed_up, *self.attended)))


def fold(view: View | None, event: Event) -> View | None:
    """The conversation after the event."""
    if isinstance(event, ConversationConvened):
        return View(
            **begun(event),
            format=event.format,
            title=event.title,
            starts_at=event.starts_at,
            minutes=event.minutes,
            mode=event.mode,
            convened_by=event.by,
            convened_at=event.occurred_at,
            set=event.set,
            capacity=event.capacity,
            series=event.series,
            host_event=event.host_event,
            causes=event.causes,
        )
    return None if view is None else moved(view, event, **_changes(view, event))


def _changes(view: View, event: Event) -> dict[str, Any]:
    match event:
        case ConversationRescheduled(starts_at=starts_at, minutes=minutes):
            return {"starts_at": starts_at, "minutes": minutes}
        case ConversationCancelled():
            return {"state": "cancelled"}
        case ConversationHeld():
            return {"state": "held", "held_at": event.occurred_at}
        case SignedUp(director=director):
            return {"signed_up": (*_without(view.signed_up, director), director)}
        case SignUpWithdrawn(director=director):
            return {"signed_up": _without(view.signed_up, director)}
        case AttendanceConfirmed(director=director):
            return {"attended": (*_without(view.attended, director), director)}
    return {}


def _without(people: tuple[UUID, ...], director: UUID) -> tuple[UUID, ...]:
    return tuple(person for person in people if person != director)


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=CONVERSATION,
    fold=fold,
    columns=lambda view: (view.set.hex if view.set else None, view.state, view.minute, view.minute + view.minutes),
    people=lambda view: view.people,
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def find(db: aiosqlite.Connection, id: UUID) -> View | None:
    return await SHELF.find(db, id)


VISIBLE = """
set_id IS NULL
OR set_id IN (SELECT value FROM json_each(?))
OR created IN (SELECT created FROM conversations_people WHERE person = ?)
"""


async def page(
    db: aiosqlite.Connection,
    *,
    viewer: UUID,
    sets: Collection[UUID] = (),
    of_set: UUID | None = None,
    after: int | None = None,
    limit: int,
) -> tuple[list[View], int | None]:
    """What this person may know of: everything but what other sets than theirs hold among themselves. With `of_set`,
    only what that set holds."""
    where, narrowed = (VISIBLE, ()) if of_set is None else (f"set_id = ? AND ({VISIBLE})", (of_set.hex,))
    return await SHELF.page(db, where, (*narrowed, listed(sets), viewer.hex), after=after, limit=limit)


def may_know(view: View, *, viewer: UUID, sets: Collection[UUID] = ()) -> bool:
    """Whether this person may know of it: the rule of the page, for one."""
    return view.set is None or view.set in sets or viewer in view.people


async def of_set(db: aiosqlite.Connection, id: UUID) -> list[View]:
    """The conversations a set holds."""
    return await SHELF.select(db, "SELECT doc FROM conversations WHERE set_id = ? ORDER BY created", (id.hex,))
