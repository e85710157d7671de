"""What becomes of a promise: acted on, declared done and kept, or revoked, released, not kept; and its outcome."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from service.domain.aggregate import Asked, Decision
from service.domain.choice import one_of
from service.domain.commitment.evidence import ShownBy, given_by
from service.domain.commitment.parties import only_while, permit, permitted
from service.domain.commitment.state import Commitment
from service.domain.days import CONFIRM_WITHIN, is_over
from service.domain.events import (
    ActionTaken,
    CompletionConfirmed,
    CompletionDeclared,
    CompletionReturned,
    ConfidenceStated,
    ConfirmationLapsed,
    OutcomeReported,
    OutcomeReviewed,
    PromiseAdmittedNotKept,
    PromiseAssessedNotKept,
    PromiseRevoked,
    PromiserReleased,
)
from service.domain.refusals import Invalid, Refused
from service.domain.words import Sealed, sealed
from service.domain.writing import needed, wanted

Confidence = Literal["on_track", "at_risk", "stuck"]
Scale = Literal["none", "early_sign", "local_change", "system_change"]
Contribution = Literal["enabled", "helped", "unclear"]
Verdict = Literal["sustained", "drifted_back", "unknown"]

CONFIDENCES: tuple[Confidence, ...] = get_args(Confidence)
SCALES: tuple[Scale, ...] = get_args(Scale)
CONTRIBUTIONS: tuple[Contribution, ...] = get_args(Contribution)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)


def take_action(commitment: Commitment, *, asked: Asked, what: str, evidence: Iterable[ShownBy] = ()) -> Decision:
    """The one who promised it says what they have done about it; it stays promised."""
    by = permitted(commitment, "take_action", asked)
    done = Sealed(subject=by, text=needed("what", what))
    shown = given_by(by, evidence)
    only_while(commitment, "promised", right="Actions are taken on what is promised.")
    return commitment.then(ActionTaken, asked, what=done, evidence=shown)


def state_confidence(commitment: Commitment, *, asked: Asked, confidence: str) -> Decision:
    """The one who promised it says how it is going; saying the same again is news too."""
    permitted(commitment, "state_confidence", asked)
    stated = one_of("confidence", confidence, CONFIDENCES)
    only_while(commitment, "promised", right="How it is going is said while it is promised.")
    return commitment.then(ConfidenceStated, asked, confidence=stated)


def declare_done(
    commitment: Commitment,
    *,
    asked: Asked,
    evidence: Iterable[ShownBy] = (),
    no_evidence_because: str | None = None,
) -> Decision:
    """Done needs evidence, or a plain "no evidence because …". With it ends any question of other terms."""
    by = permitted(commitment, "declare_done", asked)
    shown, none_because = given_by(by, evidence), wanted(no_evidence_because)
    if not shown and none_because is None:
        raise Invalid("evidence", "Show what was done, or say why there is no evidence in no_evidence_because.")
    if shown and none_because is not None:
        raise Invalid("no_evidence_because", "There is evidence, so there is no reason to say why there is none.")
    only_while(commitment, "promised", right="What is promised can be declared done.")
    return commitment.then(CompletionDeclared, asked, evidence=shown, none_because=sealed(by, none_because))


def confirm(commitment: Commitment, *, asked: Asked) -> Decision:
    """Only the person it was promised to says that it was kept, late or not. A promise to oneself is self-assessed."""
    by = permitted(commitment, "confirm", asked)
    if commitment.has_already(by, CompletionConfirmed):
        return None
    only_while(
        commitment,
        "declared",
        "unconfirmed",
        right="It can be confirmed once the person who promised it has declared it done.",
    )
    return commitment.then(CompletionConfirmed, asked, self_assessed=commitment.is_self_promise)


def send_back(commitment: Commitment, *, asked: Asked, why: str) -> Decision:
    """The person it was promised to says what is still missing; it is promised as before."""
    by = permitted(commitment, "send_back", asked)
    missing = Sealed(subject=by, text=needed("why", why))
    only_while(commitment, "declared", "unconfirmed", right="Only what has been declared done can be sent back.")
    return commitment.then(CompletionReturned, asked, why=missing)


def lapse(commitment: Commitment, *, asked: Asked) -> Decision:
    """A declaration that nobody confirms for 21 days lapses: unconfirmed, which is neither kept nor not kept."""
    permit(commitment, "lapse", asked.by)
    if commitment.has_already(None, ConfirmationLapsed):
        return None
    only_while(commitment, "declared", right="Only a declaration that nobody has confirmed can lapse.")
    if commitment.declared_at is None or asked.now - commitment.declared_at < CONFIRM_WITHIN:
        raise Refused(f"There are {CONFIRM_WITHIN.days} days to confirm it, and they are not over.")
    return commitment.then(ConfirmationLapsed, asked)


def revoke(commitment: Commitment, *, asked: Asked) -> Decision:
    """The one who promised it takes the promise back: with notice, when the due day is not over."""
    by = permitted(commitment, "revoke", asked)
    if commitment.has_already(by, PromiseRevoked):
        return None
    only_while(commitment, "promised", right="What is promised can be revoked.")
    # By recorded time: nobody is given notice by something written down later.
    return commitment.then(PromiseRevoked, asked, with_notice=not is_over(commitment.due, asked.now))


def release(commitment: Commitment, *, asked: Asked) -> Decision:
    """The person it was promised to lets go. Nobody is to blame, and no reason is asked."""
    by = permitted(commitment, "release", asked)
    if commitment.has_already(by, PromiserReleased):
        return None
    only_while(commitment, "promised", right="Somebody can be released from what is promised.")
    return commitment.then(PromiserReleased, asked)


def assess_not_kept(commitment: Commitment, *, asked: Asked) -> Decision:
    """The person it was promised to says that it was not kept, once the agreed day is over in London."""
    by = permitted(commitment, "assess_not_kept", asked)
    if commitment.has_already(by, PromiseAssessedNotKept):
        return None
    only_while(commitment, "promised", right="Whether it was not kept can be said of what is promised.")
    if not is_over(commitment.due, asked.now):
        raise Refused(f"It is due on {commitment.due}; until that day is over it can still be kept.")
    return commitment.then(PromiseAssessedNotKept, asked)


def admit_not_kept(commitment: Commitment, *, asked: Asked, learning: str | None = None) -> Decision:
    """The one who promised it says that it was not kept. What was learnt is welcome and never needed."""
    by = permitted(commitment, "admit_not_kept", asked)
    learnt = wanted(learning)
    if commitment.has_already(by, PromiseAdmittedNotKept) and not learnt:
        return None
    only_while(commitment, "promised", right="Whether it was not kept can be said of what is promised.")
    return commitment.then(PromiseAdmittedNotKept, asked, learning=sealed(by, learnt))


def report_outcome(
    commitment: Commitment, *, asked: Asked, scale: str, contribution: str, evidence: Iterable[ShownBy] = ()
) -> Decision:
    """Either of the two says what came of it, and what this commitment had to do with it."""
    by = permitted(commitment, "report_outcome", asked)
    reached = one_of("scale", scale, SCALES)
    had_to_do = one_of("contribution", contribution, CONTRIBUTIONS)
    shown = given_by(by, evidence)
    only_while(commitment, "kept", right="What came of it can be told once it is kept.")
    return commitment.then(OutcomeReported, asked, scale=reached, contribution=had_to_do, evidence=shown)


def review_outcome(commitment: Commitment, *, asked: Asked, verdict: str) -> Decision:
    """Either of the two says whether it lasted, as soon as they know, and again when they know better."""
    permitted(commitment, "review_outcome", asked)
    found = one_of("verdict", verdict, VERDICTS)
    only_while(commitment, "kept", right="Whether it lasted can be told once it is kept.")
    return commitment.then(OutcomeReviewed, asked, verdict=found)
