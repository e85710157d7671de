"""What the network has achieved, open to anybody: each number in words, and the way down to what it counts."""

from __future__ import annotations

from service.api.inside import Fault, failure
from service.domain.refusals import Invalid
from service.web.pages import Pages, Shows
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
    wrongs: dict[str, str] = {}
    try:
        found = await visit.get("/v1/reports/achieved", None, **asked)
    except (Fault, Invalid) as error:
        wrongs = {wrong.field: wrong.why for wrong in failure(error, visit.path).errors}
        if not wrongs:
            raise
        found = await visit.get("/v1/reports/achieved")
    return {"report": found, "asked": asked, "wrongs": wrongs}


@pages.page("/achieved/events", "reports/events.html")
async def events(visit: Visit) -> Shows:
    """What one number counts: those of the events that this visitor may know of."""
    asked = visit.asked(*BEHIND)
    page = await visit.get("/v1/reports/achieved/events", None, **asked, **visit.asked("cursor"))
    return {"events": page.items, "next": page.next, "asked": asked, "happened": HAPPENED, "places": PLACES}
