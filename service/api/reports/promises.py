"""/v1/reports/time-to-action: how soon what was promised is acted on."""

from __future__ import annotations

from projections import time_to_action as read
from service.api.reports.period import About, Cohorts, times
from service.api.routes import Question, Routes

routes = Routes("reports")


class TimeToActionAnswer(About, frozen=True, kw_only=True):
    """How long after conversations action followed; what has not happened yet is counted as not yet."""

    by: str | None
    rows: list[read.Row]
    suppressed: list[str]


@routes.get("/v1/reports/time-to-action")
async def time_to_action(question: Question[Cohorts]) -> TimeToActionAnswer:
    """How many days after a conversation the first action followed; conversations still open are not dropped."""
    asked, when = question.filters, times(question)
    async with question.rooms.read_models.read() as db:
        found = await read.time_to_action(db, **when, by=asked.by)
    return TimeToActionAnswer(
        definition=read.DEFINITION,
        caveats=list(read.CAVEATS),
        **when,
        by=asked.by,
        rows=list(found.rows),
        suppressed=list(found.suppressed),
    )
