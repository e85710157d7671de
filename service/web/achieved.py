"""What the network has achieved, open to anybody: each number in words, and the way down to what it counts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

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
A_PAGE = "20"
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
    page = await visit.get("/v1/reports/achieved/events", None, **asked, **visit.asked("cursor"), limit=A_PAGE)
    told = {each.id: await _title(visit, each.kind, each.id) for each in page.items}
    return {
        "number": await _number(visit, asked),
        "events": page.items,
        "next": page.next,
        "asked": asked,
        "told": told,
        "happened": HAPPENED,
        "places": PLACES,
    }


async def _number(visit: Visit, asked: dict[str, str]) -> Any:
    """The number in words, as the report says it."""
    said = {name: asked[name] for name in asked if name not in ("of", "cohort")}
    rows = (await visit.get("/v1/reports/achieved", None, **said)).rows
    cohort = asked.get("cohort")
    return next((row for row in rows if row.what == asked["of"] and cohort in (None, row.cohort)), None)


async def _title(visit: Visit, kind: str, id: UUID) -> Any:
    """What it was about, in the words of whoever wrote them, for whoever may read those."""
    if kind == "set":
        return None
    thing = await visit.seen(f"/v1/{PLACES[kind]}/{{id}}", {"id": id})
    return thing and (thing.what if kind == "commitment" else thing.title)
