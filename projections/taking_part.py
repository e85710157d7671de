"""Who took part in what and when, for counts of people: memberships, conversations attended, sets, promises."""

from __future__ import annotations

from typing import Any

import aiosqlite

from projections.counting import ticks
from projections.shelf import Batch
from service.domain.events import (
    AttendanceConfirmed,
    CommitmentPledged,
    CommitmentPromised,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    DirectorForgotten,
    DirectorJoined,
    DirectorLeft,
    Event,
    OfferAccepted,
    OrganisationChanged,
    SetFormed,
    SetProposed,
)

NAME = "taking_part"
VERSION = 1
TABLES = """
CREATE TABLE taking_part (
    position INTEGER NOT NULL,
    number INTEGER NOT NULL,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    occurred INTEGER NOT NULL,
    recorded INTEGER NOT NULL,
    person TEXT,
    other TEXT,
    label TEXT,
    kind TEXT,
    PRIMARY KEY (position, number)
) WITHOUT ROWID;
CREATE INDEX taking_part_what ON taking_part (what, position)
"""

LATER = 2**62

_FACT = "INSERT INTO taking_part VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


async def project(batch: Batch, event: Event) -> None:
    match event:
        case DirectorJoined() | OrganisationChanged():
            person, kind = event.originator_id.hex, event.organisation_type
            _put(batch, event, "belongs", person=person, label=event.organisation, kind=kind)
        case DirectorLeft() | DirectorForgotten():
            _put(batch, event, "left", person=event.originator_id.hex)
        case ConversationConvened():
            _put(batch, event, "convened", other=event.set.hex if event.set else None, kind=event.format)
        case ConversationHeld():
            _put(batch, event, "held")
        case ConversationCancelled():
            _put(batch, event, "cancelled")
        case AttendanceConfirmed(director=director):
            _put(batch, event, "attended", person=director.hex)
        case SetProposed(kind=kind):
            _put(batch, event, "proposed", kind=kind)
        case SetFormed(members=members):
            for number, member in enumerate(members):
                _put(batch, event, "formed", number, person=member.hex)
        case CommitmentPledged() | CommitmentPromised() | OfferAccepted() if event.performer != event.beneficiary:
            _put(batch, event, "promised", person=event.performer.hex, other=event.beneficiary.hex)


def _put(batch: Batch, event: Event, what: str, number: int = 0, **facts: str | None) -> None:
    times = (ticks(event.occurred_at), ticks(event.recorded_at))
    told = (facts.get(name) for name in ("person", "other", "label", "kind"))
    batch.put(_FACT, event.position, number, what, event.originator_id.hex, *times, *told)


async def rows(
    db: aiosqlite.Connection, what: str, columns: str, *, as_of: int = LATER, known_at: int = LATER
) -> list[Any]:
    """What had happened of one sort, as far as it was known, in the order it was recorded: the columns named."""
    sql = f"""
        SELECT {columns} FROM taking_part WHERE what = ? AND occurred <= ? AND recorded <= ? ORDER BY position, number
    """
    return list(await db.execute_fetchall(sql, (what, as_of, known_at)))
