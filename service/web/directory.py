"""The directory: who is in the network, and what each of them can help with."""

from __future__ import annotations

from service.web.asks import several
from service.web.forms import Choice
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("directors")

ROLES: tuple[Choice, ...] = (
    ("director", "Director", "Takes part. Needed only beside the role of administrator: everybody else does anyway."),
    ("convenor", "Convenor", "Opens rounds, weighs proposals, invites."),
    ("lead", "Lead", "Reads records for a stated purpose, which those concerned see."),
    ("administrator", "Administrator", "Welcomes people and grants roles. Reads nothing of what the network writes."),
    ("guest", "Guest", "Has their own page, and nothing else."),
)


@pages.page("/directors", "directors/list.html")
async def everybody(visit: Visit) -> Shows:
    """Everybody in the network, a page at a time."""
    page = await visit.get("/v1/directors", None, **visit.asked("cursor"))
    return {"directors": page.items, "next": page.next, "is_first": "cursor" not in visit.request.query}


@pages.page("/directors/{id}", "directors/one.html")
async def one(visit: Visit) -> Shows:
    """Somebody in the network."""
    return {"director": await visit.get("/v1/directors/{id}"), "is_me": visit.is_me(visit.id)}


@pages.form(
    "/directors/{id}/roles",
    "directors/roles.html",
    asks={"roles": several},
    says="Their roles are changed, and every director can see that.",
)
async def roles(visit: Visit) -> Shows:
    """Which roles somebody has, as an administrator says."""
    answer = await visit.answer("/v1/directors/{id}")
    return {"director": answer.thing, "version": answer.version, "choices": ROLES}


pages.button("/directors/{id}/sign-out", says="They are signed out everywhere.")
