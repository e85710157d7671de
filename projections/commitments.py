"""Commitments as they stand now: who promised what to whom, on which terms, and what became of it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

import aiosqlite
import msgspec

from projections.commitment_view import View as View
from projections.commitment_view import fold as fold
from projections.shelf import Batch, Shelf, listed
from projections.streams import COMMITMENT
from service.domain.days import ANSWER_WITHIN, CONFIRM_WITHIN
from service.domain.events import Event

NAME = "commitments"
VERSION = 2
TABLES = """
CREATE TABLE commitments (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    tier TEXT NOT NULL,
    set_id TEXT,
    awaiting_since INTEGER,
    doc TEXT NOT NULL
);
CREATE INDEX commitments_awaiting ON commitments (state, awaiting_since) WHERE awaiting_since IS NOT NULL;
CREATE INDEX commitments_set ON commitments (set_id) WHERE set_id IS NOT NULL;
CREATE TABLE commitments_people (
    person TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (person, created)
) WITHOUT ROWID;
CREATE INDEX commitments_people_created ON commitments_people (created)
"""

PROPOSED = ("requested", "offered", "countered")

# In whole microseconds, which compare alike in SQL and here.
_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
_TICK = timedelta(microseconds=1)


def _awaiting_since(view: View) -> int | None:
    """Since when somebody's answer is awaited, by the time it was recorded."""
    since = view.proposed_at if view.state in PROPOSED else view.declared_at if view.state == "declared" else None
    return None if since is None else (since - _EPOCH) // _TICK


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=COMMITMENT,
    fold=fold,
    columns=lambda view: (
        view.state,
        view.tier,
        view.origin.set_id.hex if view.origin.set_id else None,
        _awaiting_since(view),
    ),
    people=lambda view: view.parties,
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def find(db: aiosqlite.Connection, id: UUID) -> View | None:
    return await SHELF.find(db, id)


_VISIBLE = """
created IN (SELECT created FROM commitments_people WHERE person = ?)
OR tier IN (SELECT value FROM json_each(?))
OR (tier = 'set' AND set_id IN (SELECT value FROM json_each(?)))
OR (tier = 'set' AND ?)
"""


async def page(
    db: aiosqlite.Connection,
    *,
    viewer: UUID,
    sets: Collection[UUID] = (),
    is_lead: bool = False,
    tiers: Collection[str] = ("network", "open"),
    of_set: UUID | None = None,
    after: int | None = None,
    limit: int,
) -> tuple[list[View], int | None]:
    """What this person may know of: their own, those of `tiers`, and narrowed ones of their sets; a lead of all.
    With `of_set`, only what came out of that set."""
    where, narrowed = (_VISIBLE, ()) if of_set is None else (f"set_id = ? AND ({_VISIBLE})", (of_set.hex,))
    values = (viewer.hex, msgspec.json.encode(sorted(tiers)).decode(), listed(sets), int(is_lead))
    return await SHELF.page(db, where, (*narrowed, *values), after=after, limit=limit)


def may_know(view: View, *, viewer: UUID, sets: Collection[UUID] = (), is_lead: bool = False) -> bool:
    """Whether this person may know that there is such a commitment: the rule of the page, for one."""
    if viewer in view.parties or view.tier in ("network", "open"):
        return True
    return view.tier == "set" and (is_lead or view.origin.set_id in sets)


async def of_director(db: aiosqlite.Connection, director: UUID, *, narrowed: bool = True) -> list[View]:
    """Everything they promised or were promised; without the narrowed ones where those are not to be known of."""
    sql = """
        SELECT doc FROM commitments JOIN commitments_people USING (created)
        WHERE person = ? AND (? OR tier IN ('network', 'open')) ORDER BY created
    """
    return await SHELF.few(db, sql, (director.hex, int(narrowed)))


async def due_to_expire(db: aiosqlite.Connection, now: datetime) -> list[tuple[UUID, datetime]]:
    """What nobody answered for too long, and the moment it came due; the earliest first."""
    return await _unanswered(db, PROPOSED, ANSWER_WITHIN, now)


async def due_to_lapse(db: aiosqlite.Connection, now: datetime) -> list[tuple[UUID, datetime]]:
    """Declarations nobody confirmed for too long, and the moment they came due; the earliest first."""
    return await _unanswered(db, ("declared",), CONFIRM_WITHIN, now)


async def _unanswered(
    db: aiosqlite.Connection, states: tuple[str, ...], within: timedelta, now: datetime
) -> list[tuple[UUID, datetime]]:
    sql = f"""
        SELECT id, awaiting_since FROM commitments
        WHERE state IN ({", ".join("?" * len(states))}) AND awaiting_since <= ? ORDER BY awaiting_since, created
    """
    rows = await db.execute_fetchall(sql, (*states, (now - within - _EPOCH) // _TICK))
    return [(UUID(id), _EPOCH + since * _TICK + within) for id, since in rows]
