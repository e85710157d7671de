"""Who may know of a commitment, whose each command is, and how it is shown once something was done."""

from __future__ import annotations

from uuid import UUID

from projections import commitments as read
from service.api.answers import Shown
from service.api.circle import sets_of
from service.api.commitments.answers import CommitmentAnswer, presented
from service.api.routes import Permit, Visit
from service.domain.refusals import Forbidden, NotFound


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The commitment, if whoever asks may know of it."""
    view = None
    for event in await visit.rooms.history(visit.id, upto):
        view = read.fold(view, event)
    if view is None or not await _may_know(visit, view):
        raise NotFound("There is no such commitment.")
    return view


async def _may_know(visit: Visit, view: read.View) -> bool:
    if visit.viewer is None:
        return view.tier == "open"
    return read.may_know(view, viewer=visit.viewer, sets=await sets_of(visit), is_lead=visit.has_role("lead"))


def may(command: str) -> Permit:
    """Whether that command is theirs: 404 where they may not know of it, 403 where it is another's to do."""

    async def permit(visit: Visit) -> None:
        if visit.caller is None:
            return
        try:
            await visit.rooms.commitments.permit(visit.id, command, visit.by)
        except Forbidden:
            await known(visit)
            raise

    return permit


async def commitment(visit: Visit, id: UUID, upto: int) -> Shown[CommitmentAnswer]:
    """The commitment as it stood at a position."""
    view = await known(Visit(visit.rooms, visit.caller, {"id": id}), upto)
    return Shown(presented(view, visit, await sets_of(visit)), view.version)
