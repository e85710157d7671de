"""How a commitment looks to whoever may know of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from uuid import UUID

import msgspec

from projections.commitment_view import Standing, View
from service.api.routes import Visit
from service.domain.words import Evidence, Sealed


class OriginAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where it came from."""

    type: str
    id: UUID | None = None
    url: str | None = None


class TermsAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One version of the terms, as both agreed."""

    version: int
    due: date
    conditions: str | None
    agreed_at: datetime


class EvidenceAnswer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What shows that it was done; or why nothing does."""

    kind: str | None = None
    ref: str | None = None
    text: str | None = None
    none_because: str | None = None


class ActionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something done about it."""

    at: datetime
    what: str | None
    evidence: list[EvidenceAnswer]


class OutcomeAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of it, and whether it lasted."""

    at: datetime
    by: UUID | None
    scale: str | None
    contribution: str | None
    evidence: list[EvidenceAnswer]
    verdict: str | None
    reviewed_at: datetime | None


class StandingAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What stands proposed and waits for an answer."""

    by: UUID | None
    what: str | None
    due: date
    conditions: str | None
    why: str | None


class CommitmentAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A commitment. A lead reads of a narrowed one its states, dates and kinds of evidence: the rest is null."""

    id: UUID
    kind: str
    state: str
    performer: UUID | None
    beneficiary: UUID | None
    what: str | None
    tier: str
    origin: OriginAnswer | None
    terms: list[TermsAnswer]
    first_due: date
    due: date
    conditions: str | None
    proposal: StandingAnswer | None
    confidence: str | None
    actions: list[ActionAnswer]
    evidence: list[EvidenceAnswer]
    outcomes: list[OutcomeAnswer]
    self_assessed: bool
    overdue: bool
    with_notice: bool | None
    widening: list[UUID]


def presented(view: View, visit: Visit, sets: Collection[UUID], now: datetime | None = None) -> CommitmentAnswer:
    """The commitment as whoever asks may read it, now or as of a moment that has passed."""
    return _Reading(visit, is_whole(view, visit, sets), now or visit.rooms.clock()).commitment(view)


def is_whole(view: View, visit: Visit, sets: Collection[UUID]) -> bool:
    """Whether they read its words and names, and not only that it exists."""
    if view.tier in ("network", "open") or visit.viewer in view.parties:
        return True
    return view.tier == "set" and view.origin.set_id in sets


class _Reading:
    """Words are read only where the whole may be."""

    def __init__(self, visit: Visit, whole: bool, now: datetime) -> None:
        self._unseal = visit.rooms.unseal
        self._now = now
        self._whole = whole

    def _words(self, words: Sealed | None) -> str | None:
        return self._unseal(words) if self._whole else None

    def _name(self, id: UUID | None) -> UUID | None:
        return id if self._whole else None

    def commitment(self, view: View) -> CommitmentAnswer:
        origin = OriginAnswer(type=view.origin.type, id=view.origin.id, url=self._words(view.origin.url))
        return CommitmentAnswer(
            id=view.id,
            kind=view.kind,
            state=view.state,
            performer=self._name(view.performer),
            beneficiary=self._name(view.beneficiary),
            what=self._words(view.what),
            tier=view.tier,
            origin=origin if self._whole else None,
            terms=[
                TermsAnswer(
                    version=each.number,
                    due=each.due,
                    conditions=self._words(each.conditions),
                    agreed_at=each.agreed_at,
                )
                for each in view.terms
            ],
            first_due=view.first_due,
            due=view.due,
            conditions=self._words(_conditions(view)),
            proposal=self._proposal(view.standing),
            confidence=view.confidence,
            actions=[
                ActionAnswer(at=each.at, what=self._words(each.what), evidence=self._evidence(each.evidence))
                for each in view.actions
            ],
            evidence=self._evidence(view.evidence, view.none_because),
            outcomes=[
                OutcomeAnswer(
                    at=each.at,
                    by=self._name(each.by),
                    scale=each.scale,
                    contribution=each.contribution,
                    evidence=self._evidence(each.evidence),
                    verdict=each.verdict,
                    reviewed_at=each.reviewed_at,
                )
                for each in view.outcomes
            ],
            self_assessed=view.self_assessed,
            overdue=view.is_overdue(self._now),
            with_notice=view.with_notice,
            widening=[each.by for each in view.widening if each.by and self._whole],
        )

    def _proposal(self, standing: Standing | None) -> StandingAnswer | None:
        if standing is None:
            return None
        return StandingAnswer(
            by=self._name(standing.by),
            what=self._words(standing.what),
            due=standing.terms.due,
            conditions=self._words(standing.terms.conditions),
            why=self._words(standing.why),
        )

    def _evidence(self, evidence: Iterable[Evidence], none_because: Sealed | None = None) -> list[EvidenceAnswer]:
        shown = [
            EvidenceAnswer(kind=each.kind, ref=self._words(each.ref), text=self._words(each.text)) for each in evidence
        ]
        if none_because is not None:
            because = self._words(none_because)
            shown.append(EvidenceAnswer(none_because="" if because is None else because))
        return shown


def _conditions(view: View) -> Sealed | None:
    if view.terms:
        return view.terms[-1].conditions
    return view.standing.terms.conditions if view.standing else None
