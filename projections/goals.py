"""Goals: what the network works on, what it does for it, what came of it, and how it was said to go."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import aiosqlite
import msgspec

from projections import funnel
from projections import held as conversations
from projections.counting import span, ticks
from projections.reader import Reader
from projections.shelf import Batch, Seen, Shelf, begun, moved
from projections.streams import GOAL
from service.domain.days import LONDON
from service.domain.events import (
    Event,
    GoalAdopted,
    GoalRetired,
    GoalReviewed,
    OutcomeLinked,
    OutcomeUnlinked,
    StandingActivityAdopted,
)
from service.domain.words import Sealed

NAME = "goals"
VERSION = 1
TABLES = """
CREATE TABLE goals (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    doc TEXT NOT NULL
)
"""

DEFINITION = (
    "Each goal that had been adopted: how many commitments their parties linked to it for what came of them, how many"
    " conversations of each standing activity were planned and how many of that format have been held since it was"
    " adopted, and what the last review said."
)
CAVEATS = (
    "There is no percentage: how far a goal has got is for the narrative to say, and for the evidence.",
    "A conversation counts for every standing activity of its format.",
    "What bears on a goal need not have come of working on it.",
    "Goals are not taken apart: `by` changes nothing here.",
)


class Activity(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something done for it again and again."""

    id: UUID
    what: Sealed
    format: str
    planned: int
    since: datetime


class Review(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How somebody said it goes."""

    by: UUID | None
    at: datetime
    narrative: Sealed


class View(Seen, frozen=True, kw_only=True):
    """A goal."""

    question: Sealed
    horizon: date
    adopted_by: UUID | None
    adopted_at: datetime
    conversation: UUID | None = None
    state: Literal["adopted", "reviewed", "retired"] = "adopted"
    activities: tuple[Activity, ...] = ()
    linked: tuple[UUID, ...] = ()
    reviews: tuple[Review, ...] = ()


def fold(view: View | None, event: Event) -> View | None:
    """The goal after the event."""
    if isinstance(event, GoalAdopted):
        return View(
            **begun(event),
            question=event.question,
            horizon=event.horizon,
            adopted_by=event.by,
            adopted_at=event.occurred_at,
            conversation=event.conversation,
        )
    return None if view is None else moved(view, event, **_changes(view, event))


def _changes(view: View, event: Event) -> dict[str, Any]:
    match event:
        case StandingActivityAdopted():
            activity = Activity(
                id=event.activity,
                what=event.what,
                format=event.format,
                planned=event.planned,
                since=event.occurred_at,
            )
            return {"activities": (*view.activities, activity)}
        case OutcomeLinked(commitment=linked):
            return {"linked": (*(each for each in view.linked if each != linked), linked)}
        case OutcomeUnlinked(commitment=gone):
            return {"linked": tuple(each for each in view.linked if each != gone)}
        case GoalReviewed():
            review = Review(by=event.by, at=event.occurred_at, narrative=event.narrative)
            return {"state": "reviewed", "reviews": (*view.reviews, review)}
        case GoalRetired():
            return {"state": "retired"}
    return {}


SHELF = Shelf(table=NAME, kind=View, events=GOAL, fold=fold, columns=lambda view: (view.state,))


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def page(db: aiosqlite.Connection, *, after: int | None = None, limit: int) -> tuple[list[View], int | None]:
    """Every goal, in the order they were adopted."""
    return await SHELF.page(db, "TRUE", (), after=after, limit=limit)


async def ids(db: aiosqlite.Connection) -> list[UUID]:
    """Every goal there is."""
    return [UUID(id) for (id,) in await db.execute_fetchall("SELECT id FROM goals ORDER BY created")]


def as_it_was(history: Sequence[Event], *, as_of: datetime, known_at: datetime) -> View | None:
    """One goal from what had happened by then, as far as it was known."""
    view = None
    for event in history:
        if event.occurred_at <= as_of and event.recorded_at <= known_at:
            view = fold(view, event)
    return view


async def held(db: Reader, view: View, *, as_of: datetime, known_at: datetime) -> dict[UUID, int]:
    """How many conversations of each standing activity's format were held until the goal's horizon, by its id."""
    horizon = datetime.combine(view.horizon, datetime.min.time(), LONDON) + timedelta(days=1)
    asked = span(as_of=min(as_of, horizon), known_at=known_at, since=view.adopted_at)
    told = await db.facts(funnel.FACTS)
    found = conversations.held(told, asked)
    return {
        each.id: int(
            ((found.cohorts["format"] == told.names.number(each.format)) & (found.occurred >= ticks(each.since))).sum()
        )
        for each in view.activities
    }
