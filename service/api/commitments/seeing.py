"""Who may know of a commitment, whose each command is, and how it is shown once something was done."""

from __future__ import annotations

from uuid import UUID

from projections import commitments as read
from service.api.answers import Shown
from service.api.circle import sets_of
from service.api.commitments.answers import CommitmentAnswer, presented
from service.api.routes import Visit
from service.api.seeing import at, theirs
from service.domain.refusals import NotFound


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The commitment, if whoever asks may know of it."""
    view = await visit.as_of(read.fold, visit.id, upto)
    if view is None or not await _may_know(visit, view):
        raise NotFound("There is no such commitment.")
    return view


async def _may_know(visit: Visit, view: read.View) -> bool:
    if visit.viewer is None:
        return view.tier == "open"
    return read.may_know(view, viewer=visit.viewer, sets=await sets_for(visit, view), is_lead=visit.has_role("lead"))


async def sets_for(visit: Visit, view: read.View) -> frozenset[UUID]:
    """The sets of whoever asks, where this commitment is for a set's members and they are no party to it."""
    return await sets_of(visit) if view.tier == "set" and visit.viewer not in view.parties else frozenset()


may = theirs(lambda rooms: rooms.commitments.permit, known, anybody=("accept",))


async def commitment(visit: Visit, id: UUID, upto: int) -> Shown[CommitmentAnswer]:
    """The commitment as it stood at a position."""
    view = await known(at(visit, id), upto)
    now = await visit.moment(id, upto)
    return Shown(presented(view, visit, await sets_for(visit, view), now), view.version)
