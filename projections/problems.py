"""Problems: what somebody is stuck on, how far it has got, and who may read it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import aiosqlite
import msgspec

from projections.direct import Database
from projections.reader import at_once
from projections.shelf import Batch, Seen, Shelf, begun, listed, moved
from projections.streams import PROBLEM
from service.domain.events import (
    AssumptionStated,
    AssumptionTested,
    BlockerNamed,
    Event,
    ProblemCarriedForward,
    ProblemEnteredRound,
    ProblemLetGo,
    ProblemPickedUp,
    ProblemReframed,
    ProblemRegistered,
    ProblemReopened,
    ProblemResolved,
    ProblemShared,
)
from service.domain.words import Sealed, Tier

NAME = "problems"
VERSION = 1
TABLES = """
CREATE TABLE problems (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    owner TEXT NOT NULL,
    state TEXT NOT NULL,
    tier TEXT NOT NULL,
    doc TEXT NOT NULL
);
CREATE INDEX problems_owner ON problems (owner);
CREATE TABLE problems_people (
    person TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (person, created)
) WITHOUT ROWID;
CREATE INDEX problems_people_created ON problems_people (created)
"""

State = Literal["open", "in_round", "being_worked", "resolved", "let_go"]


class Assumption(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something taken to be true, until somebody looked."""

    number: int
    text: Sealed
    state: Literal["stated", "held", "failed"] = "stated"


class View(Seen, frozen=True, kw_only=True):
    """A problem. `helpers` are the people of the set that picked it up."""

    owner: UUID
    title: Sealed
    tier: Tier
    registered_at: datetime
    text: Sealed | None = None
    topics: Sealed | None = None
    state: State = "open"
    round: UUID | None = None
    set: UUID | None = None
    helpers: tuple[UUID, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    blockers: tuple[Sealed, ...] = ()
    resolved_by: tuple[UUID, ...] = ()


def fold(view: View | None, event: Event) -> View | None:
    """The problem after the event."""
    if isinstance(event, ProblemRegistered):
        return View(
            **begun(event),
            owner=event.owner,
            title=event.title,
            text=event.text,
            topics=event.topics,
            tier=event.tier,
            registered_at=event.occurred_at,
        )
    return None if view is None else moved(view, event, **_changes(view, event))


def _changes(view: View, event: Event) -> dict[str, Any]:
    match event:
        case ProblemReframed():
            said = {"title": event.title, "text": event.text, "topics": event.topics}
            return {field: words for field, words in said.items() if words is not None}
        case ProblemShared(tier=tier):
            return {"tier": tier}
        case AssumptionStated(number=number, text=text):
            return {"assumptions": (*view.assumptions, Assumption(number=number, text=text))}
        case AssumptionTested():
            return {"assumptions": tuple(_tested(each, event) for each in view.assumptions)}
        case BlockerNamed(text=text):
            return {"blockers": (*view.blockers, text)}
        case ProblemEnteredRound(round=round):
            return {"state": "in_round", "round": round}
        case ProblemPickedUp(set=set, members=members):
            helpers = tuple(member for member in members if member != view.owner)
            return {"state": "being_worked", "set": set, "helpers": helpers}
        case ProblemCarriedForward():
            return {"state": "open", "round": None, "set": None, "helpers": ()}
        case ProblemResolved(commitments=commitments):
            return {"state": "resolved", "resolved_by": commitments}
        case ProblemLetGo():
            return {"state": "let_go"}
        case ProblemReopened():
            return {"state": "open", "round": None, "set": None, "helpers": (), "resolved_by": ()}
    return {}


def _tested(assumption: Assumption, event: AssumptionTested) -> Assumption:
    if assumption.number != event.number:
        return assumption
    return msgspec.structs.replace(assumption, state=event.result)


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=PROBLEM,
    fold=fold,
    columns=lambda view: (view.owner.hex, view.state, view.tier),
    people=lambda view: (view.owner, *view.helpers),
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def find(db: aiosqlite.Connection, id: UUID) -> View | None:
    return await SHELF.find(db, id)


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a problem is about, whose it is and who may know: all that a reason needs of it."""

    id: UUID
    owner: UUID
    tier: Tier
    topics: Sealed | None = None


async def what_about(db: Database, ids: Collection[UUID]) -> dict[UUID, About]:
    """What the problems with these ids are about, of which there may be thousands."""
    sql = "SELECT doc FROM problems WHERE id IN (SELECT value FROM json_each(?))"
    rows = await at_once(db).execute_fetchall(sql, (listed(ids),))
    return {each.id: each for each in (msgspec.json.decode(doc, type=About) for (doc,) in rows)}


_VISIBLE = """
(? IS NULL OR state = ?) AND (
    owner = ?
    OR tier IN (SELECT value FROM json_each(?))
    OR (tier = 'set' AND created IN (SELECT created FROM problems_people WHERE person = ?))
)
"""


async def page(
    db: aiosqlite.Connection,
    *,
    viewer: UUID | None,
    tiers: tuple[str, ...] = ("network", "open"),
    state: State | None = None,
    after: int | None = None,
    limit: int,
) -> tuple[list[View], int | None]:
    """What this person may read: their own, what they help with, and everything of `tiers`."""
    person = viewer.hex if viewer else ""
    values = (state, state, person, msgspec.json.encode(tiers).decode(), person)
    return await SHELF.page(db, _VISIBLE, values, after=after, limit=limit)


def may_read(view: View, viewer: UUID | None) -> bool:
    """Whether this person may read it: the rule of the page, for one. Nobody at all reads what is open."""
    if view.tier == "open" or view.owner == viewer:
        return True
    return viewer is not None and (view.tier == "network" or (view.tier == "set" and viewer in view.helpers))


async def of_owner(db: aiosqlite.Connection, owner: UUID) -> list[View]:
    """Everything somebody registered."""
    return await SHELF.few(db, "SELECT doc FROM problems WHERE owner = ? ORDER BY created", (owner.hex,))
