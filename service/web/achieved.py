"""What the network has achieved, open to anybody: each number in words, and the way down to what it counts."""

from __future__ import annotations

from service.web.pages import Pages, Shows
from service.web.reports import answered
from service.web.visit import Visit

pages = Pages("achieved")

HAPPENED = {
    "conversation": "A conversation",
    "set": "A set",
    "commitment": "A commitment",
    "problem": "A problem",
}
PLACES = {"conversation": "conversations", "set": "sets", "commitment": "commitments", "problem": "problems"}
BEHIND = ("of", "as_of", "known_at", "since", "by", "cohort")


@pages.page("/achieved", "reports/achieved.html")
async def achieved(visit: Visit) -> Shows:
    """The numbers, since a day and as of another."""
    asked = visit.asked("since", "as_of")
    found, wrongs = await answered(visit, "/v1/reports/achieved", asked)
    return {"report": found, "asked": asked, "wrongs": wrongs}


@pages.page("/achieved/events", "reports/events.html")
async def events(visit: Visit) -> Shows:
    """What one number counts: those of the events that this visitor may know of."""
    asked = visit.asked(*BEHIND)
    page = await visit.get("/v1/reports/achieved/events", None, **asked, **visit.asked("cursor"))
    return {"events": page.items, "next": page.next, "asked": asked, "happened": HAPPENED, "places": PLACES}
