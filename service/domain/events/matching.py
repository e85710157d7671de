"""Rounds of matching and the action sets they propose."""

from __future__ import annotations

from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from service.domain.aggregate import Event
from service.domain.words import Comparison, ProposedSet, Reason, Relaxation, Rules, Sealed, Size


class RoundOpened(Event, frozen=True):
    TOPIC: ClassVar[str] = "round-opened"
    kind: Literal["action_set", "pair", "trio", "coaching_pair"]
    size: Size
    rules: Rules
    weights: dict[str, float]


class OptedIn(Event, frozen=True):
    TOPIC: ClassVar[str] = "opted-in"
    director: UUID


class OptedOut(Event, frozen=True):
    TOPIC: ClassVar[str] = "opted-out"
    director: UUID


class WeightsChanged(Event, frozen=True):
    TOPIC: ClassVar[str] = "weights-changed"
    before: dict[str, float]
    after: dict[str, float]
    why: Sealed


class RoundClosed(Event, frozen=True):
    """`question_at` is the position as of which the question is rebuilt, `input_hash` the hash of that question."""

    TOPIC: ClassVar[str] = "round-closed"
    members: tuple[UUID, ...]
    question_at: int
    input_hash: str
    left_out: dict[str, str] = msgspec.field(default_factory=dict)


class ProposalComputed(Event, frozen=True):
    TOPIC: ClassVar[str] = "proposal-computed"
    status: Literal["optimal", "feasible"]
    sets: tuple[ProposedSet, ...]
    value: float
    upper_bound: float | None
    gap: float | None
    placed: int
    unplaced: dict[str, str]
    seed: int
    seconds: float
    versions: dict[str, str]
    input_hash: str
    result_hash: str
    cut_short: bool = False
    would_help: tuple[Relaxation, ...] = ()
    floor: float | None = None
    comparison: Comparison | None = None


class RoundFoundImpossible(Event, frozen=True):
    TOPIC: ClassVar[str] = "round-found-impossible"
    clashing_rules: tuple[str, ...]
    unplaced: dict[str, str]
    seed: int
    seconds: float
    versions: dict[str, str]
    input_hash: str
    result_hash: str
    would_help: tuple[Relaxation, ...] = ()


class ProposalRevised(Event, frozen=True):
    """The convenor asks again with a reason; size and rules as they now stand."""

    TOPIC: ClassVar[str] = "proposal-revised"
    why: Sealed
    size: Size
    rules: Rules


class ProposalPublished(Event, frozen=True):
    TOPIC: ClassVar[str] = "proposal-published"
    sets: tuple[UUID, ...]


class RoundCompleted(Event, frozen=True):
    TOPIC: ClassVar[str] = "round-completed"


class RoundCancelled(Event, frozen=True):
    TOPIC: ClassVar[str] = "round-cancelled"


class SetProposed(Event, frozen=True):
    TOPIC: ClassVar[str] = "set-proposed"
    round: UUID
    kind: Literal["pair", "trio", "action_set", "coaching_pair"]
    members: tuple[UUID, ...]
    smallest: int
    slots: tuple[str, ...]
    why: tuple[Reason, ...]


class InvitationAccepted(Event, frozen=True):
    TOPIC: ClassVar[str] = "invitation-accepted"
    director: UUID


class InvitationDeclined(Event, frozen=True):
    TOPIC: ClassVar[str] = "invitation-declined"
    director: UUID


class MemberReplaced(Event, frozen=True):
    TOPIC: ClassVar[str] = "member-replaced"
    gone: UUID
    joined: UUID


class MemberMoved(Event, frozen=True):
    """Somebody who had not answered yet is invited to another set instead, which would have lapsed without them."""

    TOPIC: ClassVar[str] = "member-moved"
    director: UUID
    to: UUID


class SetFormed(Event, frozen=True):
    TOPIC: ClassVar[str] = "set-formed"
    members: tuple[UUID, ...]


class RoleTaken(Event, frozen=True):
    TOPIC: ClassVar[str] = "role-taken"
    director: UUID
    role: Literal["presenter", "challenger", "adviser"]


class SetCompleted(Event, frozen=True):
    TOPIC: ClassVar[str] = "set-completed"


class SetDissolved(Event, frozen=True):
    TOPIC: ClassVar[str] = "set-dissolved"


class SetLapsed(Event, frozen=True):
    TOPIC: ClassVar[str] = "set-lapsed"
