"""The kept rate: of the promises that have come due, how many were kept, between what is known and what may yet be."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from datetime import date, datetime
from typing import Any, Literal

import msgspec
import numpy as np

from projections import funnel
from projections.cohorts import formats, organisation_types
from projections.columns import NONE, Column, Facts, Names, Table, tally
from projections.counting import FEWEST, By, Span, moment_of, span, telling_rows, ticks
from projections.promises import BECAME, became, promises_of
from projections.reader import Reader
from projections.shelf import Batch
from service.domain.days import london_day
from service.domain.events import (
    ENDS,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    CompletionDeclared,
    CompletionReturned,
    ConfirmationLapsed,
    Event,
    OfferAccepted,
    TermsRenegotiated,
)

NAME = "kept_rate"
VERSION = 1
TABLES = """
CREATE TABLE kept_rate (
    position INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    occurred INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    day TEXT NOT NULL,
    due TEXT,
    performer TEXT,
    to_oneself INTEGER,
    conversation TEXT
)
"""

DEFINITION = (
    "Of the promises due by the date of the report, less those released on or before their due date: how many were"
    " confirmed as kept. What is overdue, declared but not confirmed, or lapsed is unknown; `lower` counts all of it as"
    " not kept and `upper` all of it as kept, so the truth lies between. It is counted twice: by the date first agreed,"
    " which is never lost, and by the date agreed last. `in_time` is how many of the kept were declared done by that"
    " date. Promises to oneself are self-assessed and counted apart."
)
CAVEATS = (
    "There is no rate for fewer than five promises.",
    "A promise taken back, found or admitted not kept, or released after its date counts as not kept. None of these is"
    " a failing in itself.",
    "Whoever promises only what is easy keeps more of it: a high rate is not a goal.",
    "By month is the month a promise was due in, by format that of the conversation it came from, and by type of"
    " organisation that of whoever promised.",
    "It is about the network; nobody is shown another person's rate.",
)

Basis = Literal["first", "latest"]
Place = tuple[str, Basis, bool]
"""A cohort, by which date, and whether the promises are to oneself."""

ALL = "all"

_FACT = "INSERT INTO kept_rate VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """Promises due, and what became of them; None where a number is not shown."""

    due: int | None
    released_before_due: int | None
    counted: int | None
    kept: int | None
    in_time: int | None
    not_kept: int | None
    unknown: int | None
    lower: float | None
    upper: float | None


NOTHING_SHOWN = Rate(**dict.fromkeys(Rate.__struct_fields__))


class SelfAssessed(msgspec.Struct, frozen=True, kw_only=True):
    """Promises to oneself."""

    by_first_date: Rate
    by_latest_date: Rate


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One cohort of promises to somebody else, and beside them those to oneself."""

    cohort: str
    by_first_date: Rate
    by_latest_date: Rate
    self_assessed: SelfAssessed


class KeptRate(msgspec.Struct, frozen=True, kw_only=True):
    """The rows, and the names of what is not shown."""

    rows: tuple[Row, ...]
    suppressed: tuple[str, ...] = ()


async def project(batch: Batch, event: Event) -> None:
    match event:
        case CommitmentRequested() | CommitmentOffered():
            _put(batch, event, "opened", conversation=_conversation(event))
        case CommitmentPledged():
            _put(batch, event, "promised", **_promised(event), conversation=_conversation(event))
        case CommitmentPromised() | OfferAccepted():
            _put(batch, event, "promised", **_promised(event))
        case TermsRenegotiated():
            _put(batch, event, "renegotiated", due=event.terms.due.isoformat())
        case CompletionDeclared():
            _put(batch, event, "declared")
        case CompletionReturned():
            _put(batch, event, "returned")
        case ConfirmationLapsed():
            _put(batch, event, "unconfirmed")
        case CompletionConfirmed():
            _put(batch, event, "kept")
        case _ if type(event) in ENDS:
            _put(batch, event, ENDS[type(event)])


def _promised(event: CommitmentPledged | CommitmentPromised | OfferAccepted) -> dict[str, Any]:
    to_oneself = event.performer == event.beneficiary
    return {"due": event.terms.due.isoformat(), "performer": event.performer.hex, "to_oneself": int(to_oneself)}


def _conversation(event: CommitmentRequested | CommitmentOffered | CommitmentPledged) -> str | None:
    return event.origin.id.hex if event.origin.type == "conversation" and event.origin.id else None


def _put(batch: Batch, event: Event, what: str, **facts: Any) -> None:
    times = (ticks(event.occurred_at), ticks(event.recorded_at), london_day(event.occurred_at).isoformat())
    told = (facts.get(name) for name in ("due", "performer", "to_oneself", "conversation"))
    batch.put(_FACT, event.position, what, event.originator_id.hex, *times, *told)


FACTS = Table(NAME, ("what", "id", "performer", "conversation"), numbers=("to_oneself",), days=("day", "due"))


async def kept_rate(
    db: Reader,
    *,
    as_of: datetime,
    known_at: datetime,
    since: datetime | None = None,
    by: By | None = None,
) -> KeptRate:
    """What had become by `as_of` of the promises due from `since` on, as far as was known at `known_at`."""
    asked = span(as_of=as_of, known_at=known_at, since=since)
    from_day = _number_of(london_day(since)) if since else 0
    to_day = _number_of(london_day(moment_of(asked["as_of"])))
    facts, told = await db.facts(FACTS), await db.facts(funnel.FACTS)
    counted = await asyncio.to_thread(_counted, facts, told, asked, from_day, to_day, by)
    rates = {place: _rate(counts) for place, counts in counted.items()}
    cohorts = sorted({cohort for cohort, _, _ in rates})
    nothing = NOTHING_SHOWN if by == "organisation_type" else _rate({})
    hidden = _hidden(rates) if by == "organisation_type" else ()
    if by == "organisation_type":
        rates = {place: NOTHING_SHOWN if place in hidden else _without_details(rate) for place, rate in rates.items()}
    return KeptRate(
        rows=tuple(_row(cohort, rates, nothing) for cohort in cohorts),
        suppressed=tuple(f"{cohort}.{_name(basis, to_oneself)}" for cohort, basis, to_oneself in hidden),
    )


def _counted(
    facts: Facts, told: Facts, asked: Span, from_day: int, to_day: int, by: By | None
) -> dict[Place, dict[str, int]]:
    """How many of those due in that time became what, by the first date and by the latest."""
    counts: dict[Place, dict[str, int]] = defaultdict(dict)
    promises = promises_of(facts, asked)
    to_oneself = facts["to_oneself"][promises.row]
    dates: tuple[tuple[Basis, Column], ...] = (("first", promises.first), ("latest", promises.latest))
    for basis, due in dates:
        within = (from_day <= due) & (due <= to_day)
        cohorts = _cohorts(facts, told, promises.row, due, by)
        kinds = (cohorts, to_oneself, became(promises, due, facts.names))
        for (cohort, oneself, end), count in tally(*(column[within] for column in kinds)):
            counts[_cohort(cohort, facts.names, by), basis, bool(oneself)][BECAME[end]] = count
    return counts


def _cohorts(facts: Facts, told: Facts, row: Column, due: Column, by: By | None) -> Column:
    match by:
        case "month":
            return due // 100
        case "format":
            opened = facts.last(facts["conversation"] != NONE)[facts["id"][row]]
            return formats(told, np.where(opened == NONE, NONE, facts["conversation"][opened]))
        case "organisation_type":
            return organisation_types(told, facts["performer"][row], facts["position"][row])
    return np.zeros(len(row), dtype=np.int64)


def _cohort(number: int, names: Names, by: By | None) -> str:
    if by == "month":
        return f"{number // 100:04}-{number % 100:02}"
    return names.text(number) if by else ALL


def _number_of(day: date) -> int:
    """A day as the columns have it."""
    return int(f"{day:%Y%m%d}")


def _rate(counts: dict[str, int]) -> Rate:
    in_time, released = counts.get("in_time", 0), counts.get("released_before_due", 0)
    kept, not_kept, unknown = counts.get("kept", 0) + in_time, counts.get("not_kept", 0), counts.get("unknown", 0)
    counted = kept + not_kept + unknown
    return Rate(
        due=counted + released,
        released_before_due=released,
        counted=counted,
        kept=kept,
        in_time=in_time,
        not_kept=not_kept,
        unknown=unknown,
        lower=kept / counted if counted >= FEWEST else None,
        upper=(kept + unknown) / counted if counted >= FEWEST else None,
    )


def _row(cohort: str, rates: dict[Place, Rate], nothing: Rate) -> Row:
    def rate(basis: Basis, to_oneself: bool) -> Rate:
        return rates.get((cohort, basis, to_oneself)) or nothing

    return Row(
        cohort=cohort,
        by_first_date=rate("first", False),
        by_latest_date=rate("latest", False),
        self_assessed=SelfAssessed(by_first_date=rate("first", True), by_latest_date=rate("latest", True)),
    )


def _without_details(rate: Rate) -> Rate:
    """By organisation, what is counted in passing is not shown: it is small more often than not."""
    return msgspec.structs.replace(rate, due=None, released_before_due=None, in_time=None)


def _hidden(rates: dict[Place, Rate]) -> tuple[Place, ...]:
    """By organisation: every rate in which a number is small, and what would give it away."""
    places: list[Place] = []
    for basis, to_oneself in sorted({(basis, to_oneself) for _, basis, to_oneself in rates}):
        numbers = {
            cohort: (rate.kept or 0, rate.not_kept or 0, rate.unknown or 0)
            for (cohort, *of), rate in rates.items()
            if of == [basis, to_oneself]
        }
        places += [(cohort, basis, to_oneself) for cohort in telling_rows(numbers)]
    return tuple(sorted(places))


def _name(basis: Basis, to_oneself: bool) -> str:
    return f"{'self_assessed.' if to_oneself else ''}by_{basis}_date"
