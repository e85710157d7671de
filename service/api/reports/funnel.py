"""/v1/reports/funnel: whether conversations turned into action."""

from __future__ import annotations

from typing import Literal

from projections import funnel as read
from service.api.reports.period import About, Period, times
from service.api.routes import Question, Routes

routes = Routes("reports")


class ByCohort(Period, frozen=True, kw_only=True):
    """Conversations by the month they were held in, their format, or the type of organisation that convened them."""

    by: Literal["month", "format", "organisation_type"] = "month"


class FunnelAnswer(About, frozen=True, kw_only=True):
    """How far the conversations of each cohort have led, with what that means and what it does not."""

    by: str
    rows: list[read.Row]
    elsewhere: read.Commitments
    suppressed: list[str]


@routes.get("/v1/reports/funnel")
async def funnel(question: Question[ByCohort]) -> FunnelAnswer:
    """Of the conversations held: how many led to a request, a promise, an action, and to something that lasted."""
    asked, when = question.filters, times(question)
    async with question.rooms.read_models.read() as db:
        found = await read.funnel(db, **when, by=asked.by)
    return FunnelAnswer(
        definition=read.DEFINITION,
        caveats=list(read.CAVEATS),
        **when,
        by=asked.by,
        rows=list(found.rows),
        elsewhere=found.elsewhere,
        suppressed=list(found.suppressed),
    )
