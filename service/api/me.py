"""One's own page: who I am, what I offer, when I am free, who looked at it; pausing, leaving, being forgotten."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from projections import directors
from service.access.caller import must_be_fresh
from service.api.answers import Shown
from service.api.directors import Offered, Offers, OrganisationType, offers_of
from service.api.fields import Body, DayToCome, Email, Id, Line, Nothing, Slot, Text
from service.api.problems import Fault
from service.api.routes import Ask, Routes, Visit
from service.commands import Done

routes = Routes("me")


class Revise(Body, frozen=True):
    """What is left out stays as it is; null clears it."""

    name: Line | UnsetType = UNSET
    email: Email | UnsetType | None = UNSET
    organisation: Line | UnsetType = UNSET
    organisation_type: OrganisationType | UnsetType = UNSET
    department: Line | UnsetType | None = UNSET
    profession: Line | UnsetType | None = UNSET
    region: Line | UnsetType | None = UNSET
    offers: Offers | UnsetType | None = UNSET
    slots: Annotated[list[Slot], Meta(max_length=14)] | UnsetType = UNSET
    capacity: Annotated[int, Meta(ge=0, le=20)] | UnsetType = UNSET


class Pause(Body, frozen=True):
    until: DayToCome | None = None


class Avoid(Body, frozen=True):
    director: Id
    reason: Text | None = None


class Me(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about oneself."""

    id: UUID
    name: str
    email: str | None
    organisation: str
    organisation_type: str
    department: str | None
    profession: str | None
    region: str | None
    offers: Offered
    slots: list[str]
    capacity: int
    roles: list[str]
    paused: bool
    paused_until: date | None
    left: bool
    agreed_to: int | None
    """The wording of the purpose I agreed to last."""


async def own_page(visit: Visit, id: UUID, position: int | None = None) -> Shown[Me]:
    """My page, as of a position."""
    view = await visit.as_of(directors.fold, id, position)
    assert view is not None
    now = visit.rooms.clock() if position is None else await visit.moment(id, position)
    paused = view.is_paused(now)
    unseal = visit.rooms.unseal
    me = Me(
        id=view.id,
        name=unseal(view.name) or "",
        email=unseal(view.email),
        organisation=view.organisation,
        organisation_type=view.organisation_type,
        department=view.department,
        profession=view.profession,
        region=view.region,
        offers=offers_of(visit, view),
        slots=list(view.slots),
        capacity=view.capacity,
        roles=sorted(view.roles),
        paused=paused,
        paused_until=view.paused_until if paused else None,
        left=view.left,
        agreed_to=view.agreed_to or None,
    )
    return Shown(me, view.version)


@routes.get("/v1/me")
async def me(visit: Visit) -> Shown[Me]:
    """My page."""
    return await own_page(visit, visit.by)


@routes.patch("/v1/me", shows=own_page)
async def revise(ask: Ask[Revise]) -> Done:
    """Say something else of myself, of when I am free, or of how many sets at once are right for me."""
    said = ask.body
    await _may_move(ask)
    return await ask.rooms.directors.revise(
        ask.by,
        call=ask.call,
        changes=_changes(said),
        slots=None if said.slots is UNSET else said.slots,
        capacity=None if said.capacity is UNSET else said.capacity,
        organisation=await _place(ask),
    )


async def _may_move(ask: Ask[Revise]) -> None:
    """Another e-mail address is given just after signing in, and seldom: whoever could try as many as they like would
    know whose are in the network. The one they have may be said again at any time."""
    if ask.body.email is UNSET or ask.caller is None:
        return
    view = await ask.as_of(directors.fold, ask.by)
    if view and ask.rooms.unseal(view.email) != ask.body.email:
        now = ask.rooms.clock()
        must_be_fresh(ask.caller, now)
        if wait := ask.rooms.addresses.another(str(ask.by), now):
            detail = f"That was the eleventh e-mail address within an hour; try again in {wait.seconds} seconds."
            raise Fault(429, detail, headers={"Retry-After": str(wait.seconds)})


def _changes(said: Revise) -> dict[str, object]:
    changes: dict[str, object] = {
        name: value for name in ("name", "email", "profession", "region") if (value := getattr(said, name)) is not UNSET
    }
    if said.offers is not UNSET:
        offers = said.offers or Offers()
        changes |= {"offer_topics": list(offers.topics) or None, "offer_text": offers.text}
    return changes


async def _place(ask: Ask[Revise]) -> dict[str, Any] | None:
    """Where they work from now on, whole: what was not said stays as it is."""
    names = ("organisation", "organisation_type", "department")
    said = {name: value for name in names if (value := getattr(ask.body, name)) is not UNSET}
    view = await ask.as_of(directors.fold, ask.by)
    return {name: getattr(view, name) for name in names} | said if said else None


@routes.delete("/v1/me")
async def forget(ask: Ask[Nothing]) -> Done:
    """Leave, and be forgotten: every word of mine is erased."""
    return await ask.rooms.directors.forget(ask.by, call=ask.call)


@routes.post("/v1/me/leave", shows=own_page)
async def leave(ask: Ask[Nothing]) -> Done:
    """Leave the network without being forgotten."""
    return await ask.rooms.directors.leave(ask.by, call=ask.call)


@routes.post("/v1/me/pause", shows=own_page)
async def pause(ask: Ask[Pause]) -> Done:
    """Take part in nothing new for a while."""
    return await ask.rooms.directors.pause(ask.by, call=ask.call, until=ask.body.until)


@routes.post("/v1/me/resume", shows=own_page)
async def resume(ask: Ask[Nothing]) -> Done:
    """Take part again."""
    return await ask.rooms.directors.resume(ask.by, call=ask.call)


@routes.post("/v1/me/avoid", shows=own_page)
async def avoid(ask: Ask[Avoid]) -> Done:
    """Never be put in a set with somebody. Nobody is told."""
    return await ask.rooms.directors.avoid(ask.by, call=ask.call, whom=ask.body.director, reason=ask.body.reason)
