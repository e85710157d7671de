"""/v1/conversations: calling people together, coming, and having been there."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from projections import coming_up
from projections import conversations as read
from service.api.answers import Page, Shown, page
from service.api.circle import sets_of
from service.api.fields import Body, Filters, Id, Line, Moment, Nothing, OfSet
from service.api.routes import Ask, Question, Routes, Visit
from service.api.seeing import at, theirs
from service.api.talked import (
    ReflectionAnswer,
    RoomAnswer,
    TopicAnswer,
    WriteUpAnswer,
    reflections_of,
    rooms_of,
    seeds_of,
    topics_of,
    write_up_of,
)
from service.commands import Done
from service.domain.refusals import NotFound

routes = Routes("conversations")

Format = Literal[
    "breakfast_call",
    "themed_event",
    "set_meeting",
    "coaching_slot",
    "unconference",
    "retrospective",
    "regional_meetup",
    "fringe_event",
    "simulation",
    "async_thread",
]
Minutes = Annotated[int, Meta(ge=5, le=1440, description="how many minutes it takes, 5 to 1440")]


class Convene(Body, frozen=True, kw_only=True):
    """Who is called together, when and for what."""

    format: Format
    title: Line
    starts_at: Moment
    minutes: Minutes = 60
    mode: Literal["in_person", "virtual"] = "virtual"
    set: Id | None = None
    caused_by: Annotated[list[Id], Meta(max_length=20)] = msgspec.field(default_factory=list)
    host_event: Line | None = None
    series: Line | None = None
    capacity: Annotated[int, Meta(ge=2, le=10_000)] | None = None


class Reschedule(Body, frozen=True, kw_only=True):
    starts_at: Moment
    minutes: Minutes | None = None


class ConversationAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation. Who has signed up is for whoever convened it; who was there, each says for themselves."""

    id: UUID
    format: str
    title: str | None
    state: str
    starts_at: datetime
    minutes: int
    mode: str
    set: UUID | None
    series: str | None
    host_event: str | None
    capacity: int | None
    caused_by: list[UUID]
    convened_by: UUID | None
    held_at: datetime | None
    signed_up: list[UUID] | None
    places_left: int | None
    i_signed_up: bool
    i_attended: bool
    topics: list[TopicAnswer]
    dots: int | None
    """How many everybody has to vote with."""
    voters: int | None
    rooms: list[RoomAnswer]
    reflections: list[ReflectionAnswer]
    seeds: list[str | None]
    write_up: WriteUpAnswer | None


def presented(view: read.View, visit: Visit) -> ConversationAnswer:
    """The conversation as whoever asks may see it."""
    unseal = visit.rooms.unseal
    return ConversationAnswer(
        id=view.id,
        format=view.format,
        title=unseal(view.title),
        state=view.state,
        starts_at=view.starts_at,
        minutes=view.minutes,
        mode=view.mode,
        set=view.set,
        series=unseal(view.series),
        host_event=unseal(view.host_event),
        capacity=view.capacity,
        caused_by=list(view.causes),
        convened_by=view.convened_by,
        held_at=view.held_at,
        signed_up=list(view.signed_up) if visit.viewer == view.convened_by else None,
        places_left=None if view.capacity is None else max(0, view.capacity - len(view.signed_up)),
        i_signed_up=visit.viewer in view.signed_up,
        i_attended=visit.viewer in view.attended,
        topics=topics_of(view, visit),
        dots=view.budget,
        voters=view.voters,
        rooms=rooms_of(view, visit),
        reflections=reflections_of(view, visit),
        seeds=seeds_of(view, visit),
        write_up=write_up_of(view, visit),
    )


def _may_know(view: read.View, visit: Visit, sets: Collection[UUID]) -> bool:
    return view.set is None or view.set in sets or visit.viewer == view.convened_by


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The conversation, if whoever asks may know of it."""
    view = await visit.as_of(read.fold, visit.id, upto)
    if view is None or not _may_know(view, visit, await sets_of(visit)):
        raise NotFound("There is no such conversation.")
    return view


async def conversation(visit: Visit, id: UUID, upto: int) -> Shown[ConversationAnswer]:
    """The conversation as it stood at a position."""
    view = await known(at(visit, id), upto)
    return Shown(presented(view, visit), view.version)


FOR_ANYBODY = ("sign_up", "withdraw_sign_up", "attend", "propose_topic", "withdraw_topic", "vote")
may = theirs(lambda rooms: rooms.conversations.permit, known, anybody=FOR_ANYBODY)


@routes.create("/v1/conversations", shows=conversation)
async def convene(ask: Ask[Convene]) -> Done:
    """Call people together: everybody, or one action set. Nobody has to approve it."""
    body = ask.body
    return await ask.rooms.conversations.convene(
        call=ask.call,
        format=body.format,
        title=body.title,
        starts_at=body.starts_at,
        minutes=body.minutes,
        mode=body.mode,
        set=body.set,
        causes=body.caused_by,
        host_event=body.host_event,
        series=body.series,
        capacity=body.capacity,
    )


@routes.get("/v1/conversations")
async def conversations(question: Question[OfSet]) -> Page[ConversationAnswer]:
    """The conversations you may know of, in the order they were convened."""
    mine = await sets_of(question)
    async with question.rooms.read_models.read() as db:
        views, after = await read.page(
            db,
            viewer=question.by,
            sets=mine,
            of_set=question.filters.set,
            after=question.after,
            limit=question.limit,
        )
    return page([presented(view, question) for view in views], after)


@routes.get("/v1/coming-up")
async def ahead(question: Question[Filters]) -> Page[ConversationAnswer]:
    """The conversations ahead that you may know of, the next one first; also one that is going on."""
    mine, now = await sets_of(question), question.rooms.clock()
    async with question.rooms.read_models.read() as db:
        views, after = await coming_up.page(
            db, now=now, viewer=question.by, sets=mine, after=question.after, limit=question.limit
        )
    return page([presented(view, question) for view in views], after)


@routes.get("/v1/looking-back")
async def been(question: Question[Filters]) -> Page[ConversationAnswer]:
    """The conversations that have been, of those you may know of, the latest first."""
    mine, now = await sets_of(question), question.rooms.clock()
    async with question.rooms.read_models.read() as db:
        views, after = await coming_up.been(
            db, now=now, viewer=question.by, sets=mine, after=question.after, limit=question.limit
        )
    return page([presented(view, question) for view in views], after)


@routes.get("/v1/conversations/{id}")
async def one(visit: Visit) -> Shown[ConversationAnswer]:
    """One conversation."""
    view = await known(visit)
    return Shown(presented(view, visit), view.version)


@routes.post("/v1/conversations/{id}/sign-up", permit=may("sign_up"), shows=conversation)
async def sign_up(ask: Ask[Nothing]) -> Done:
    """Say that you will come."""
    return await ask.rooms.conversations.sign_up(ask.id, call=ask.call)


@routes.post("/v1/conversations/{id}/withdraw-sign-up", permit=may("withdraw_sign_up"), shows=conversation)
async def withdraw(ask: Ask[Nothing]) -> Done:
    """Say that you will not come after all."""
    return await ask.rooms.conversations.withdraw_sign_up(ask.id, call=ask.call)


@routes.post("/v1/conversations/{id}/held", permit=may("hold"), shows=conversation)
async def held(ask: Ask[Nothing]) -> Done:
    """Say that it took place."""
    return await ask.rooms.conversations.hold(ask.id, call=ask.call)


@routes.post("/v1/conversations/{id}/attend", permit=may("attend"), shows=conversation)
async def attend(ask: Ask[Nothing]) -> Done:
    """Say that you were there; only you can."""
    return await ask.rooms.conversations.attend(ask.id, call=ask.call)


@routes.post("/v1/conversations/{id}/cancel", permit=may("cancel"), shows=conversation)
async def cancel(ask: Ask[Nothing]) -> Done:
    """Say that it will not take place."""
    return await ask.rooms.conversations.cancel(ask.id, call=ask.call)


@routes.post("/v1/conversations/{id}/reschedule", permit=may("reschedule"), shows=conversation)
async def reschedule(ask: Ask[Reschedule]) -> Done:
    """Move it to another time."""
    body = ask.body
    return await ask.rooms.conversations.reschedule(
        ask.id, call=ask.call, starts_at=body.starts_at, minutes=body.minutes
    )
