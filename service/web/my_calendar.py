"""My conversations in my own calendar: a secret address, shown once, and taken back whenever one likes."""

from __future__ import annotations

from service.web.forms import ONCE
from service.web.going import drawn
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("my calendar")
SHOWN = "me/calendar.html"


@pages.page("/me/calendar", SHOWN)
async def mine(visit: Visit) -> Shows:
    """Whether there is an address, and since when."""
    return {"calendar": await visit.get("/v1/me/calendar"), "address": None}


@pages.does("/me/calendar/new")
async def make(visit: Visit) -> Shows:
    """A new address. It is shown on the page that answers, and nowhere else ever."""
    once = str((await visit.request.post()).get(ONCE, ""))[:64] or None
    made = (await visit.inside.post(visit.caller, "/v1/me/calendar", once=once)).thing
    site = visit.request.url.origin() if made.address and made.address.startswith("/") else ""
    return drawn(visit, SHOWN, {"calendar": made, "address": made.address and f"{site}{made.address}"})


pages.button(
    "/me/calendar/stop",
    to="/v1/me/calendar",
    method="DELETE",
    says="That address opens nothing any more.",
    then=lambda visit, answer: "/me/calendar",
)
