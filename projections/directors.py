"""Directors: who they are, what they offer, when they are free."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

import aiosqlite

from projections.shelf import Batch, Seen, Shelf, begun, moved
from projections.streams import DIRECTOR
from service.domain.days import is_over
from service.domain.events import (
    AvailabilitySet,
    DirectorForgotten,
    DirectorJoined,
    DirectorLeft,
    DirectorPaused,
    DirectorResumed,
    Event,
    OrganisationChanged,
    ProfileRevised,
    PurposeAgreed,
    RoleGranted,
    RoleRevoked,
)
from service.domain.words import Sealed

NAME = "directors"
VERSION = 1
TABLES = """
CREATE TABLE directors (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    gone INTEGER NOT NULL,
    forgotten INTEGER NOT NULL,
    doc TEXT NOT NULL
)
"""


class View(Seen, frozen=True, kw_only=True):
    """A director. Organisation, profession and region are facts; the rest of what they say of themselves are words."""

    name: Sealed
    organisation: str
    joined_at: datetime
    email: Sealed | None = None
    organisation_type: str = "department"
    department: str | None = None
    profession: str | None = None
    region: str | None = None
    offer_topics: Sealed | None = None
    offer_text: Sealed | None = None
    reports_to: UUID | None = None
    roles: tuple[str, ...] = ()
    slots: tuple[str, ...] = ()
    capacity: int = 1
    paused: bool = False
    paused_until: date | None = None
    left: bool = False
    forgotten: bool = False
    agreed_to: int = 0
    """Which wording of the purpose they agreed to last; 0 before they have."""

    def is_paused(self, now: datetime) -> bool:
        """Whether their pause is still going on; it lasts to the end of its last day."""
        return self.paused and not (self.paused_until and is_over(self.paused_until, now))


def fold(view: View | None, event: Event) -> View | None:
    """The director after the event."""
    if isinstance(event, DirectorJoined):
        return _joined(event)
    if view is None:
        return None
    match event:
        case ProfileRevised():
            return moved(view, event, **{field: getattr(event, field) for field in event.changed})
        case OrganisationChanged():
            place = {"organisation": event.organisation, "organisation_type": event.organisation_type}
            return moved(view, event, department=event.department, **place)
        case AvailabilitySet():
            return moved(view, event, slots=event.slots, capacity=event.capacity)
        case DirectorPaused():
            return moved(view, event, paused=True, paused_until=event.until)
        case DirectorResumed():
            return moved(view, event, paused=False, paused_until=None)
        case PurposeAgreed(wording=wording):
            return moved(view, event, agreed_to=wording)
        case RoleGranted():
            return moved(view, event, roles=tuple(sorted({*view.roles, event.role})))
        case RoleRevoked():
            return moved(view, event, roles=tuple(role for role in view.roles if role != event.role))
        case DirectorLeft():
            return moved(view, event, left=True)
        case DirectorForgotten():
            return moved(view, event, left=True, forgotten=True)
    return moved(view, event)


def _joined(event: DirectorJoined) -> View:
    return View(
        **begun(event),
        name=event.name,
        organisation=event.organisation,
        joined_at=event.occurred_at,
        email=event.email,
        organisation_type=event.organisation_type,
        department=event.department,
        profession=event.profession,
        region=event.region,
        offer_topics=event.offer_topics,
        offer_text=event.offer_text,
        reports_to=event.reports_to,
    )


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=DIRECTOR,
    fold=fold,
    columns=lambda view: (int(view.left), int(view.forgotten)),
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def find(db: aiosqlite.Connection, id: UUID) -> View | None:
    return await SHELF.find(db, id)


async def those(db: aiosqlite.Connection, ids: Collection[UUID]) -> dict[UUID, View]:
    """The directors with these ids, to name the people of an answer."""
    return await SHELF.those(db, ids)


async def page(db: aiosqlite.Connection, *, after: int | None = None, limit: int) -> tuple[list[View], int | None]:
    """The directory: everybody who has not left."""
    return await SHELF.page(db, "gone = 0", (), after=after, limit=limit)


async def everybody(db: aiosqlite.Connection) -> list[View]:
    """Everybody who ever joined."""
    return await SHELF.select(db, "SELECT doc FROM directors ORDER BY created")


async def forgotten(db: aiosqlite.Connection) -> list[UUID]:
    """Whoever asked to be forgotten."""
    rows = await db.execute_fetchall("SELECT id FROM directors WHERE forgotten ORDER BY created")
    return [UUID(id) for (id,) in rows]


async def administrators(db: aiosqlite.Connection) -> list[UUID]:
    """Whoever administers the network and has not left."""
    rows = await db.execute_fetchall(
        "SELECT id FROM directors WHERE gone = 0 AND EXISTS"
        " (SELECT 1 FROM json_each(doc, '$.roles') WHERE value = 'administrator') ORDER BY created"
    )
    return [UUID(id) for (id,) in rows]
