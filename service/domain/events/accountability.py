"""What happens to a commitment, and who inspected its record."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from service.domain.aggregate import Event
from service.domain.words import Evidence, Origin, Sealed, Terms, Tier


class CommitmentRequested(Event, frozen=True):
    """The requester is `by`, and the beneficiary."""

    TOPIC: ClassVar[str] = "commitment-requested"
    performer: UUID
    beneficiary: UUID
    what: Sealed
    terms: Terms
    origin: Origin
    tier: Tier = "network"


class CommitmentOffered(Event, frozen=True):
    """Without a beneficiary it is offered to the network: whoever accepts first becomes the beneficiary."""

    TOPIC: ClassVar[str] = "commitment-offered"
    performer: UUID
    beneficiary: UUID | None
    what: Sealed
    terms: Terms
    origin: Origin
    tier: Tier = "network"


class CommitmentPledged(Event, frozen=True):
    """Promised at once, to a witness or to oneself."""

    TOPIC: ClassVar[str] = "commitment-pledged"
    performer: UUID
    beneficiary: UUID
    what: Sealed
    terms: Terms
    origin: Origin
    tier: Tier = "network"


class CommitmentPromised(Event, frozen=True):
    """The terms as they stand are frozen as version 1."""

    TOPIC: ClassVar[str] = "commitment-promised"
    performer: UUID
    beneficiary: UUID
    what: Sealed
    terms: Terms


class OfferAccepted(Event, frozen=True):
    """The terms as offered are frozen as version 1."""

    TOPIC: ClassVar[str] = "offer-accepted"
    performer: UUID
    beneficiary: UUID
    what: Sealed
    terms: Terms


class TermsCountered(Event, frozen=True):
    """What now stands proposed, whole."""

    TOPIC: ClassVar[str] = "terms-countered"
    what: Sealed
    terms: Terms


class CommitmentDeclined(Event, frozen=True):
    TOPIC: ClassVar[str] = "commitment-declined"
    reason: Sealed | None = None


class RequestWithdrawn(Event, frozen=True):
    TOPIC: ClassVar[str] = "request-withdrawn"


class OfferWithdrawn(Event, frozen=True):
    TOPIC: ClassVar[str] = "offer-withdrawn"


class ProposalWithdrawn(Event, frozen=True):
    TOPIC: ClassVar[str] = "proposal-withdrawn"


class ProposalExpired(Event, frozen=True):
    TOPIC: ClassVar[str] = "proposal-expired"


class ActionTaken(Event, frozen=True):
    TOPIC: ClassVar[str] = "action-taken"
    what: Sealed
    evidence: tuple[Evidence, ...] = ()


class ConfidenceStated(Event, frozen=True):
    TOPIC: ClassVar[str] = "confidence-stated"
    confidence: Literal["on_track", "at_risk", "stuck"]


class RenegotiationProposed(Event, frozen=True):
    """Other terms are asked for; the old ones stay in force until the other party agrees."""

    TOPIC: ClassVar[str] = "renegotiation-proposed"
    terms: Terms
    why: Sealed | None = None


class TermsRenegotiated(Event, frozen=True):
    TOPIC: ClassVar[str] = "terms-renegotiated"
    number: int
    terms: Terms


class RenegotiationRefused(Event, frozen=True):
    TOPIC: ClassVar[str] = "renegotiation-refused"


class CompletionDeclared(Event, frozen=True):
    """With evidence, or a plain "no evidence because …"."""

    TOPIC: ClassVar[str] = "completion-declared"
    evidence: tuple[Evidence, ...] = ()
    none_because: Sealed | None = None


class CompletionConfirmed(Event, frozen=True):
    TOPIC: ClassVar[str] = "completion-confirmed"
    self_assessed: bool = False


class CompletionReturned(Event, frozen=True):
    TOPIC: ClassVar[str] = "completion-returned"
    why: Sealed


class ConfirmationLapsed(Event, frozen=True):
    TOPIC: ClassVar[str] = "confirmation-lapsed"


class PromiseRevoked(Event, frozen=True):
    TOPIC: ClassVar[str] = "promise-revoked"
    with_notice: bool


class PromiserReleased(Event, frozen=True):
    TOPIC: ClassVar[str] = "promiser-released"


class PromiseAssessedNotKept(Event, frozen=True):
    TOPIC: ClassVar[str] = "promise-assessed-not-kept"


class PromiseAdmittedNotKept(Event, frozen=True):
    TOPIC: ClassVar[str] = "promise-admitted-not-kept"
    learning: Sealed | None = None


class OutcomeReported(Event, frozen=True):
    TOPIC: ClassVar[str] = "outcome-reported"
    scale: Literal["none", "early_sign", "local_change", "system_change"]
    contribution: Literal["enabled", "helped", "unclear"]
    evidence: tuple[Evidence, ...] = ()


class OutcomeReviewed(Event, frozen=True):
    TOPIC: ClassVar[str] = "outcome-reviewed"
    verdict: Literal["sustained", "drifted_back", "unknown"]


class TierChanged(Event, frozen=True):
    TOPIC: ClassVar[str] = "tier-changed"
    tier: Tier


class WideningAgreed(Event, frozen=True):
    """One party would let more people read it; it changes nothing until the other agrees too."""

    TOPIC: ClassVar[str] = "widening-agreed"
    tier: Tier


End = Literal["declined", "withdrawn", "expired", "revoked", "released", "not_kept"]

ENDS: dict[type[Event], End] = {
    CommitmentDeclined: "declined",
    RequestWithdrawn: "withdrawn",
    OfferWithdrawn: "withdrawn",
    ProposalWithdrawn: "withdrawn",
    ProposalExpired: "expired",
    PromiseRevoked: "revoked",
    PromiserReleased: "released",
    PromiseAssessedNotKept: "not_kept",
    PromiseAdmittedNotKept: "not_kept",
}
"""The events after which there is nothing more to wait for, and the state each leaves a commitment in."""


class InspectionOpened(Event, frozen=True):
    """Of one commitment, or of everything one director promised or was promised; `subjects` will see it."""

    TOPIC: ClassVar[str] = "inspection-opened"
    purpose: Sealed
    subjects: tuple[UUID, ...]
    commitment: UUID | None = None
    director: UUID | None = None


class RecordInspected(Event, frozen=True):
    """A lead read one record; written once per inspection, record and day."""

    TOPIC: ClassVar[str] = "record-inspected"
    commitment: UUID
    subjects: tuple[UUID, ...]
    day: date


class InspectionContested(Event, frozen=True):
    TOPIC: ClassVar[str] = "inspection-contested"
    why: Sealed | None = None


class InspectionClosed(Event, frozen=True):
    TOPIC: ClassVar[str] = "inspection-closed"
