"""/v1/reports: whether conversations turned into action."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from projections import funnel as read
from service.api.fields import Filters
from service.api.routes import Question, Routes
from service.domain.days import LONDON
from service.domain.refusals import Invalid

routes = Routes("reports")

WHEN = "a time with its offset, such as 2026-03-31T09:00:00+01:00, or a day, such as 2026-03-31"
When = Annotated[
    str,
    Meta(
        description=WHEN,
        extra_json_schema={"anyOf": [{"format": "date-time"}, {"format": "date"}]},
    ),
]


class Period(Filters, frozen=True, kw_only=True):
    """What had happened by `as_of`, as far as it had been recorded by `known_at`, from `since` on."""

    as_of: When | None = None
    known_at: When | None = None
    since: When | None = None
    by: Literal["month", "format", "organisation_type"] = "month"


class FunnelAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """How far the conversations of each cohort have led, with what that means and what it does not."""

    definition: str
    caveats: list[str]
    as_of: datetime
    known_at: datetime
    since: datetime | None
    by: str
    rows: list[read.Row]
    elsewhere: read.Commitments
    suppressed: list[str]


@routes.get("/v1/reports/funnel")
async def funnel(question: Question[Period]) -> FunnelAnswer:
    """Of the conversations held: how many led to a request, a promise, an action, and to something that lasted."""
    asked, now = question.filters, question.rooms.clock()
    as_of = _end("as_of", asked.as_of) or now
    known_at = _end("known_at", asked.known_at) or now
    since = _moment("since", asked.since, timedelta())
    async with question.rooms.read_models.read() as db:
        found = await read.funnel(db, as_of=as_of, known_at=known_at, since=since, by=asked.by)
    return FunnelAnswer(
        definition=read.DEFINITION,
        caveats=list(read.CAVEATS),
        as_of=as_of,
        known_at=known_at,
        since=since,
        by=asked.by,
        rows=list(found.rows),
        elsewhere=found.elsewhere,
        suppressed=list(found.suppressed),
    )


def _end(field: str, said: str | None) -> datetime | None:
    """The moment said; of a day, its last."""
    return _moment(field, said, timedelta(days=1, microseconds=-1))


def _moment(field: str, said: str | None, into_the_day: timedelta) -> datetime | None:
    """A moment as it was said, or so far into a day as the network lives it (in London)."""
    if said is None:
        return None
    try:
        if len(said) == 10:
            return (datetime.combine(date.fromisoformat(said), time(), LONDON) + into_the_day).astimezone(UTC)
        moment: datetime = msgspec.convert(said, Annotated[datetime, Meta(tz=True)])
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid(
            field, "This should be a time with its offset, such as 2026-03-31T09:00:00+01:00, or a day."
        ) from None
