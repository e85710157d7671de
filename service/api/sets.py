"""/v1/sets: the small groups people are invited to, and work in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

import msgspec

from projections import sets as read
from service.api.answers import Page, Shown, page
from service.api.because import Why, Worded, among, each_in_words
from service.api.fields import Body, Day, Id, Nothing
from service.api.routes import Ask, Question, Routes, Visit
from service.api.seeing import at, theirs
from service.commands import Done
from service.domain.refusals import NotFound

routes = Routes("sets")


class TakeRole(Body, frozen=True, kw_only=True):
    role: Literal["presenter", "challenger", "adviser"]


class Snooze(Body, frozen=True, kw_only=True):
    """Until the end of which day; left out, for 30 days. A longer pause that goes on already stays."""

    until: Day | None = None


class OfRound(Worded, frozen=True, kw_only=True):
    """Sets of this round only."""

    round: Id | None = None


class SetAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An action set: who is in it, what they said to the invitation, and why they were put together."""

    id: UUID
    round: UUID
    kind: str
    state: str
    members: list[UUID]
    slots: list[str]
    why: list[Why]
    invitations: dict[str, str]
    roles: dict[str, str]


async def presented(view: read.View, visit: Visit, *, reasons: bool = True) -> SetAnswer:
    """The set as its members and the convenor see it."""
    [answer] = await all_presented([view], visit, reasons=reasons)
    return answer


async def all_presented(views: Sequence[read.View], visit: Visit, *, reasons: bool = True) -> list[SetAnswer]:
    """Several sets, each as its members and the convenor see it."""
    whys = await each_in_words(visit, [among(view.why, view.members) if reasons else () for view in views])
    return [
        SetAnswer(
            id=view.id,
            round=view.round,
            kind=view.kind,
            state=view.state,
            members=list(view.members),
            slots=list(view.slots),
            why=why,
            invitations={str(director): said for director, said in view.invitations.items()},
            roles={str(director): role for director, role in view.roles.items()},
        )
        for view, why in zip(views, whys, strict=True)
    ]


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The set, if whoever asks was ever invited to it, or convenes rounds."""
    view = await visit.as_of(read.fold, visit.id, upto)
    if view is None or not (visit.viewer in view.invitations or visit.has_role("convenor")):
        raise NotFound("There is no such set.")
    return view


async def action_set(visit: Visit, id: UUID, upto: int) -> Shown[SetAnswer]:
    """The set as it stood at a position."""
    there = at(visit, id)
    view = await known(there, upto)
    return Shown(await presented(view, visit), view.version)


may = theirs(lambda rooms: rooms.sets.permit, known)


@routes.get("/v1/sets")
async def sets(question: Question[OfRound]) -> Page[SetAnswer]:
    """The sets you are in or invited to; a convenor sees all. Those of one round, where that is said."""
    member = None if question.has_role("convenor") else question.by
    async with question.rooms.read_models.read() as db:
        views, after = await read.page(
            db, member=member, round=question.filters.round, after=question.after, limit=question.limit
        )
    return page(await all_presented(views, question, reasons=question.filters.reasons), after)


@routes.get("/v1/sets/{id}")
async def one(question: Question[Worded]) -> Shown[SetAnswer]:
    """One set."""
    view = await known(question)
    return Shown(await presented(view, question, reasons=question.filters.reasons), view.version)


@routes.post("/v1/sets/{id}/accept", permit=may("accept"), shows=action_set)
async def accept(ask: Ask[Nothing]) -> Done:
    """Say yes; the set forms when everybody has."""
    return await ask.rooms.sets.accept(ask.id, call=ask.call)


@routes.post("/v1/sets/{id}/decline", permit=may("decline"), shows=action_set)
async def decline(ask: Ask[Nothing]) -> Done:
    """Say no: free, without a reason, and never to your disadvantage."""
    return await ask.rooms.sets.decline(ask.id, call=ask.call)


@routes.post("/v1/sets/{id}/snooze", permit=may("snooze"), shows=action_set)
async def snooze(ask: Ask[Snooze]) -> Done:
    """Say "not now": this one is declined, and nothing new comes until a day."""
    return await ask.rooms.sets.snooze(ask.id, call=ask.call, until=ask.body.until)


@routes.post("/v1/sets/{id}/roles", permit=may("take_role"), shows=action_set)
async def roles(ask: Ask[TakeRole]) -> Done:
    """Be the presenter, the challenger or an adviser."""
    return await ask.rooms.sets.take_role(ask.id, call=ask.call, role=ask.body.role)


@routes.post("/v1/sets/{id}/complete", permit=may("complete"), shows=action_set)
async def complete(ask: Ask[Nothing]) -> Done:
    """The set has done what it came together for."""
    return await ask.rooms.sets.complete(ask.id, call=ask.call)


@routes.post("/v1/sets/{id}/dissolve", permit=may("dissolve"), shows=action_set)
async def dissolve(ask: Ask[Nothing]) -> Done:
    """The set goes apart; no reason is asked."""
    return await ask.rooms.sets.dissolve(ask.id, call=ask.call)
