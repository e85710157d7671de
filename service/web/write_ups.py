"""What was written up of conversations and let out, for anybody."""

from __future__ import annotations

from service.web.conversations import FORMATS
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("write-ups")


@pages.page("/write-ups", "write_ups/list.html")
async def every(visit: Visit) -> Shows:
    """Every write-up that was let out, a page at a time."""
    page = await visit.get("/v1/write-ups", None, **visit.asked("cursor"))
    first = "cursor" not in visit.request.query
    return {"write_ups": page.items, "next": page.next, "is_first": first, "formats": dict(FORMATS)}


@pages.page("/write-ups/{id}", "write_ups/one.html")
async def one(visit: Visit) -> Shows:
    """One write-up."""
    knows = visit.is_member and await visit.sees("/v1/conversations/{id}", {"id": visit.id})
    return {"write_up": await visit.get("/v1/write-ups/{id}"), "formats": dict(FORMATS), "knows": knows}
