"""/v1/inspections: a lead reads what others promised, for a purpose, and is seen to have read it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from projections import commitments as promised
from projections import inspections as read
from service.api.answers import Page, Shown, page
from service.api.fields import Body, Filters, Id, Nothing, Text
from service.api.history import Happened, History, happened
from service.api.routes import Ask, Question, Routes, Visit
from service.api.seeing import at, theirs
from service.commands import Call, Done
from service.domain.refusals import NotFound

routes = Routes("inspections")


class OpenInspection(Body, frozen=True, kw_only=True):
    """What for, and of which commitment or of which director."""

    EXACTLY_ONE_OF = ("commitment", "director")
    purpose: Text
    commitment: Id | UnsetType = UNSET
    director: Id | UnsetType = UNSET


class ContestInspection(Body, frozen=True, kw_only=True):
    why: Text | None = None


class ContestAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody whose record was read objects."""

    by: UUID | None
    at: datetime
    why: str | None


class InspectionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """An inspection, for the lead who opened it and for those it is about."""

    id: UUID
    state: str
    by: UUID | None
    purpose: str | None
    commitment: UUID | None
    director: UUID | None
    opened_at: datetime
    closed_at: datetime | None
    contests: list[ContestAnswer]
    records_read: int


class LookAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody opened an inspection of your record, or read it; who, when and what for."""

    inspection: UUID
    by: UUID | None
    purpose: str | None
    at: datetime
    what: str
    commitment: UUID | None


class Looks(msgspec.Struct, frozen=True, kw_only=True):
    """Who looked at your record, the latest first."""

    items: list[LookAnswer]
    next: str | None = None


def presented(view: read.View, visit: Visit) -> InspectionAnswer:
    """The inspection as whoever it concerns may see it."""
    return InspectionAnswer(
        id=view.id,
        state=view.state,
        by=view.by,
        purpose=visit.rooms.unseal(view.purpose),
        commitment=view.commitment,
        director=view.director,
        opened_at=view.opened_at,
        closed_at=view.closed_at,
        contests=[ContestAnswer(by=each.by, at=each.at, why=visit.rooms.unseal(each.why)) for each in view.contests],
        records_read=len({each.commitment for each in view.readings}),
    )


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The inspection, if whoever asks opened it or is its subject."""
    view = await visit.as_of(read.fold, visit.id, upto)
    if view is None or visit.viewer not in (view.by, *view.concerned):
        raise NotFound("There is no such inspection.")
    return view


async def inspection(visit: Visit, id: UUID, upto: int) -> Shown[InspectionAnswer]:
    """The inspection as it stood at a position."""
    view = await known(at(visit, id), upto)
    return Shown(presented(view, visit), view.version)


may = theirs(lambda rooms: rooms.inspections.permit, known)


@routes.create("/v1/inspections", shows=inspection)
async def open_(ask: Ask[OpenInspection]) -> Done:
    """Open an inspection of one commitment, or of what one director promised and was promised."""
    body, commands = ask.body, ask.rooms.inspections
    if body.commitment is not UNSET:
        return await commands.open_of_commitment(call=ask.call, purpose=body.purpose, commitment_id=body.commitment)
    assert body.director is not UNSET
    return await commands.open_of_director(call=ask.call, purpose=body.purpose, director_id=body.director)


@routes.get("/v1/inspections")
async def inspections(question: Question[Filters]) -> Page[InspectionAnswer]:
    """The inspections you have opened."""
    async with question.rooms.read_models.read() as db:
        views, after = await read.page(db, by=question.by, after=question.after, limit=question.limit)
    return page([presented(view, question) for view in views], after)


@routes.get("/v1/me/inspections")
async def looks(visit: Visit) -> Looks:
    """Who looked at your record, when and what for."""
    async with visit.rooms.read_models.read() as db:
        items = await read.of_subject(db, visit.by)
    return Looks(
        items=[
            LookAnswer(
                inspection=each.inspection,
                by=each.by,
                purpose=visit.rooms.unseal(each.purpose),
                at=each.at,
                what=each.what,
                commitment=each.commitment,
            )
            for each in items
        ]
    )


@routes.get("/v1/inspections/{id}")
async def one(visit: Visit) -> Shown[InspectionAnswer]:
    """One inspection."""
    view = await known(visit)
    return Shown(presented(view, visit), view.version)


@routes.get("/v1/inspections/{id}/history", permit=may("read_record"))
async def history(visit: Visit) -> History:
    """What happened to the commitments inspected; that you read it is recorded, and shown to those it is about."""
    view = await known(visit)
    records = await _records(visit, view)
    call = Call(by=visit.by, via=visit.caller.via if visit.caller else "api")
    about = [(record.id, record.parties) for record in records]
    done = await visit.rooms.inspections.read(visit.id, call=call, records=about)
    await visit.rooms.read_models.reached(done.position)
    items: list[Happened] = []
    for record in records:
        whole = record.tier in ("network", "open") or visit.viewer in record.parties
        items += await happened(visit, record.id, whole=whole)
    return History(items=sorted(items, key=lambda item: item.position))


async def _records(visit: Visit, view: read.View) -> list[promised.View]:
    """The commitments this inspection is about. Of a director's, the narrowed ones are left out."""
    async with visit.rooms.read_models.read() as db:
        if view.director is not None:
            return await promised.of_director(db, view.director, narrowed=False)
        assert view.commitment is not None
        found = await promised.find(db, view.commitment)
    return [found] if found else []


@routes.post("/v1/inspections/{id}/contest", permit=may("contest"), shows=inspection)
async def contest(ask: Ask[ContestInspection]) -> Done:
    """Say that your record should not have been read for this."""
    return await ask.rooms.inspections.contest(ask.id, call=ask.call, why=ask.body.why)


@routes.post("/v1/inspections/{id}/close", permit=may("close"), shows=inspection)
async def close(ask: Ask[Nothing]) -> Done:
    """You are finished: nothing more is read through it."""
    return await ask.rooms.inspections.close(ask.id, call=ask.call)
