"""What may be done next with a commitment, as pages offer it: for each state, whose move it is. The domain decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, kw_only=True)
class Step:
    """One command: a page of its own where something is to be said, or else a button."""

    command: str
    text: str
    asks: bool = False
    first: bool = False
    """The step most people come for."""


ACCEPT = Step(command="accept", text="Accept", first=True)
COUNTER = Step(command="counter", text="Propose other terms", asks=True)
DECLINE = Step(command="decline", text="Decline", asks=True)
WITHDRAW = Step(command="withdraw", text="Withdraw it")
PROMISE = Step(command="promise", text="Promise it", first=True)
CONFIRM = Step(command="confirm", text="Confirm that it is done", first=True)
SEND_BACK = Step(command="send-back", text="Say what is missing", asks=True)
TERMS = Step(command="propose-terms", text="Propose another date or conditions", asks=True)
ACT = Step(command="take-action", text="Say what you have done", asks=True)
DONE = Step(command="declare-done", text="Declare it done", asks=True, first=True)
CONFIDENCE = Step(command="state-confidence", text="Say how it is going", asks=True)
REVOKE = Step(command="revoke", text="Take your promise back", asks=True)
ADMIT = Step(command="admit-not-kept", text="Say that you did not keep it", asks=True)
RELEASE = Step(command="release", text="Let them off", asks=True)
NOT_KEPT = Step(command="assess-not-kept", text="Say that it was not kept", asks=True)
OUTCOME = Step(command="report-outcome", text="Say what came of it", asks=True, first=True)
REVIEW = Step(command="review-outcome", text="Say whether it lasted", asks=True)
AGREE = Step(command="agree-terms", text="Agree to the new terms", first=True)
REFUSE = Step(command="refuse-terms", text="Keep the old terms")


def steps_for(commitment: Any, me: UUID | None) -> list[Step]:
    """The steps somebody may take now, the likeliest first; none for whoever is no party to it."""
    if me is None:
        return []
    return sorted(_steps(commitment, me), key=lambda step: not step.first)


def _steps(commitment: Any, me: UUID) -> Iterator[Step]:
    performs, benefits = me == commitment.performer, me == commitment.beneficiary
    is_party = performs or benefits
    authored = commitment.proposal is not None and commitment.proposal.by == me
    match commitment.state:
        case "requested":
            yield from (PROMISE, COUNTER, DECLINE) if performs else ()
            yield from (WITHDRAW,) if benefits else ()
        case "offered":
            answers = benefits or (commitment.beneficiary is None and not performs)
            yield from (ACCEPT, COUNTER, DECLINE) if answers else ()
            yield from (WITHDRAW,) if performs else ()
        case "countered" if is_party:
            yield from () if authored else (ACCEPT, COUNTER, DECLINE)
            yield WITHDRAW
        case "promised" if is_party:
            yield from _while_promised(commitment, performs, benefits, authored)
        case "declared" | "unconfirmed" if benefits:
            yield from (CONFIRM, SEND_BACK)
        case "kept" if is_party:
            yield OUTCOME
            yield from (REVIEW,) if any(each.verdict is None for each in commitment.outcomes) else ()


def _while_promised(commitment: Any, performs: bool, benefits: bool, authored: bool) -> Iterator[Step]:
    if commitment.proposal is not None and not authored:
        yield from (AGREE, REFUSE)
    if performs:
        yield from (DONE, ACT, CONFIDENCE)
    if commitment.proposal is None:
        yield TERMS
    if performs:
        yield from (REVOKE, ADMIT)
    if benefits and not performs:
        yield RELEASE
        yield from (NOT_KEPT,) if commitment.overdue else ()
