"""/v1/reports/achieved: what the network has achieved, for anybody; and the events behind each number."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import urlencode

import msgspec

from projections import achieved as read
from service.api.answers import Page, page
from service.api.circle import sets_of
from service.api.fields import Line
from service.api.reports.period import About, Cohorts, Times, times
from service.api.routes import Question, Routes

routes = Routes("reports")

EVENTS = "/v1/reports/achieved/events"


class AchievedRow(msgspec.Struct, frozen=True, kw_only=True):
    """One number in words, and where the events it counts are found."""

    cohort: str
    what: str
    says: str
    count: int | None
    events: str


class AchievedAnswer(About, frozen=True, kw_only=True):
    """What has been achieved, since when and as of when."""

    by: str | None
    rows: list[AchievedRow]
    suppressed: list[str]


class Behind(Cohorts, frozen=True, kw_only=True):
    """Which number, and of which cohort if it was taken apart."""

    of: read.Number
    cohort: Line | None = None


@routes.get("/v1/reports/achieved")
async def achieved(question: Question[Cohorts]) -> AchievedAnswer:
    """What the network has achieved: open to anybody, each number with the way down to the events it counts."""
    asked, when = question.filters, times(question)
    async with question.rooms.read_models.read() as db:
        found = await read.achieved(db, **when, by=asked.by)
    return AchievedAnswer(
        definition=read.DEFINITION,
        caveats=list(read.CAVEATS),
        **when,
        by=asked.by,
        rows=[
            AchievedRow(
                cohort=row.cohort,
                what=row.what,
                says=read.SAYS[row.what],
                count=row.count,
                events=_way_down(row, when, asked.by),
            )
            for row in found.rows
        ],
        suppressed=list(found.suppressed),
    )


@routes.get(EVENTS)
async def events(question: Question[Behind]) -> Page[read.Counted]:
    """The events one number counts: those of what you may know of."""
    asked, when = question.filters, times(question)
    mine = await sets_of(question)
    async with question.rooms.read_models.read() as db:
        found, after = await read.events(
            db,
            **when,
            of=asked.of,
            by=asked.by,
            cohort=asked.cohort,
            viewer=question.viewer,
            sets=mine,
            is_convenor=question.has_role("convenor"),
            is_lead=question.has_role("lead"),
            after=question.after,
            limit=question.limit,
        )
    return page(found, after)


def _way_down(row: read.Row, when: Times, by: str | None) -> str:
    asked = {"of": row.what, "as_of": _written(when["as_of"]), "known_at": _written(when["known_at"])}
    if when["since"]:
        asked["since"] = _written(when["since"])
    if by:
        asked |= {"by": by, "cohort": row.cohort}
    return f"{EVENTS}?{urlencode(asked)}"


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
