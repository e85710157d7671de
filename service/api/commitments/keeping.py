"""What is done about a promise, how it ends, what came of it, and who may read it."""

from __future__ import annotations

from service.api.commitments.bodies import (
    AdmitNotKept,
    DeclareDone,
    ProposeTerms,
    ReportOutcome,
    ReviewOutcome,
    SendBack,
    StateConfidence,
    TakeAction,
    Widen,
    shown_by,
)
from service.api.commitments.seeing import commitment, may
from service.api.fields import Nothing
from service.api.routes import Ask, Routes
from service.commands import Done

routes = Routes("commitments")


@routes.post("/v1/commitments/{id}/take-action", permit=may("take_action"), shows=commitment)
async def take_action(ask: Ask[TakeAction]) -> Done:
    """Tell what you did about it."""
    evidence = shown_by(ask.body.evidence)
    return await ask.rooms.commitments.take_action(ask.id, call=ask.call, what=ask.body.what, evidence=evidence)


@routes.post("/v1/commitments/{id}/state-confidence", permit=may("state_confidence"), shows=commitment)
async def state_confidence(ask: Ask[StateConfidence]) -> Done:
    """Say how it is going."""
    return await ask.rooms.commitments.state_confidence(ask.id, call=ask.call, confidence=ask.body.confidence)


@routes.post("/v1/commitments/{id}/propose-terms", permit=may("propose_terms"), shows=commitment)
async def propose_terms(ask: Ask[ProposeTerms]) -> Done:
    """Ask for another date or other conditions; the old ones stay in force until the other agrees."""
    body = ask.body
    return await ask.rooms.commitments.propose_terms(
        ask.id, call=ask.call, due=body.due, conditions=body.conditions, why=body.why
    )


@routes.post("/v1/commitments/{id}/agree-terms", permit=may("agree_terms"), shows=commitment)
async def agree_terms(ask: Ask[Nothing]) -> Done:
    """Agree to the terms the other asked for."""
    return await ask.rooms.commitments.agree_terms(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/refuse-terms", permit=may("refuse_terms"), shows=commitment)
async def refuse_terms(ask: Ask[Nothing]) -> Done:
    """Leave the terms as they are."""
    return await ask.rooms.commitments.refuse_terms(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/declare-done", permit=may("declare_done"), shows=commitment)
async def declare_done(ask: Ask[DeclareDone]) -> Done:
    """Say that it is done, and what shows it."""
    body = ask.body
    return await ask.rooms.commitments.declare_done(
        ask.id,
        call=ask.call,
        evidence=shown_by(body.evidence),
        no_evidence_because=body.no_evidence_because or None,
    )


@routes.post("/v1/commitments/{id}/confirm", permit=may("confirm"), shows=commitment)
async def confirm(ask: Ask[Nothing]) -> Done:
    """Confirm that what was promised to you was kept."""
    return await ask.rooms.commitments.confirm(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/send-back", permit=may("send_back"), shows=commitment)
async def send_back(ask: Ask[SendBack]) -> Done:
    """Say what is still missing."""
    return await ask.rooms.commitments.send_back(ask.id, call=ask.call, why=ask.body.why)


@routes.post("/v1/commitments/{id}/revoke", permit=may("revoke"), shows=commitment)
async def revoke(ask: Ask[Nothing]) -> Done:
    """Take your promise back."""
    return await ask.rooms.commitments.revoke(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/release", permit=may("release"), shows=commitment)
async def release(ask: Ask[Nothing]) -> Done:
    """Let whoever promised it go; no reason is asked."""
    return await ask.rooms.commitments.release(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/assess-not-kept", permit=may("assess_not_kept"), shows=commitment)
async def assess_not_kept(ask: Ask[Nothing]) -> Done:
    """Say that what was promised to you was not kept, once its day is over."""
    return await ask.rooms.commitments.assess_not_kept(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/admit-not-kept", permit=may("admit_not_kept"), shows=commitment)
async def admit_not_kept(ask: Ask[AdmitNotKept]) -> Done:
    """Say that you did not keep it; what you learned is welcome, and never needed."""
    return await ask.rooms.commitments.admit_not_kept(ask.id, call=ask.call, learning=ask.body.learning)


@routes.post("/v1/commitments/{id}/report-outcome", permit=may("report_outcome"), shows=commitment)
async def report_outcome(ask: Ask[ReportOutcome]) -> Done:
    """Tell what came of it."""
    body = ask.body
    return await ask.rooms.commitments.report_outcome(
        ask.id, call=ask.call, scale=body.scale, contribution=body.contribution, evidence=shown_by(body.evidence)
    )


@routes.post("/v1/commitments/{id}/review-outcome", permit=may("review_outcome"), shows=commitment)
async def review_outcome(ask: Ask[ReviewOutcome]) -> Done:
    """Say, later, whether it lasted."""
    return await ask.rooms.commitments.review_outcome(ask.id, call=ask.call, verdict=ask.body.verdict)


@routes.post("/v1/commitments/{id}/narrow", permit=may("narrow"), shows=commitment)
async def narrow(ask: Ask[Nothing]) -> Done:
    """Keep it among the two of you and your set, from now on and everywhere."""
    return await ask.rooms.commitments.narrow(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/widen", permit=may("widen"), shows=commitment)
async def widen(ask: Ask[Widen]) -> Done:
    """Agree that more people may read it; it is done once both of you have."""
    return await ask.rooms.commitments.widen(ask.id, call=ask.call, tier=ask.body.tier)
