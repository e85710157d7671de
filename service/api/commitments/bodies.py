"""What people say of a commitment."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from service.api.fields import Body, Day, Id, Link, Text
from service.commands import ShownBy


class OriginBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="type"):
    """Where it came from."""


class FromConversation(OriginBody, frozen=True, tag="conversation"):
    id: Id


class FromSet(OriginBody, frozen=True, tag="set"):
    id: Id


class FromProblem(OriginBody, frozen=True, tag="problem"):
    id: Id


class FromLink(OriginBody, frozen=True, tag="link"):
    url: Link


Whence = FromConversation | FromSet | FromProblem | FromLink


class Beginning(Body, frozen=True, kw_only=True, tag_field="kind"):
    """What every commitment needs to begin: what, by when, and where it came from."""

    what: Text
    due: Day
    origin: Whence
    conditions: Text | None = None
    tier: Literal["set", "network", "open"] = "network"


class RequestBody(Beginning, frozen=True, kw_only=True, tag="request"):
    """Somebody is asked to promise something to whoever asks."""

    performer: Id
    beneficiary: Id | None = None


class OfferBody(Beginning, frozen=True, kw_only=True, tag="offer"):
    """Something is offered: to one person, or to whoever in the network accepts first."""

    performer: Id | None = None
    beneficiary: Id | None = None


class PledgeBody(Beginning, frozen=True, kw_only=True, tag="pledge"):
    """Something is promised at once: to a witness, or to oneself."""

    performer: Id | None = None
    beneficiary: Id | None = None


class EvidenceBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What shows that something was done."""

    kind: Literal["document", "link", "decision", "conversation", "changed_mind"]
    ref: Text | None = None
    text: Text | None = None


class Counter(Body, frozen=True, kw_only=True):
    AT_LEAST_ONE_OF = ("what", "due")
    what: Text | None = None
    due: Day | None = None


class Decline(Body, frozen=True, kw_only=True):
    reason: Text | None = None


class TakeAction(Body, frozen=True, kw_only=True):
    what: Text
    evidence: Annotated[list[EvidenceBody], Meta(max_length=20)] = msgspec.field(default_factory=list)


class StateConfidence(Body, frozen=True, kw_only=True):
    confidence: Literal["on_track", "at_risk", "stuck"]


class ProposeTerms(Body, frozen=True, kw_only=True):
    AT_LEAST_ONE_OF = ("due", "conditions")
    due: Day | None = None
    conditions: Text | None = None
    why: Text | None = None


class DeclareDone(Body, frozen=True, kw_only=True):
    EXACTLY_ONE_OF = ("evidence", "no_evidence_because")
    evidence: Annotated[list[EvidenceBody], Meta(min_length=1, max_length=20)] | UnsetType = UNSET
    no_evidence_because: Text | UnsetType = UNSET


class SendBack(Body, frozen=True, kw_only=True):
    why: Text


class AdmitNotKept(Body, frozen=True, kw_only=True):
    learning: Text | None = None


class ReportOutcome(Body, frozen=True, kw_only=True):
    scale: Literal["none", "early_sign", "local_change", "system_change"]
    contribution: Literal["enabled", "helped", "unclear"]
    evidence: Annotated[list[EvidenceBody], Meta(max_length=20)] = msgspec.field(default_factory=list)


class ReviewOutcome(Body, frozen=True, kw_only=True):
    verdict: Literal["sustained", "drifted_back", "unknown"]


class Widen(Body, frozen=True, kw_only=True):
    tier: Literal["network", "open"] = "network"


def shown_by(evidence: list[EvidenceBody] | UnsetType) -> list[ShownBy]:
    """The evidence as the commands take it."""
    given = evidence or []
    return [ShownBy(kind=each.kind, ref=each.ref, text=each.text) for each in given]
