"""Whether the record is whole: verified with one button, and what that means."""

from __future__ import annotations

from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("ledger")


@pages.page("/ledger", "reports/ledger.html")
async def ledger(visit: Visit) -> Shows:
    """Where the record stands, and, for a lead who asks, whether it is what was recorded."""
    asked = "verify" in visit.request.query
    return {
        "checkpoint": await visit.get("/v1/audit/checkpoint"),
        "verified": await visit.get("/v1/audit/verification") if asked else None,
    }
