"""/v1/me/calendar: the secret address under which my calendar finds my conversations."""

from __future__ import annotations

from datetime import datetime

import msgspec

from service.api.fields import Nothing
from service.api.routes import Ask, Routes, Visit
from service.domain.refusals import KeyReused, NotFound

routes = Routes("me")


class CalendarAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Since when there is an address, if there is one. It is said once, when it is made."""

    made_at: datetime | None
    address: str | None = None


@routes.get("/v1/me/calendar")
async def my_calendar(visit: Visit) -> CalendarAnswer:
    """Whether my calendar has an address, and since when."""
    made = await visit.rooms.calendars.of(visit.by)
    return CalendarAnswer(made_at=made.made_at if made else None)


@routes.post("/v1/me/calendar", status=201)
async def make(ask: Ask[Nothing]) -> CalendarAnswer:
    """Make a secret address for my calendar; the one before, if there was one, opens nothing any more."""
    rooms, key = ask.rooms, ask.call.key
    secret = await rooms.calendars.make(
        ask.by, now=rooms.clock(), key=key.key if key else None, request=key.request if key else None
    )
    made = await rooms.calendars.of(ask.by)
    if made is None:
        raise NotFound("The address was taken back in this very moment.")
    if key and made.key == key.key and made.request != key.request:
        raise KeyReused("This idempotency key came with another request before; send this one under a new key.")
    site = (rooms.public_url or "").rstrip("/")
    return CalendarAnswer(made_at=made.made_at, address=f"{site}/calendar/{secret}.ics" if secret else None)


@routes.delete("/v1/me/calendar")
async def take_back(ask: Ask[Nothing]) -> None:
    """Take the address back: from now on it opens nothing."""
    if not await ask.rooms.calendars.void(ask.by):
        raise NotFound("Your calendar has no address.")
