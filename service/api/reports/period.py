"""Which time a report is about: what had happened by then, and what had been recorded by then."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Any, Literal, TypedDict

import msgspec
from msgspec import Meta

from service.api.fields import Filters
from service.api.routes import Question
from service.domain.days import LONDON
from service.domain.refusals import Invalid

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


class Cohorts(Period, frozen=True, kw_only=True):
    """The same, apart by month, by format or by the type of organisation; or all together."""

    by: Literal["month", "format", "organisation_type"] | None = None


class Times(TypedDict):
    """The time a report is about, as moments."""

    as_of: datetime
    known_at: datetime
    since: datetime | None


def times(question: Question[Any]) -> Times:
    """What was asked for: of a day its last moment, and where nothing was said, now."""
    asked: Period = question.filters
    now = question.rooms.clock()
    return Times(
        as_of=_end("as_of", asked.as_of) or now,
        known_at=_end("known_at", asked.known_at) or now,
        since=_moment("since", asked.since, timedelta()),
    )


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What every report says of itself: what it means, what it does not, and which time it is about."""

    definition: str
    caveats: list[str]
    as_of: datetime
    known_at: datetime
    since: datetime | None


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
