"""The funnel: of the conversations that were held, how many led to a request or offer, a promise, an action, and on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from projections.columns import NONE, Column, Facts, Table, tally
from projections.commitment_view import STAGES
from projections.counting import TICK, By, Span, span, ticks, too_telling
from projections.held import held
from projections.reader import Reader
from projections.shelf import Batch
from service.domain.days import REVIEW_AFTER, london_day
from service.domain.events import (
    ActionTaken,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    DirectorJoined,
    Event,
    OfferAccepted,
    OrganisationChanged,
    OutcomeReported,
    OutcomeReviewed,
    SeedNoted,
)

NAME = "funnel"
VERSION = 3
TABLES = """
CREATE TABLE funnel (
    position INTEGER PRIMARY KEY,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    occurred INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    stage INTEGER,
    conversation TEXT,
    label TEXT,
    person TEXT
);
CREATE INDEX funnel_id ON funnel (id, what);
CREATE INDEX funnel_person ON funnel (person, what, position) WHERE person IS NOT NULL
"""

DEFINITION = (
    "Of the conversations held in a period: how many led to at least one request, offer or pledge (asked), and how many"
    " of those to one that was promised, acted on, confirmed as kept, had an outcome reported, and was found to have"
    " lasted (sustained). Whatever got as far as one of these counts for all before it. Beside them the commitments"
    " themselves, each counted once, with the conversation it came from."
)
CAVEATS = (
    "A commitment counts here when it names the conversation it came from; all others are counted as elsewhere.",
    "What follows a conversation need not have been caused by it.",
    "A cohort is immature while its last conversation was held less than 90 days before the date of the report:"
    " much of what will follow cannot have happened yet.",
    "Nothing is lost that nobody told us: what was done and not written down is missing.",
    "`as_of` is what had happened by then, `known_at` what had been recorded by then; something told late counts when"
    " it happened, once it is known.",
)

FACTS = Table(NAME, ("what", "id", "conversation", "label", "person"), numbers=("stage",))

_FACT = "INSERT INTO funnel VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Commitments(msgspec.Struct, kw_only=True):
    """How many commitments got how far; None where the number is not shown."""

    asked: int | None = 0
    promised: int | None = 0
    acted: int | None = 0
    kept: int | None = 0
    outcome: int | None = 0
    sustained: int | None = 0


class Conversations(Commitments, kw_only=True):
    """How many conversations have at least one commitment that got so far, and in how many a seed was noted."""

    held: int | None = 0
    seeded: int | None = 0


class Row(msgspec.Struct, kw_only=True):
    """One cohort of conversations."""

    cohort: str
    conversations: Conversations
    commitments: Commitments
    immature: bool


class Funnel(msgspec.Struct, frozen=True, kw_only=True):
    """The rows, what came from elsewhere, and the names of the numbers that are not shown."""

    rows: tuple[Row, ...]
    elsewhere: Commitments
    suppressed: tuple[str, ...] = ()


async def project(batch: Batch, event: Event) -> None:
    match event:
        case DirectorJoined() | OrganisationChanged():
            _put(batch, event, "belongs", label=event.organisation_type, person=event.originator_id.hex)
        case ConversationConvened():
            _put(batch, event, "convened", label=event.format, person=event.by.hex if event.by else None)
        case ConversationHeld():
            _put(batch, event, "held", label=f"{london_day(event.occurred_at):%Y-%m}")
        case ConversationCancelled():
            _put(batch, event, "cancelled")
        case SeedNoted():
            _put(batch, event, "seeded")
        case CommitmentRequested() | CommitmentOffered() | CommitmentPledged():
            cited = event.origin.id.hex if event.origin.type == "conversation" and event.origin.id else None
            stage = "promised" if isinstance(event, CommitmentPledged) else "asked"
            _put(batch, event, "opened", stage=stage, conversation=cited)
        case CommitmentPromised() | OfferAccepted():
            _put(batch, event, "reached", stage="promised")
        case ActionTaken():
            _put(batch, event, "reached", stage="acted")
        case CompletionConfirmed():
            _put(batch, event, "reached", stage="kept")
        case OutcomeReported():
            _put(batch, event, "reached", stage="outcome")
        case OutcomeReviewed(verdict="sustained"):
            _put(batch, event, "reached", stage="sustained")


def _put(batch: Batch, event: Event, what: str, *, stage: Any = None, **facts: str | None) -> None:
    times = (ticks(event.occurred_at), ticks(event.recorded_at))
    told = (facts.get("conversation"), facts.get("label"), facts.get("person"))
    reached = STAGES.index(stage) if stage else None
    batch.put(_FACT, event.position, what, event.originator_id.hex, *times, reached, *told)


async def funnel(
    db: Reader,
    *,
    as_of: datetime,
    known_at: datetime,
    since: datetime | None = None,
    by: By = "month",
) -> Funnel:
    """How far things got by `as_of`, as far as was known at `known_at`, cohort by cohort."""
    asked = span(as_of=as_of, known_at=known_at, since=since)
    return await asyncio.to_thread(_counted, await db.facts(FACTS), asked, by)


def _counted(told: Facts, asked: Span, by: By) -> Funnel:
    conversations = held(told, asked)
    cohorts, place = np.unique(conversations.cohorts[by], return_inverse=True)
    rows = [_empty(told.names.text(cohort)) for cohort in cohorts.tolist()]
    for number, row in enumerate(rows):
        theirs = place == number
        _add(row.conversations, held=int(theirs.sum()), seeded=int(conversations.seeded[theirs].sum()))
        latest = int(conversations.occurred[theirs].max())
        row.immature = asked["as_of"] - latest < REVIEW_AFTER // TICK
    # What no conversation led to is counted in the last place of each: NONE points there.
    place_of = np.full(told.size + 1, len(rows))
    place_of[conversations.id] = place
    elsewhere = Commitments()
    groups = [*(row.commitments for row in rows), elsewhere]
    conversation, stage = _furthest(told, asked)
    for (cohort, furthest), count in tally(place_of[conversation], stage):
        _add(groups[cohort], **_stages(furthest, count))
    best = np.full(told.size + 1, NONE)
    np.maximum.at(best, conversation, stage)
    led = conversations.id[best[conversations.id] != NONE]
    for (cohort, furthest), count in tally(place_of[led], best[led]):
        _add(rows[cohort].conversations, **_stages(furthest, count))
    listed = tuple(sorted(rows, key=lambda row: row.cohort))
    suppressed = _suppress(listed) if by == "organisation_type" else ()
    return Funnel(rows=listed, elsewhere=elsewhere, suppressed=suppressed)


def _furthest(told: Facts, asked: Span) -> tuple[Column, Column]:
    """Of each commitment the conversation it came from, or NONE, and how far it had got."""
    which = told.had_happened(asked) & (told["stage"] != NONE)
    stages = np.full(told.size, NONE)
    np.maximum.at(stages, told["id"][which], told["stage"][which])
    cited = told.last(told["conversation"] != NONE)
    begun = np.flatnonzero(stages != NONE)
    return np.where(cited[begun] == NONE, NONE, told["conversation"][cited[begun]]), stages[begun]


def _empty(cohort: str) -> Row:
    return Row(cohort=cohort, conversations=Conversations(), commitments=Commitments(), immature=False)


def _stages(furthest: int, count: int) -> dict[str, int]:
    return dict.fromkeys(STAGES[: furthest + 1], count)


def _add(counts: Commitments, **more: int) -> None:
    for name, count in more.items():
        setattr(counts, name, getattr(counts, name) + count)


def _suppress(rows: Iterable[Row]) -> tuple[str, ...]:
    """Hides what is below five, and whatever more it takes that no total gives it away."""
    hidden: list[str] = []
    for group in ("conversations", "commitments"):
        cells = {row.cohort: getattr(row, group) for row in rows}
        for name in Conversations.__struct_fields__ if group == "conversations" else Commitments.__struct_fields__:
            for cohort in too_telling({cohort: getattr(counts, name) for cohort, counts in cells.items()}):
                setattr(cells[cohort], name, None)
                hidden.append(f"{cohort}.{group}.{name}")
    return tuple(hidden)
