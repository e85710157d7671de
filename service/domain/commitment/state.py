"""What a commitment is now, folded from what has happened to it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from service.domain.aggregate import Aggregate, Event, Recall
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
    OfferAccepted,
    RenegotiationProposed,
    RenegotiationRefused,
    TermsCountered,
    TermsRenegotiated,
    TierChanged,
    WideningAgreed,
)
from service.domain.words import TIERS, Sealed, Terms, Tier

State = Literal[
    "requested",
    "offered",
    "countered",
    "promised",
    "declared",
    "unconfirmed",
    "kept",
    "declined",
    "withdrawn",
    "expired",
    "revoked",
    "released",
    "not_kept",
]

STATES: tuple[State, ...] = get_args(State)

ENDINGS: dict[type[Event], State] = {**ENDS, CompletionConfirmed: "kept", ConfirmationLapsed: "unconfirmed"}
"""What happens to a commitment whole: nothing but its state changes, and no question of other terms stays open."""


@dataclass(frozen=True, kw_only=True)
class Renegotiation:
    """Other terms somebody asks for while the old ones stay in force."""

    author: UUID | None
    terms: Terms


@dataclass(frozen=True, kw_only=True)
class Commitment(Aggregate):
    """`proposed` stands proposed by `author`; `terms` are all that were ever agreed, the first due date among them."""

    performer: UUID
    beneficiary: UUID | None
    author: UUID | None
    what: Sealed
    proposed: Terms
    proposed_at: datetime
    tier: Tier
    state: State
    latest: Event
    to_the_network: bool = False
    terms: tuple[Terms, ...] = ()
    renegotiation: Renegotiation | None = None
    declared_at: datetime | None = None
    widening: tuple[WideningAgreed, ...] = ()

    @property
    def parties(self) -> frozenset[UUID]:
        """Both of them, or one where nobody else is named."""
        return frozenset({self.performer, self.beneficiary or self.performer})

    @property
    def in_force(self) -> Terms:
        """The terms agreed last, or as they stand proposed."""
        return self.terms[-1] if self.terms else self.proposed

    @property
    def due(self) -> date:
        """By when, as agreed last."""
        return self.in_force.due

    @property
    def is_self_promise(self) -> bool:
        """Promised to nobody but oneself."""
        return self.beneficiary == self.performer

    def has_already(self, by: UUID | None, *kinds: type[Event]) -> bool:
        """Whether what was last decided about it is just this, by the same person: saying it twice changes nothing."""
        return isinstance(self.latest, kinds) and self.latest.by == by


def recall(id: UUID) -> Recall[Commitment]:
    """How to fold one commitment."""
    return Recall(id, evolve, "There is no such commitment.")


def evolve(commitment: Commitment | None, event: Event) -> Commitment | None:
    """The commitment after what happened. Nothing is checked here: the past is never refused."""
    match event:
        case CommitmentRequested() | CommitmentOffered() | CommitmentPledged():
            return _begun(event)
        case _ if commitment is None:
            return None
    now = replace(commitment, version=event.originator_version)
    match event:
        case TermsCountered():
            return replace(
                now,
                state="countered",
                author=event.by,
                what=event.what,
                proposed=event.terms,
                proposed_at=event.recorded_at,
                latest=event,
            )
        case CommitmentPromised() | OfferAccepted():
            return replace(
                now,
                state="promised",
                performer=event.performer,
                beneficiary=event.beneficiary,
                what=event.what,
                terms=(event.terms,),
                latest=event,
            )
        case RenegotiationProposed():
            return replace(now, renegotiation=Renegotiation(author=event.by, terms=event.terms))
        case TermsRenegotiated():
            return replace(now, renegotiation=None, terms=(*now.terms, event.terms))
        case RenegotiationRefused():
            return replace(now, renegotiation=None)
        case CompletionDeclared():
            return replace(now, state="declared", declared_at=event.recorded_at, renegotiation=None, latest=event)
        case CompletionReturned():
            return replace(now, state="promised", latest=event)
        case WideningAgreed():
            return replace(now, widening=(*(each for each in now.widening if each.by != event.by), event))
        case TierChanged():
            return replace(now, tier=event.tier, widening=_still_agreed(now, event))
        case _ if type(event) in ENDINGS:
            return replace(now, state=ENDINGS[type(event)], renegotiation=None, latest=event)
    return now


def _begun(event: CommitmentRequested | CommitmentOffered | CommitmentPledged) -> Commitment:
    states: dict[type[Event], State] = {CommitmentRequested: "requested", CommitmentOffered: "offered"}
    state = states.get(type(event), "promised")
    return Commitment(
        id=event.originator_id,
        version=event.originator_version,
        performer=event.performer,
        beneficiary=event.beneficiary,
        author=event.by,
        what=event.what,
        proposed=event.terms,
        proposed_at=event.recorded_at,
        tier=event.tier,
        state=state,
        latest=event,
        to_the_network=event.beneficiary is None,
        terms=(event.terms,) if state == "promised" else (),
    )


def _still_agreed(commitment: Commitment, event: TierChanged) -> tuple[WideningAgreed, ...]:
    """Narrowing takes every agreement back; widening leaves those that go further."""
    if not is_wider(event.tier, commitment.tier):
        return ()
    return tuple(each for each in commitment.widening if is_wider(each.tier, event.tier))


def is_wider(tier: Tier, than: Tier) -> bool:
    """Whether more people read it there."""
    return TIERS.index(tier) > TIERS.index(than)
