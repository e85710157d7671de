"""How a promise comes about: asked for, offered or pledged, then countered, agreed, or ended without one."""

from __future__ import annotations

from datetime import date
from typing import Any, Required, TypedDict, Unpack
from uuid import UUID

from service.domain.aggregate import Asked, Decision, Event, first
from service.domain.choice import one_of
from service.domain.commitment.parties import PROPOSALS, only_while, permit, permitted, somebody
from service.domain.commitment.state import Commitment, State
from service.domain.commitment.terms import Unseal, as_written, says
from service.domain.days import ANSWER_WITHIN
from service.domain.events import (
    CommitmentDeclined,
    CommitmentOffered,
    CommitmentPledged,
    CommitmentPromised,
    CommitmentRequested,
    OfferAccepted,
    OfferWithdrawn,
    ProposalExpired,
    ProposalWithdrawn,
    RequestWithdrawn,
    TermsCountered,
)
from service.domain.links import followable
from service.domain.refusals import Forbidden, Invalid, Refused
from service.domain.words import TIERS, Origin, Sealed, Terms, sealed
from service.domain.writing import needed, wanted

WITHDRAWN: dict[State, type[Event]] = {
    "requested": RequestWithdrawn,
    "offered": OfferWithdrawn,
    "countered": ProposalWithdrawn,
}


class Proposal(TypedDict, total=False):
    """What is proposed, by when, on what conditions, where it comes from (`url` for a link), and who may read it."""

    what: Required[str]
    due: Required[date]
    origin: Required[Origin | None]
    url: str | None
    conditions: str | None
    tier: str | None


def request(
    id: UUID,
    *,
    asked: Asked,
    performer: UUID | None,
    beneficiary: UUID | None = None,
    **proposal: Unpack[Proposal],
) -> Event:
    """Ask somebody else to promise something to you."""
    by = somebody(asked)
    facts = _facts(by, **proposal)
    if performer is None:
        raise Invalid("performer", "Say who you are asking.")
    if performer == by:
        raise Invalid("performer", "You cannot ask yourself: pledge it instead.")
    if beneficiary not in (None, by):
        raise Invalid("beneficiary", "What you ask for is promised to you; they can ask for it themselves.")
    return first(CommitmentRequested, id, asked, performer=performer, beneficiary=by, **facts)


def offer(
    id: UUID,
    *,
    asked: Asked,
    beneficiary: UUID | None = None,
    performer: UUID | None = None,
    **proposal: Unpack[Proposal],
) -> Event:
    """Offer to do something for one person, or for whoever in the network accepts first."""
    by = somebody(asked)
    facts = _facts(by, **proposal)
    if beneficiary == by:
        raise Invalid("beneficiary", "You cannot offer it to yourself: pledge it instead.")
    if performer not in (None, by):
        raise Forbidden("You can only offer what you do yourself: nobody offers for another. You can ask them for it.")
    return first(CommitmentOffered, id, asked, performer=by, beneficiary=beneficiary, **facts)


def pledge(
    id: UUID,
    *,
    asked: Asked,
    beneficiary: UUID | None = None,
    performer: UUID | None = None,
    **proposal: Unpack[Proposal],
) -> Event:
    """Promise something at once, to a witness or to yourself."""
    by = somebody(asked)
    facts = _facts(by, **proposal)
    if performer not in (None, by):
        raise Forbidden(
            "You can only pledge what you do yourself: nobody promises for another. You can ask them for it."
        )
    return first(CommitmentPledged, id, asked, performer=by, beneficiary=beneficiary or by, **facts)


def _facts(by: UUID, **proposal: Unpack[Proposal]) -> dict[str, Any]:
    return {
        "what": Sealed(subject=by, text=needed("what", proposal["what"])),
        "terms": Terms(due=proposal["due"], conditions=sealed(by, wanted(proposal.get("conditions")))),
        "origin": cited(by, proposal["origin"], proposal.get("url")),
        "tier": one_of("tier", proposal.get("tier") or "network", TIERS),
    }


def cited(by: UUID, origin: Origin | None, url: str | None) -> Origin:
    """Every commitment cites where it comes from: a conversation, a set, a problem, or an outside link."""
    if origin is None:
        raise Invalid("origin", "Say where it comes from: a conversation, a set, a problem, or an outside link.")
    if origin.type == "link":
        said = wanted(url)
        link = origin.url or sealed(by, said and followable("origin", said, always=True))
        if link is None:
            raise Invalid("origin", "Say which link it comes from, in url.")
        return Origin(type="link", url=link)
    if origin.id is None:
        raise Invalid("origin", f"Say which {origin.type} it comes from, in id.")
    return origin


def promise(commitment: Commitment, *, asked: Asked) -> Decision:
    """Only the performer promises; the terms as they stand become version 1."""
    by = permitted(commitment, "promise", asked)
    if commitment.has_already(by, CommitmentPromised):
        return None
    only_while(
        commitment, "requested", right="What is asked of you can be promised; offers and other terms are accepted."
    )
    return _promised(commitment, asked)


def accept(commitment: Commitment, *, asked: Asked) -> Decision:
    """An offer, or other terms, become a promise when the one they were suggested to accepts them."""
    by = permitted(commitment, "accept", asked)
    if commitment.has_already(by, OfferAccepted, CommitmentPromised):
        return None
    if commitment.to_the_network and commitment.terms and by != commitment.beneficiary:
        raise Refused("Somebody else has accepted this offer already.")
    only_while(
        commitment, "offered", "countered", right="Offers and other terms can be accepted; a request is promised."
    )
    if commitment.state == "countered":
        # One of the two suggested these terms and the other agrees: the performer has assented either way.
        return _promised(commitment, asked)
    return commitment.then(
        OfferAccepted,
        asked,
        performer=commitment.performer,
        beneficiary=commitment.beneficiary or by,
        what=commitment.what,
        terms=commitment.proposed,
    )


def _promised(commitment: Commitment, asked: Asked) -> Event:
    return commitment.then(
        CommitmentPromised,
        asked,
        performer=commitment.performer,
        beneficiary=commitment.beneficiary,
        what=commitment.what,
        terms=commitment.proposed,
    )


def counter(
    commitment: Commitment,
    *,
    asked: Asked,
    what: str | None = None,
    due: date | None = None,
    unseal: Unseal = as_written,
) -> Decision:
    """Suggest other terms than those that stand proposed; then the other one answers."""
    by = permitted(commitment, "counter", asked)
    what = wanted(what)
    if what is None and due is None:
        raise Invalid("due", "Say what you would promise or expect instead, or by when.")
    only_while(
        commitment, *PROPOSALS, right="Other terms can be suggested before it is promised; after that, propose terms."
    )
    changes_what = what is not None and not says(commitment.what, what, unseal)
    changes_due = due is not None and due != commitment.proposed.due
    if not (changes_what or changes_due):
        raise Refused("These terms stand proposed already: accept them, or say what should be different.")
    return commitment.then(
        TermsCountered,
        asked,
        what=Sealed(subject=by, text=what) if what and changes_what else commitment.what,
        terms=Terms(due=due or commitment.proposed.due, conditions=commitment.proposed.conditions),
    )


def decline(commitment: Commitment, *, asked: Asked, reason: str | None = None) -> Decision:
    """Say no. A reason is welcome and never needed."""
    by = permitted(commitment, "decline", asked)
    reason = wanted(reason)
    if commitment.has_already(by, CommitmentDeclined) and not reason:
        return None
    only_while(commitment, *PROPOSALS, right="Only what waits for an answer can be declined.")
    return commitment.then(CommitmentDeclined, asked, reason=sealed(by, reason))


def withdraw(commitment: Commitment, *, asked: Asked) -> Decision:
    """Take a request or offer back before it is answered; while terms are being discussed, either of the two can."""
    by = permitted(commitment, "withdraw", asked)
    if commitment.has_already(by, *WITHDRAWN.values()):
        return None
    only_while(commitment, *PROPOSALS, right="Only what waits for an answer can be withdrawn; a promise is revoked.")
    return commitment.then(WITHDRAWN[commitment.state], asked)


def expire(commitment: Commitment, *, asked: Asked) -> Decision:
    """A proposal that nobody answers for 14 days expires. That is nobody's failure."""
    permit(commitment, "expire", asked.by)
    if commitment.has_already(None, ProposalExpired):
        return None
    only_while(commitment, *PROPOSALS, right="Only what waits for an answer can expire.")
    if asked.now - commitment.proposed_at < ANSWER_WITHIN:
        raise Refused(f"There are {ANSWER_WITHIN.days} days to answer it, and they are not over.")
    return commitment.then(ProposalExpired, asked)
