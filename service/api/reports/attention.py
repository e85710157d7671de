"""/v1/reports/attention: how many promises may want looking at. Which ones, their parties see on their own pages."""

from __future__ import annotations

from datetime import date

import msgspec

from projections import my_page
from service.api.routes import Routes, Visit
from service.domain.days import london_day

routes = Routes("reports")

DEFINITION = (
    "Of the promises under way today: how many are due within seven days, how many are past their date, for how many"
    " whoever promised it says that they are stuck, and of how many nothing was heard for thirty days. One promise may"
    " count in several."
)
CAVEATS = [
    "None of these is a judgement: the parties know why, and nobody else is told which promises these are.",
    "It is as of today: what needs attention passes.",
]


class AttentionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How many promises are due soon, overdue, stuck, or silent."""

    definition: str
    caveats: list[str]
    today: date
    due_soon: int
    overdue: int
    stuck: int
    silent: int


@routes.get("/v1/reports/attention")
async def attention(visit: Visit) -> AttentionAnswer:
    """How many promises may want looking at; which ones is for their parties."""
    today = london_day(visit.rooms.clock())
    async with visit.rooms.read_models.read() as db:
        counts = await my_page.needing_attention(db, today)
    return AttentionAnswer(definition=DEFINITION, caveats=CAVEATS, today=today, **counts)
