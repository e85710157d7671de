"""/v1/me/page: what I brought, which sets I am in, what I promised and was promised, and what needs my attention."""

from __future__ import annotations

from projections import my_page as read
from service.api.routes import Routes, Visit
from service.domain.days import london_day

routes = Routes("me")


@routes.get("/v1/me/page")
async def mine(visit: Visit) -> read.MyPage:
    """My page, as ids: each is shown as it is shown elsewhere."""
    async with visit.rooms.read_models.read() as db:
        return await read.of(db, visit.by, london_day(visit.rooms.clock()))
