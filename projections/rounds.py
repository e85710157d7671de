"""Rounds of matching: who is in, what was answered, and what the convenor changed and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import aiosqlite
import msgspec

from projections.shelf import Batch, Seen, Shelf, begun, moved
from projections.streams import ROUND
from service.domain.events import (
    Event,
    OptedIn,
    OptedOut,
    ProposalComputed,
    ProposalPublished,
    ProposalRevised,
    RoundCancelled,
    RoundClosed,
    RoundCompleted,
    RoundFoundImpossible,
    RoundOpened,
    WeightsChanged,
)
from service.domain.words import UNSETTLED, Comparison, ProposedSet, Relaxation, Rules, Sealed, Size

NAME = "rounds"
VERSION = 3
TABLES = """
CREATE TABLE rounds (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    needs_answer INTEGER NOT NULL,
    doc TEXT NOT NULL
)
"""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a round."""


class Proposal(Part, frozen=True, kw_only=True):
    """The answer, with what it is worth and how far from the best it can be."""

    status: str
    sets: tuple[ProposedSet, ...]
    value: float
    upper_bound: float | None
    gap: float | None
    placed: int
    unplaced: dict[str, str]
    seed: int
    seconds: float
    versions: dict[str, str]
    input_hash: str
    result_hash: str
    computed_at: datetime
    cut_short: bool = False
    would_help: tuple[Relaxation, ...] = ()
    floor: float | None = None
    comparison: Comparison | None = None


class Impossible(Part, frozen=True, kw_only=True):
    """The answer that there is none: rules that cannot all hold, or, where that is not settled, `UNSETTLED`."""

    clashing_rules: tuple[str, ...]
    unplaced: dict[str, str]
    seed: int
    seconds: float
    versions: dict[str, str]
    input_hash: str
    result_hash: str
    computed_at: datetime
    would_help: tuple[Relaxation, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether it is proven that no sets keep all the rules."""
        return self.clashing_rules != (UNSETTLED,)


class Weighing(Part, frozen=True, kw_only=True):
    """A change of weights, with its reason."""

    before: dict[str, float]
    after: dict[str, float]
    why: Sealed
    by: UUID | None
    at: datetime


class Revision(Part, frozen=True, kw_only=True):
    """The convenor asked again, and why."""

    why: Sealed
    size: Size
    rules: Rules
    by: UUID | None
    at: datetime


class View(Seen, frozen=True, kw_only=True):
    """A round. `opted_in` is who asked to be in, `members` who is; `left_out` says in a code why the others are not."""

    kind: str
    size: Size
    rules: Rules
    weights: dict[str, float]
    opened_by: UUID | None
    opened_at: datetime
    state: str = "open"
    opted_in: tuple[UUID, ...] = ()
    members: tuple[UUID, ...] = ()
    left_out: dict[str, str] = msgspec.field(default_factory=dict)
    question_at: int | None = None
    input_hash: str | None = None
    closed_at: datetime | None = None
    proposal: Proposal | None = None
    impossible: Impossible | None = None
    sets: tuple[UUID, ...] = ()
    weighings: tuple[Weighing, ...] = ()
    revisions: tuple[Revision, ...] = ()
    published_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def needs_answer(self) -> bool:
        """Closed, and nobody has found sets or found that there are none."""
        return self.state == "closed" and self.impossible is None


def fold(view: View | None, event: Event) -> View | None:
    """The round after the event."""
    if isinstance(event, RoundOpened):
        return View(
            **begun(event),
            kind=event.kind,
            size=event.size,
            rules=event.rules,
            weights=event.weights,
            opened_by=event.by,
            opened_at=event.occurred_at,
        )
    return None if view is None else moved(view, event, **_changes(view, event))


def _changes(view: View, event: Event) -> dict[str, Any]:
    match event:
        case OptedIn(director=director):
            return {"opted_in": (*(each for each in view.opted_in if each != director), director)}
        case OptedOut(director=director):
            return {"opted_in": tuple(each for each in view.opted_in if each != director)}
        case RoundClosed():
            return {
                "state": "closed",
                "members": event.members,
                "left_out": event.left_out,
                "question_at": event.question_at,
                "input_hash": event.input_hash,
                "closed_at": event.occurred_at,
            }
        case ProposalComputed():
            return {"state": "proposed", "proposal": _proposal(event), "impossible": None}
        case RoundFoundImpossible():
            return {"impossible": _impossible(event)}
        case WeightsChanged(before=before, after=after, why=why):
            weighing = Weighing(before=before, after=after, why=why, by=event.by, at=event.occurred_at)
            return {"weights": after, "weighings": (*view.weighings, weighing)}
        case ProposalRevised(why=why, size=size, rules=rules):
            revision = Revision(why=why, size=size, rules=rules, by=event.by, at=event.occurred_at)
            asked = {"state": "closed", "size": size, "rules": rules, "revisions": (*view.revisions, revision)}
            return {**asked, "proposal": None, "impossible": None}
        case ProposalPublished(sets=sets):
            return {"state": "published", "sets": sets, "published_at": event.occurred_at}
        case RoundCompleted():
            return {"state": "completed", "ended_at": event.occurred_at}
        case RoundCancelled():
            return {"state": "cancelled", "ended_at": event.occurred_at}
    return {}


def _proposal(event: ProposalComputed) -> Proposal:
    return Proposal(
        status=event.status,
        sets=event.sets,
        value=event.value,
        upper_bound=event.upper_bound,
        gap=event.gap,
        placed=event.placed,
        unplaced=event.unplaced,
        seed=event.seed,
        seconds=event.seconds,
        versions=event.versions,
        input_hash=event.input_hash,
        result_hash=event.result_hash,
        computed_at=event.occurred_at,
        cut_short=event.cut_short,
        would_help=event.would_help,
        floor=event.floor,
        comparison=event.comparison,
    )


def _impossible(event: RoundFoundImpossible) -> Impossible:
    return Impossible(
        clashing_rules=event.clashing_rules,
        unplaced=event.unplaced,
        seed=event.seed,
        seconds=event.seconds,
        versions=event.versions,
        input_hash=event.input_hash,
        result_hash=event.result_hash,
        computed_at=event.occurred_at,
        would_help=event.would_help,
    )


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=ROUND,
    fold=fold,
    columns=lambda view: (view.state, int(view.needs_answer)),
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def find(db: aiosqlite.Connection, id: UUID) -> View | None:
    return await SHELF.find(db, id)


async def page(
    db: aiosqlite.Connection, *, state: str | None = None, after: int | None = None, limit: int
) -> tuple[list[View], int | None]:
    """All rounds, or those in one state."""
    return await SHELF.page(db, "? IS NULL OR state = ?", (state, state), after=after, limit=limit)


async def before(db: aiosqlite.Connection, view: View) -> View | None:
    """The round of its kind before this one whose sets people were invited to."""
    sql = (
        "SELECT doc FROM rounds WHERE created < ? AND state IN ('published', 'completed')"
        " AND json_extract(doc, '$.kind') = ? ORDER BY created DESC LIMIT 1"
    )
    return next(iter(await SHELF.select(db, sql, (view.created, view.kind))), None)


async def unanswered(db: aiosqlite.Connection) -> list[UUID]:
    """Rounds that are closed and were never answered: asked again when the service starts."""
    rows = await db.execute_fetchall("SELECT id FROM rounds WHERE needs_answer ORDER BY created")
    return [UUID(id) for (id,) in rows]
