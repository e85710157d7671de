"""Who took part in what and when, for counts of people: memberships, conversations attended, sets, promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from projections.cohorts import UNKNOWN
from projections.columns import Column, Facts, Names, Table
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
) WITHOUT ROWID
"""

FACTS = Table(NAME, ("what", "id", "person", "other", "label", "kind"))

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


@dataclass(frozen=True)
class Members:
    """By the number of each person: the organisation they belonged to at some moment and its type, when they joined,
    and who had left."""

    belongs: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    joined: Mapping[int, int] = field(default_factory=dict)
    left: frozenset[int] = frozenset()

    def types(self, people: Column, names: Names) -> Column:
        """The number of the type of organisation of each of these people."""
        known = {person: names.number(type) for person, (_, type) in self.belongs.items()}
        different, place = np.unique(people, return_inverse=True)
        unknown = names.number(UNKNOWN)
        return np.array([known.get(person, unknown) for person in different.tolist()], dtype=np.int64)[place]


def members_before(facts: Facts, moment: int) -> Members:
    """Whoever belonged to the network before a moment."""
    past = facts["occurred"] < moment
    belongs, joined = dict[int, tuple[str, str]](), dict[int, int]()
    for row in np.flatnonzero(past & facts.are("belongs")).tolist():
        person = int(facts["person"][row])
        belongs[person] = (facts.names.text(facts["label"][row]), facts.names.text(facts["kind"][row]))
        joined.setdefault(person, int(facts["occurred"][row]))
    return Members(belongs, joined, frozenset(facts["person"][past & facts.are("left")].tolist()))
