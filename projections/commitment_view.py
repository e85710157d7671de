"""What is known of one commitment, folded from its own events; also as of any earlier position."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from projections.shelf import Seen, begun, moved
from service.domain.days import is_over
from service.domain.events import (
    ENDS,
    ActionTaken,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    CompletionConfirmed,
    CompletionDeclared,
    CompletionReturned,
    ConfidenceStated,
    ConfirmationLapsed,
    Event,
    OfferAccepted,
    OutcomeReported,
    OutcomeReviewed,
    PromiseAdmittedNotKept,
    PromiseRevoked,
    RenegotiationProposed,
    RenegotiationRefused,
    TermsCountered,
    TermsRenegotiated,
    TierChanged,
    WideningAgreed,
)
from service.domain.words import TIERS, Evidence, Origin, Sealed, Terms, Tier

Stage = Literal["asked", "promised", "acted", "kept", "outcome", "sustained"]
STAGES: tuple[Stage, ...] = ("asked", "promised", "acted", "kept", "outcome", "sustained")
"""How far a commitment can get; whatever got as far as one of them got as far as those before it."""


class Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A piece of a commitment."""


class Agreed(Part, frozen=True, kw_only=True):
    """One version of the terms, as both agreed."""

    number: int
    due: date
    agreed_at: datetime
    conditions: Sealed | None = None


class Standing(Part, frozen=True, kw_only=True):
    """What stands proposed and waits for an answer: the first terms, a counter, or a renegotiation."""

    by: UUID | None
    terms: Terms
    what: Sealed | None = None
    why: Sealed | None = None


class Action(Part, frozen=True, kw_only=True):
    """Something done about it."""

    at: datetime
    what: Sealed
    evidence: tuple[Evidence, ...] = ()


class Outcome(Part, frozen=True, kw_only=True):
    """What came of it, and whether it lasted. A review of what nobody reported stands by itself."""

    at: datetime
    by: UUID | None
    scale: str | None = None
    contribution: str | None = None
    evidence: tuple[Evidence, ...] = ()
    verdict: str | None = None
    reviewed_at: datetime | None = None


class Widening(Part, frozen=True, kw_only=True):
    """One party would let more people read it."""

    by: UUID | None
    tier: Tier


class View(Seen, frozen=True, kw_only=True):
    """A commitment. `due` is as agreed last, or as it stands proposed; `first_due` as agreed first, never lost."""

    kind: Literal["request", "offer", "pledge"]
    state: str
    performer: UUID
    beneficiary: UUID | None
    opened_by: UUID | None
    what: Sealed
    tier: Tier
    origin: Origin
    due: date
    first_due: date
    opened_at: datetime
    latest_at: datetime
    proposed_at: datetime
    stage: Stage = "asked"
    standing: Standing | None = None
    terms: tuple[Agreed, ...] = ()
    confidence: str | None = None
    actions: tuple[Action, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    none_because: Sealed | None = None
    outcomes: tuple[Outcome, ...] = ()
    widening: tuple[Widening, ...] = ()
    self_assessed: bool = False
    promised_at: datetime | None = None
    declared_at: datetime | None = None
    returned_because: Sealed | None = None
    kept_at: datetime | None = None
    ended_at: datetime | None = None
    with_notice: bool | None = None
    learning: Sealed | None = None

    @property
    def parties(self) -> tuple[UUID, ...]:
        """Both of them, or one where nobody else is named."""
        return tuple(dict.fromkeys(party for party in (self.performer, self.beneficiary) if party))

    def is_overdue(self, now: datetime) -> bool:
        """Promised, and its day is over."""
        return self.state == "promised" and is_over(self.due, now)


def fold(view: View | None, event: Event) -> View | None:
    """The commitment after the event."""
    if isinstance(event, CommitmentRequested | CommitmentOffered | CommitmentPledged):
        return _opened(event)
    if view is None:
        return None
    now = moved(view, event, latest_at=max(view.latest_at, event.occurred_at))
    return _proposal(now, event) or _promise(now, event) or _afterwards(now, event) or now


def _set(view: View, **facts: Any) -> View:
    return msgspec.structs.replace(view, **facts)


def _opened(event: CommitmentRequested | CommitmentOffered | CommitmentPledged) -> View:
    opened = View(
        **begun(event),
        kind="offer" if isinstance(event, CommitmentOffered) else "request",
        state="offered" if isinstance(event, CommitmentOffered) else "requested",
        performer=event.performer,
        beneficiary=event.beneficiary,
        opened_by=event.by,
        what=event.what,
        tier=event.tier,
        origin=event.origin,
        due=event.terms.due,
        first_due=event.terms.due,
        opened_at=event.occurred_at,
        latest_at=event.occurred_at,
        proposed_at=event.recorded_at,
        self_assessed=event.performer == event.beneficiary,
        standing=Standing(by=event.by, what=event.what, terms=event.terms),
    )
    if isinstance(event, CommitmentPledged):
        return _promised(_set(opened, kind="pledge"), event)
    return opened


def _proposal(view: View, event: Event) -> View | None:
    match event:
        case TermsCountered():
            return _set(
                view,
                state="countered",
                what=event.what,
                due=view.due if view.terms else event.terms.due,
                first_due=view.first_due if view.terms else event.terms.due,
                proposed_at=event.recorded_at,
                standing=Standing(by=event.by, what=event.what, terms=event.terms),
            )
        case CommitmentPromised() | OfferAccepted():
            return _promised(view, event)
        case RenegotiationProposed():
            return _set(view, standing=Standing(by=event.by, terms=event.terms, why=event.why))
        case TermsRenegotiated():
            agreed = _agreed(event.number, event.terms, event)
            return _set(view, standing=None, due=event.terms.due, terms=(*view.terms, agreed))
        case RenegotiationRefused():
            return _set(view, standing=None)
        case WideningAgreed():
            others = tuple(each for each in view.widening if each.by != event.by)
            return _set(view, widening=(*others, Widening(by=event.by, tier=event.tier)))
        case TierChanged():
            return _set(view, tier=event.tier, widening=_still_agreed(view, event.tier))
    return None


def _promised(view: View, event: CommitmentPledged | CommitmentPromised | OfferAccepted) -> View:
    return _set(
        view,
        state="promised",
        performer=event.performer,
        beneficiary=event.beneficiary,
        what=event.what,
        due=event.terms.due,
        first_due=event.terms.due,
        terms=(_agreed(1, event.terms, event),),
        standing=None,
        promised_at=event.occurred_at,
        self_assessed=event.performer == event.beneficiary,
        stage=_further(view.stage, "promised"),
    )


def _promise(view: View, event: Event) -> View | None:
    match event:
        case ActionTaken():
            action = Action(at=event.occurred_at, what=event.what, evidence=event.evidence)
            return _set(view, actions=(*view.actions, action), stage=_further(view.stage, "acted"))
        case ConfidenceStated():
            return _set(view, confidence=event.confidence)
        case CompletionDeclared():
            return _set(
                view,
                state="declared",
                standing=None,
                declared_at=event.recorded_at,
                evidence=event.evidence,
                none_because=event.none_because,
                returned_because=None,
            )
        case CompletionReturned():
            return _set(view, state="promised", declared_at=None, returned_because=event.why)
        case ConfirmationLapsed():
            return _set(view, state="unconfirmed", standing=None)
        case PromiseRevoked():
            return _ended(_set(view, with_notice=event.with_notice), event)
        case PromiseAdmittedNotKept():
            return _ended(_set(view, learning=event.learning), event)
        case _ if type(event) in ENDS:
            return _ended(view, event)
    return None


def _ended(view: View, event: Event) -> View:
    return _set(view, state=ENDS[type(event)], standing=None, ended_at=event.occurred_at)


def _afterwards(view: View, event: Event) -> View | None:
    match event:
        case CompletionConfirmed():
            assessed = event.self_assessed or view.self_assessed
            kept = _set(view, state="kept", standing=None, kept_at=event.occurred_at, self_assessed=assessed)
            return _set(kept, stage=_further(view.stage, "kept"))
        case OutcomeReported():
            outcome = Outcome(
                at=event.occurred_at,
                by=event.by,
                scale=event.scale,
                contribution=event.contribution,
                evidence=event.evidence,
            )
            return _set(view, outcomes=(*view.outcomes, outcome), stage=_further(view.stage, "outcome"))
        case OutcomeReviewed():
            *earlier, last = view.outcomes or (Outcome(at=event.occurred_at, by=event.by),)
            reviewed = msgspec.structs.replace(last, verdict=event.verdict, reviewed_at=event.occurred_at)
            stage = _further(view.stage, "sustained") if event.verdict == "sustained" else view.stage
            return _set(view, outcomes=(*earlier, reviewed), stage=stage)
    return None


def _agreed(number: int, terms: Terms, event: Event) -> Agreed:
    return Agreed(number=number, due=terms.due, conditions=terms.conditions, agreed_at=event.occurred_at)


def _further(one: Stage, other: Stage) -> Stage:
    return max(one, other, key=STAGES.index)


def _still_agreed(view: View, tier: Tier) -> tuple[Widening, ...]:
    """Narrowing takes every agreement back; widening leaves those that go further."""
    if TIERS.index(tier) <= TIERS.index(view.tier):
        return ()
    return tuple(each for each in view.widening if TIERS.index(each.tier) > TIERS.index(tier))
