"""Action sets: who is in them, why they were put together, and how far they have got."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

import aiosqlite
import msgspec

from projections.reader import at_once
from projections.shelf import Batch, Seen, Shelf, begun, moved
from projections.streams import SET
from service.domain.events import (
    Event,
    InvitationAccepted,
    InvitationDeclined,
    MemberMoved,
    MemberReplaced,
    RoleTaken,
    SetCompleted,
    SetDissolved,
    SetFormed,
    SetLapsed,
    SetProposed,
)
from service.domain.words import Reason

NAME = "sets"
VERSION = 2
TABLES = """
CREATE TABLE sets (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    round TEXT NOT NULL,
    state TEXT NOT NULL,
    formed INTEGER NOT NULL,
    doc TEXT NOT NULL
);
CREATE INDEX sets_round ON sets (round);
CREATE TABLE sets_people (
    person TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (person, created)
) WITHOUT ROWID;
CREATE INDEX sets_people_created ON sets_people (created)
"""


class View(Seen, frozen=True, kw_only=True):
    """A set. `invitations` keeps what everybody ever invited said, also those who are no longer members, but for
    those who were invited elsewhere before they had said anything."""

    round: UUID
    kind: str
    members: tuple[UUID, ...]
    smallest: int
    slots: tuple[str, ...]
    why: tuple[Reason, ...]
    invitations: dict[UUID, str]
    proposed_at: datetime
    state: str = "proposed"
    roles: dict[UUID, str] = msgspec.field(default_factory=dict)
    formed_at: datetime | None = None
    ended_at: datetime | None = None


def fold(view: View | None, event: Event) -> View | None:
    """The set after the event."""
    if isinstance(event, SetProposed):
        return View(
            **begun(event),
            round=event.round,
            kind=event.kind,
            members=event.members,
            smallest=event.smallest,
            slots=event.slots,
            why=event.why,
            invitations=dict.fromkeys(event.members, "invited"),
            proposed_at=event.occurred_at,
        )
    return None if view is None else moved(view, event, **_changes(view, event))


def _changes(view: View, event: Event) -> dict[str, Any]:
    match event:
        case InvitationAccepted(director=director):
            return {"invitations": {**view.invitations, director: "accepted"}}
        case InvitationDeclined(director=director):
            rest = tuple(member for member in view.members if member != director)
            return {"members": rest, "invitations": {**view.invitations, director: "declined"}}
        case MemberReplaced(gone=gone, joined=joined):
            stay = tuple(member for member in view.members if member not in (gone, joined))
            return {"members": (*stay, joined), "invitations": {**view.invitations, joined: "invited"}}
        case MemberMoved(director=director):
            rest = tuple(member for member in view.members if member != director)
            return {"members": rest, "invitations": _without(view.invitations, director)}
        case SetFormed(members=members):
            return {"state": "formed", "members": members, "formed_at": event.occurred_at}
        case RoleTaken(director=director, role=role):
            return {"state": "active", "roles": {**view.roles, director: role}}
        case SetCompleted():
            return {"state": "completed", "ended_at": event.occurred_at}
        case SetDissolved():
            return {"state": "dissolved", "ended_at": event.occurred_at}
        case SetLapsed():
            return {"state": "lapsed", "ended_at": event.occurred_at}
    return {}


def _without(invitations: dict[UUID, str], director: UUID) -> dict[UUID, str]:
    return {each: said for each, said in invitations.items() if each != director}


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=SET,
    fold=fold,
    columns=lambda view: (view.round.hex, view.state, int(view.formed_at is not None)),
    people=lambda view: view.members,
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def find(db: aiosqlite.Connection, id: UUID) -> View | None:
    return await SHELF.find(db, id)


_OF_MEMBER = "(? IS NULL OR created IN (SELECT created FROM sets_people WHERE person = ?))"
_OF_ROUND = "(? IS NULL OR round = ?)"


async def page(
    db: aiosqlite.Connection, *, member: UUID | None, round: UUID | None = None, after: int | None = None, limit: int
) -> tuple[list[View], int | None]:
    """The sets somebody is a member of, or all of them when nobody is named; of one round, or of any."""
    person, of = (id.hex if id else None for id in (member, round))
    return await SHELF.page(db, f"{_OF_MEMBER} AND {_OF_ROUND}", (person, person, of, of), after=after, limit=limit)


async def ids_of(db: aiosqlite.Connection, member: UUID) -> list[UUID]:
    """The sets somebody is a member of, or was when they ended: what is told in those is theirs to read."""
    sql = "SELECT id FROM sets JOIN sets_people USING (created) WHERE person = ? ORDER BY created"
    return [UUID(id) for (id,) in await at_once(db).execute_fetchall(sql, (member.hex,))]


async def members_of(db: aiosqlite.Connection, id: UUID) -> tuple[UUID, ...]:
    """Who is in a set; nobody when there is no such set."""
    view = await find(db, id)
    return view.members if view else ()


async def of_round(db: aiosqlite.Connection, round: UUID) -> list[View]:
    """The sets a round proposed."""
    return await SHELF.select(db, "SELECT doc FROM sets WHERE round = ? ORDER BY created", (round.hex,))


async def those(db: aiosqlite.Connection, ids: Collection[UUID]) -> dict[UUID, View]:
    return await SHELF.those(db, ids)


async def pairs(db: aiosqlite.Connection) -> list[tuple[UUID, UUID, UUID]]:
    """Any two people who were in a set that formed, and the set."""
    formed = await SHELF.select(db, "SELECT doc FROM sets WHERE formed ORDER BY created")
    return [(one, other, view.id) for view in formed for one, other in combinations(sorted(view.members), 2)]
