"""/v1/goals: what the network works on, for anybody to read and any director to add to."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from projections import commitments
from projections import goals as read
from service.api import conversations
from service.api.answers import Page, Shown, page
from service.api.circle import sets_of
from service.api.commitments import seeing
from service.api.conversations import Format
from service.api.fields import Body, Day, Filters, Id, Line, Nothing, Text
from service.api.routes import Ask, Question, Routes, Visit
from service.api.seeing import at, theirs
from service.commands import Done
from service.domain.refusals import Invalid, NotFound

routes = Routes("goals")


class Adopt(Body, frozen=True, kw_only=True):
    """A question, the day by which the network would like to know more, and where it was agreed if it was."""

    question: Line
    horizon: Day
    conversation: Id | None = None


class AdoptActivity(Body, frozen=True, kw_only=True):
    """So many conversations of one format."""

    what: Line
    format: Format
    planned: Annotated[int, Meta(ge=1, le=1000)]


class Bears(Body, frozen=True, kw_only=True):
    commitment: Id


class Review(Body, frozen=True, kw_only=True):
    narrative: Text


class ActivityAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something done for a goal again and again."""

    id: UUID
    what: str | None
    format: str
    planned: int
    since: datetime


class ReviewAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How somebody said it goes."""

    at: datetime
    narrative: str | None


class GoalAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A goal. `outcomes` is how many commitments bear on it, `linked` those of them you may know of."""

    id: UUID
    state: str
    question: str | None
    horizon: date
    adopted_at: datetime
    adopted_by: UUID | None
    conversation: UUID | None
    activities: list[ActivityAnswer]
    outcomes: int
    linked: list[UUID]
    reviews: list[ReviewAnswer]


async def presented(view: read.View, visit: Visit) -> GoalAnswer:
    """The goal in the words of whoever adopted it; to strangers without names."""
    unseal, is_member = visit.rooms.unseal, visit.viewer is not None
    return GoalAnswer(
        id=view.id,
        state=view.state,
        question=unseal(view.question),
        horizon=view.horizon,
        adopted_at=view.adopted_at,
        adopted_by=view.adopted_by if is_member else None,
        conversation=view.conversation if is_member else None,
        activities=[
            ActivityAnswer(
                id=each.id, what=unseal(each.what), format=each.format, planned=each.planned, since=each.since
            )
            for each in view.activities
        ],
        outcomes=len(view.linked),
        linked=await _known_of(view, visit),
        reviews=[ReviewAnswer(at=each.at, narrative=unseal(each.narrative)) for each in view.reviews],
    )


async def _known_of(view: read.View, visit: Visit) -> list[UUID]:
    mine, is_lead = await sets_of(visit), visit.has_role("lead")
    async with visit.rooms.read_models.read() as db:
        found = await commitments.SHELF.those(db, view.linked)

    def may_know(each: commitments.View) -> bool:
        if visit.viewer is None:
            return each.tier == "open"
        return commitments.may_know(each, viewer=visit.viewer, sets=mine, is_lead=is_lead)

    return [id for id in view.linked if id in found and may_know(found[id])]


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The goal: anybody may know of it."""
    view = await visit.as_of(read.fold, visit.id, upto)
    if view is None:
        raise NotFound("There is no such goal.")
    return view


async def goal(visit: Visit, id: UUID, upto: int) -> Shown[GoalAnswer]:
    """The goal as it stood at a position."""
    there = at(visit, id)
    view = await known(there, upto)
    return Shown(await presented(view, there), view.version)


ANYBODYS = ("adopt_activity", "link_outcome", "unlink_outcome", "review")
may = theirs(lambda rooms: rooms.goals.permit, known, anybody=ANYBODYS)


@routes.create("/v1/goals", shows=goal)
async def adopt(ask: Ask[Adopt]) -> Done:
    """Adopt a question for the network to work on."""
    body = ask.body
    if body.conversation and (await conversations.known(at(ask, body.conversation))).set:
        raise Invalid("conversation", "A goal is open to anybody; name a conversation that was for everybody.")
    return await ask.rooms.goals.adopt(
        call=ask.call, question=body.question, horizon=body.horizon, conversation=body.conversation
    )


@routes.get("/v1/goals")
async def goals(question: Question[Filters]) -> Page[GoalAnswer]:
    """The goals of the network, in the order they were adopted."""
    async with question.rooms.read_models.read() as db:
        views, after = await read.page(db, after=question.after, limit=question.limit)
    return page([await presented(view, question) for view in views], after)


@routes.get("/v1/goals/{id}")
async def one(visit: Visit) -> Shown[GoalAnswer]:
    """One goal."""
    view = await known(visit)
    return Shown(await presented(view, visit), view.version)


@routes.post("/v1/goals/{id}/activities", permit=may("adopt_activity"), shows=goal)
async def activities(ask: Ask[AdoptActivity]) -> Done:
    """Say what is to be done for it again and again."""
    body = ask.body
    return await ask.rooms.goals.adopt_activity(
        ask.id, call=ask.call, what=body.what, format=body.format, planned=body.planned
    )


@routes.post("/v1/goals/{id}/link", permit=may("link_outcome"), shows=goal)
async def link(ask: Ask[Bears]) -> Done:
    """Say that what came of a commitment of yours bears on it."""
    await seeing.known(at(ask, ask.body.commitment))
    return await ask.rooms.goals.link_outcome(ask.id, call=ask.call, of=ask.body.commitment)


@routes.post("/v1/goals/{id}/unlink", permit=may("unlink_outcome"), shows=goal)
async def unlink(ask: Ask[Bears]) -> Done:
    """Say that it does not after all."""
    await seeing.known(at(ask, ask.body.commitment))
    return await ask.rooms.goals.unlink_outcome(ask.id, call=ask.call, of=ask.body.commitment)


@routes.post("/v1/goals/{id}/review", permit=may("review"), shows=goal)
async def review(ask: Ask[Review]) -> Done:
    """Say how it goes, in words."""
    return await ask.rooms.goals.review(ask.id, call=ask.call, narrative=ask.body.narrative)


@routes.post("/v1/goals/{id}/retire", permit=may("retire"), shows=goal)
async def retire(ask: Ask[Nothing]) -> Done:
    """Stop working on it; no reason is asked."""
    return await ask.rooms.goals.retire(ask.id, call=ask.call)
