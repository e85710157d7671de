"""/v1/reports/time-to-action and /v1/reports/kept-rate: how soon promises are acted on, and how many are kept."""

from __future__ import annotations

from projections import kept_rate as kept
from projections import time_to_action as soon
from service.api.reports.period import About, Cohorts, times
from service.api.routes import Question, Routes

routes = Routes("reports")


class TimeToActionAnswer(About, frozen=True, kw_only=True):
    """How long after conversations action followed; what has not happened yet is counted as not yet."""

    by: str | None
    rows: list[soon.Row]
    suppressed: list[str]


class KeptRateAnswer(About, frozen=True, kw_only=True):
    """Of the promises due: how many were kept at least, and how many at most."""

    by: str | None
    rows: list[kept.Row]
    suppressed: list[str]


@routes.get("/v1/reports/time-to-action")
async def time_to_action(question: Question[Cohorts]) -> TimeToActionAnswer:
    """How many days after a conversation the first action followed; conversations still open are not dropped."""
    asked, when = question.filters, times(question)
    async with question.rooms.read_models.read() as db:
        found = await soon.time_to_action(db, **when, by=asked.by)
    return TimeToActionAnswer(
        definition=soon.DEFINITION,
        caveats=list(soon.CAVEATS),
        **when,
        by=asked.by,
        rows=list(found.rows),
        suppressed=list(found.suppressed),
    )


@routes.get("/v1/reports/kept-rate")
async def kept_rate(question: Question[Cohorts]) -> KeptRateAnswer:
    """Of the promises that came due: how many were kept, at least and at most, by the first date and by the latest."""
    asked, when = question.filters, times(question)
    async with question.rooms.read_models.read() as db:
        found = await kept.kept_rate(db, **when, by=asked.by)
    return KeptRateAnswer(
        definition=kept.DEFINITION,
        caveats=list(kept.CAVEATS),
        **when,
        by=asked.by,
        rows=list(found.rows),
        suppressed=list(found.suppressed),
    )
