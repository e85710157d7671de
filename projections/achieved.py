"""What the network has achieved: each number with the events it counts, for whoever may know of them."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import aiosqlite
import msgspec
import numpy as np

from projections import funnel
from projections.cohorts import ELSEWHERE, UNKNOWN, formats, organisation_types
from projections.columns import NONE, Column, Facts, Table, distinct, tally
from projections.counting import By, Span, moment_of, span, ticks, too_telling
from projections.reader import Reader
from projections.shelf import Batch, listed
from service.domain.days import london_day
from service.domain.events import (
    ActionTaken,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    ConversationCancelled,
    ConversationHeld,
    Event,
    OfferAccepted,
    OutcomeReported,
    OutcomeReviewed,
    ProblemResolved,
    SetFormed,
)

NAME = "achieved"
VERSION = 1
TABLES = """
CREATE TABLE achieved (
    position INTEGER NOT NULL,
    what TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    event TEXT NOT NULL,
    occurred INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    month TEXT NOT NULL,
    who TEXT,
    conversation TEXT,
    PRIMARY KEY (position, what)
) WITHOUT ROWID;
CREATE INDEX achieved_what ON achieved (what, position);
CREATE INDEX achieved_id ON achieved (id) WHERE conversation IS NOT NULL
"""

DEFINITION = (
    "What happened from the first day to the last: each conversation, set, problem and commitment counts once in every"
    " number it belongs to, when something of that kind happened to it in that time. Whoever may know of a thing can"
    " follow the number down to the events it counts."
)
CAVEATS = (
    "What was promised in this time may be kept later, so the numbers are not shares of one another: for that see the"
    " funnel.",
    "Taken apart by month, something that happened in two months counts in both.",
    "That a promise was kept does not say what came of it; what came of it need not have come of it alone.",
    "What was done and not written down is missing. Nothing here is a target.",
)

Number = Literal[
    "conversations_held",
    "sets_formed",
    "asked",
    "promised",
    "acted_on",
    "kept",
    "early_signs",
    "local_changes",
    "system_changes",
    "sustained",
    "drifted_back",
    "problems_resolved",
]
SAYS: dict[Number, str] = {
    "conversations_held": "conversations were held",
    "sets_formed": "sets of people came together",
    "asked": "requests, offers and pledges were made",
    "promised": "promises were made",
    "acted_on": "promises were acted on",
    "kept": "promises were confirmed as kept",
    "early_signs": "kept promises showed an early sign of change",
    "local_changes": "kept promises changed something where they were made",
    "system_changes": "kept promises changed something for everybody",
    "sustained": "changes were found to have lasted",
    "drifted_back": "changes were found to have drifted back",
    "problems_resolved": "problems were resolved",
}
ALL, CALLED_OFF = "all", "called_off"
_SCALES: dict[str, Number] = {
    "early_sign": "early_signs",
    "local_change": "local_changes",
    "system_change": "system_changes",
}
_VERDICTS: dict[str, Number] = {"sustained": "sustained", "drifted_back": "drifted_back"}

FACTS = Table(NAME, ("what", "id", "month", "who", "conversation"))

_FACT = "INSERT INTO achieved VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One number of one cohort; None where it is not shown."""

    cohort: str
    what: Number
    count: int | None


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """One event behind a number: what it is about, by its kind and id."""

    position: int
    event: str
    at: datetime
    kind: Literal["conversation", "set", "commitment", "problem"]
    id: UUID


class Achieved(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers, and the names of those that are not shown."""

    rows: tuple[Row, ...]
    suppressed: tuple[str, ...] = ()


async def project(batch: Batch, event: Event) -> None:
    match event:
        case ConversationHeld():
            _put(batch, event, "conversations_held", "conversation", conversation=event.originator_id)
        case ConversationCancelled():
            _put(batch, event, CALLED_OFF, "conversation")
        case SetFormed():
            _put(batch, event, "sets_formed", "set")
        case ProblemResolved():
            _put(batch, event, "problems_resolved", "problem")
        case CommitmentRequested() | CommitmentOffered() | CommitmentPledged():
            cited = event.origin.id if event.origin.type == "conversation" else None
            _put(batch, event, "asked", "commitment", conversation=cited)
            if isinstance(event, CommitmentPledged):
                _put(batch, event, "promised", "commitment", conversation=cited)
        case CommitmentPromised() | OfferAccepted():
            _put(batch, event, "promised", "commitment")
        case ActionTaken():
            _put(batch, event, "acted_on", "commitment")
        case CompletionConfirmed():
            _put(batch, event, "kept", "commitment")
        case OutcomeReported(scale=scale) if scale in _SCALES:
            _put(batch, event, _SCALES[scale], "commitment")
        case OutcomeReviewed(verdict=verdict) if verdict in _VERDICTS:
            _put(batch, event, _VERDICTS[verdict], "commitment")


def _put(batch: Batch, event: Event, what: str, kind: str, *, conversation: UUID | None = None) -> None:
    times = (ticks(event.occurred_at), ticks(event.recorded_at), f"{london_day(event.occurred_at):%Y-%m}")
    who, cited = (id.hex if id else None for id in (event.by, conversation))
    batch.put(_FACT, event.position, what, kind, event.originator_id.hex, type(event).__name__, *times, who, cited)


_COHORT: dict[By | None, str] = {
    None: f"'{ALL}'",
    "month": "fact.month",
    "format": f"""coalesce((SELECT convened.label FROM achieved AS cited
        JOIN funnel AS convened ON convened.id = cited.conversation AND convened.what = 'convened'
        WHERE cited.id = fact.id AND cited.conversation IS NOT NULL LIMIT 1), '{ELSEWHERE}')""",
    "organisation_type": f"""coalesce((SELECT label FROM funnel AS belongs
        WHERE belongs.what = 'belongs' AND belongs.person = fact.who AND belongs.position < fact.position
        ORDER BY belongs.position DESC LIMIT 1), '{UNKNOWN}')""",
}
_WITHIN = f"""
FROM achieved AS fact
WHERE fact.what != '{CALLED_OFF}' AND fact.occurred BETWEEN :since AND :as_of AND fact.recorded <= :known_at
    AND NOT (fact.what = 'conversations_held' AND EXISTS (SELECT 1 FROM achieved AS off
        WHERE off.what = '{CALLED_OFF}' AND off.id = fact.id
        AND off.occurred <= :as_of AND off.recorded <= :known_at))
"""


async def achieved(
    db: Reader,
    *,
    as_of: datetime,
    known_at: datetime,
    since: datetime | None = None,
    by: By | None = None,
) -> Achieved:
    """What had been achieved from `since` to `as_of`, as far as was known at `known_at`; noughts too."""
    asked = span(as_of=as_of, known_at=known_at, since=since)
    facts, told = await db.facts(FACTS), await db.facts(funnel.FACTS)
    counts = await asyncio.to_thread(_counted, facts, told, asked, by)
    cohorts = sorted(counts) if by else [ALL]
    hidden = _hidden(counts) if by == "organisation_type" else set()
    return Achieved(
        rows=tuple(
            Row(cohort=cohort, what=what, count=None if (cohort, what) in hidden else counts[cohort].get(what, 0))
            for cohort in cohorts
            for what in SAYS
        ),
        suppressed=tuple(sorted(f"{cohort}.{what}" for cohort, what in hidden)),
    )


def _counted(facts: Facts, told: Facts, asked: Span, by: By | None) -> dict[str, dict[str, int]]:
    """How many things of each cohort count in each number: each once, however often it happened to it."""
    happened, off = facts.had_happened(asked), facts.are(CALLED_OFF)
    called_off = facts.last(happened & off)[facts["id"]] != NONE
    within = happened & (facts["occurred"] >= asked["since"]) & ~off
    rows = np.flatnonzero(within & ~(facts.are("conversations_held") & called_off))
    once, _ = distinct(np.stack([_cohorts(facts, told, rows, by), facts["what"][rows], facts["id"][rows]]))
    counts: dict[str, dict[str, int]] = defaultdict(dict)
    for (cohort, what), count in tally(once[0], once[1]):
        counts[facts.names.text(cohort) if by else ALL][facts.names.text(what)] = count
    return counts


def _cohorts(facts: Facts, told: Facts, rows: Column, by: By | None) -> Column:
    match by:
        case "month":
            return facts["month"][rows]
        case "format":
            cited = facts.last(facts["conversation"] != NONE)[facts["id"][rows]]
            return formats(told, np.where(cited == NONE, NONE, facts["conversation"][cited]))
        case "organisation_type":
            return organisation_types(told, facts["who"][rows], facts["position"][rows])
    return np.zeros(len(rows), dtype=np.int64)


def _hidden(counts: dict[str, dict[str, int]]) -> set[tuple[str, Number]]:
    return {
        (cohort, what)
        for what in SAYS
        for cohort in too_telling({name: of.get(what, 0) for name, of in counts.items()})
    }


# Who may know of what is said once more, in the words of each noun's own page.
_KNOWN = """
AND (
    (kind = 'conversation' AND id IN (SELECT id FROM conversations WHERE :member AND (set_id IS NULL
        OR set_id IN (SELECT value FROM json_each(:sets))
        OR created IN (SELECT created FROM conversations_people WHERE person = :viewer))))
    OR (kind = 'set' AND (:convenor OR id IN (SELECT value FROM json_each(:sets))))
    OR (kind = 'problem' AND id IN (SELECT id FROM problems WHERE owner = :viewer
        OR tier IN (SELECT value FROM json_each(:tiers))
        OR (tier = 'set' AND created IN (SELECT created FROM problems_people WHERE person = :viewer))))
    OR (kind = 'commitment' AND id IN (SELECT id FROM commitments WHERE tier IN (SELECT value FROM json_each(:tiers))
        OR created IN (SELECT created FROM commitments_people WHERE person = :viewer)
        OR (tier = 'set' AND (:lead OR set_id IN (SELECT value FROM json_each(:sets))))))
)
"""


async def events(
    db: aiosqlite.Connection,
    *,
    of: Number,
    as_of: datetime,
    known_at: datetime,
    since: datetime | None = None,
    by: By | None = None,
    cohort: str | None = None,
    viewer: UUID | None,
    sets: Collection[UUID] = (),
    is_convenor: bool = False,
    is_lead: bool = False,
    after: int | None = None,
    limit: int,
) -> tuple[list[Counted], int | None]:
    """The events a number counts, of what this viewer may know of, in the order they were recorded."""
    values: dict[str, Any] = {
        **span(as_of=as_of, known_at=known_at, since=since),
        "of": of,
        "after": after or 0,
        "limit": limit + 1,
        "cohort": cohort,
        "viewer": viewer.hex if viewer else None,
        "member": viewer is not None,
        "sets": listed(sets),
        "convenor": is_convenor,
        "lead": is_lead,
        "tiers": '["network","open"]' if viewer else '["open"]',
    }
    sql = f"""
        SELECT fact.position, fact.event, fact.occurred, fact.kind, fact.id {_WITHIN}
        AND fact.what = :of AND fact.position > :after AND (:cohort IS NULL OR {_COHORT[by]} = :cohort) {_KNOWN}
        ORDER BY fact.position LIMIT :limit
    """
    rows = list(await db.execute_fetchall(sql, values))
    found = [
        Counted(position=position, event=event, at=moment_of(at), kind=kind, id=UUID(id))
        for position, event, at, kind, id in rows[:limit]
    ]
    return found, found[-1].position if len(rows) > limit else None
