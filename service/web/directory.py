"""The directory: who is in the network, and what each of them can help with."""

from __future__ import annotations

from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("directors")


@pages.page("/directors", "directors/list.html")
async def everybody(visit: Visit) -> Shows:
    """Everybody in the network, a page at a time."""
    page = await visit.get("/v1/directors", None, **visit.asked("cursor"))
    return {"directors": page.items, "next": page.next, "is_first": "cursor" not in visit.request.query}


@pages.page("/directors/{id}", "directors/one.html")
async def one(visit: Visit) -> Shows:
    """Somebody in the network."""
    return {"director": await visit.get("/v1/directors/{id}"), "is_me": visit.is_me(visit.id)}


pages.button("/directors/{id}/sign-out", says="They are signed out everywhere.")
