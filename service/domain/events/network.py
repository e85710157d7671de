"""Directors, the problems they register and the conversations they hold."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from service.domain.aggregate import Event
from service.domain.words import Sealed, Tier


class DirectorJoined(Event, frozen=True):
    TOPIC: ClassVar[str] = "director-joined"
    name: Sealed
    organisation: str
    email: Sealed | None = None
    organisation_type: str = "department"
    department: str | None = None
    profession: str | None = None
    region: str | None = None
    offer_topics: Sealed | None = None
    offer_text: Sealed | None = None
    reports_to: UUID | None = None


class ProfileRevised(Event, frozen=True):
    """Only the fields named in `changed` are new."""

    TOPIC: ClassVar[str] = "profile-revised"
    changed: tuple[str, ...]
    name: Sealed | None = None
    email: Sealed | None = None
    profession: str | None = None
    region: str | None = None
    offer_topics: Sealed | None = None
    offer_text: Sealed | None = None


class AvailabilitySet(Event, frozen=True):
    TOPIC: ClassVar[str] = "availability-set"
    slots: tuple[str, ...]
    capacity: int


class OrganisationChanged(Event, frozen=True):
    TOPIC: ClassVar[str] = "organisation-changed"
    organisation: str
    organisation_type: str
    department: str | None = None


class DirectorPaused(Event, frozen=True):
    TOPIC: ClassVar[str] = "director-paused"
    until: date | None = None


class DirectorResumed(Event, frozen=True):
    TOPIC: ClassVar[str] = "director-resumed"


class AvoidListed(Event, frozen=True):
    """`whom` holds the other person's id as words: nobody reads it but the matching."""

    TOPIC: ClassVar[str] = "avoid-listed"
    whom: Sealed
    reason: Sealed | None = None


class AvoidLifted(Event, frozen=True):
    TOPIC: ClassVar[str] = "avoid-lifted"
    whom: Sealed


class RoleGranted(Event, frozen=True):
    TOPIC: ClassVar[str] = "role-granted"
    role: str


class RoleRevoked(Event, frozen=True):
    TOPIC: ClassVar[str] = "role-revoked"
    role: str


class DirectorLeft(Event, frozen=True):
    TOPIC: ClassVar[str] = "director-left"


class DirectorForgotten(Event, frozen=True):
    TOPIC: ClassVar[str] = "director-forgotten"


class ProblemRegistered(Event, frozen=True):
    TOPIC: ClassVar[str] = "problem-registered"
    owner: UUID
    title: Sealed
    text: Sealed | None = None
    topics: Sealed | None = None
    tier: Tier = "set"


class ProblemReframed(Event, frozen=True):
    """None leaves a field as it was."""

    TOPIC: ClassVar[str] = "problem-reframed"
    title: Sealed | None = None
    text: Sealed | None = None
    topics: Sealed | None = None


class ProblemShared(Event, frozen=True):
    TOPIC: ClassVar[str] = "problem-shared"
    tier: Tier


class AssumptionStated(Event, frozen=True):
    TOPIC: ClassVar[str] = "assumption-stated"
    number: int
    text: Sealed


class AssumptionTested(Event, frozen=True):
    TOPIC: ClassVar[str] = "assumption-tested"
    number: int
    result: Literal["held", "failed"]


class BlockerNamed(Event, frozen=True):
    TOPIC: ClassVar[str] = "blocker-named"
    text: Sealed


class ProblemEnteredRound(Event, frozen=True):
    TOPIC: ClassVar[str] = "problem-entered-round"
    round: UUID


class ProblemPickedUp(Event, frozen=True):
    TOPIC: ClassVar[str] = "problem-picked-up"
    set: UUID
    members: tuple[UUID, ...]


class ProblemCarriedForward(Event, frozen=True):
    TOPIC: ClassVar[str] = "problem-carried-forward"


class ProblemResolved(Event, frozen=True):
    TOPIC: ClassVar[str] = "problem-resolved"
    commitments: tuple[UUID, ...] = ()


class ProblemLetGo(Event, frozen=True):
    TOPIC: ClassVar[str] = "problem-let-go"


class ProblemReopened(Event, frozen=True):
    TOPIC: ClassVar[str] = "problem-reopened"


class ConversationConvened(Event, frozen=True):
    TOPIC: ClassVar[str] = "conversation-convened"
    format: str
    title: Sealed
    starts_at: datetime
    minutes: int
    mode: Literal["in_person", "virtual"]
    set: UUID | None = None
    capacity: int | None = None
    series: Sealed | None = None
    host_event: Sealed | None = None
    causes: tuple[UUID, ...] = ()


class ConversationRescheduled(Event, frozen=True):
    TOPIC: ClassVar[str] = "conversation-rescheduled"
    starts_at: datetime
    minutes: int


class ConversationCancelled(Event, frozen=True):
    TOPIC: ClassVar[str] = "conversation-cancelled"


class SignedUp(Event, frozen=True):
    TOPIC: ClassVar[str] = "signed-up"
    director: UUID


class SignUpWithdrawn(Event, frozen=True):
    TOPIC: ClassVar[str] = "sign-up-withdrawn"
    director: UUID


class ConversationHeld(Event, frozen=True):
    TOPIC: ClassVar[str] = "conversation-held"


class AttendanceConfirmed(Event, frozen=True):
    TOPIC: ClassVar[str] = "attendance-confirmed"
    director: UUID
