"""How a commitment begins and comes to be promised; and where it is read."""

from __future__ import annotations

from typing import Any

from projections import commitments as read
from service.api.answers import Page, Shown, page
from service.api.circle import sets_of
from service.api.commitments.answers import CommitmentAnswer, presented
from service.api.commitments.bodies import Counter, Decline, OfferBody, PledgeBody, RequestBody
from service.api.commitments.seeing import commitment, known, may, sets_for
from service.api.fields import Nothing, OfSet
from service.api.history import History, of_commitment
from service.api.routes import Ask, Question, Routes, Visit
from service.commands import Done
from service.domain.refusals import Forbidden
from service.domain.words import Origin

routes = Routes("commitments")


@routes.create("/v1/commitments", shows=commitment)
async def begin(ask: Ask[RequestBody | OfferBody | PledgeBody]) -> Done:
    """Request, offer or pledge something."""
    body = ask.body
    origin = Origin(type=body.origin.__struct_config__.tag, id=getattr(body.origin, "id", None))  # type: ignore[arg-type]
    terms = {"what": body.what, "due": body.due, "conditions": body.conditions, "tier": body.tier}
    facts: dict[str, Any] = {**terms, "origin": origin, "url": getattr(body.origin, "url", None), "call": ask.call}
    facts |= {"performer": body.performer, "beneficiary": body.beneficiary}
    commands = ask.rooms.commitments
    match body:
        case RequestBody():
            return await commands.request(**facts)
        case OfferBody():
            return await commands.offer(**facts)
        case PledgeBody():
            return await commands.pledge(**facts)


@routes.get("/v1/commitments")
async def commitments(question: Question[OfSet]) -> Page[CommitmentAnswer]:
    """The commitments you may know of, in the order they were made."""
    mine = await sets_of(question)
    async with question.rooms.read_models.read() as db:
        views, after = await read.page(
            db,
            viewer=question.by,
            sets=mine,
            is_lead=question.has_role("lead"),
            of_set=question.filters.set,
            after=question.after,
            limit=question.limit,
        )
    return page([presented(view, question, mine) for view in views], after)


@routes.get("/v1/commitments/{id}")
async def one(visit: Visit) -> Shown[CommitmentAnswer]:
    """One commitment."""
    view = await known(visit)
    return Shown(presented(view, visit, await sets_for(visit, view)), view.version)


async def _is_theirs(visit: Visit) -> None:
    if visit.viewer not in (await known(visit)).parties:
        raise Forbidden("Its history is for its two parties; a lead reads it through an inspection.")


@routes.get("/v1/commitments/{id}/history", permit=_is_theirs)
async def history(visit: Visit) -> History:
    """Everything that happened to it, in words."""
    return await of_commitment(visit, visit.id)


@routes.post("/v1/commitments/{id}/promise", permit=may("promise"), shows=commitment)
async def promise(ask: Ask[Nothing]) -> Done:
    """Promise what was asked of you."""
    return await ask.rooms.commitments.promise(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/counter", permit=may("counter"), shows=commitment)
async def counter(ask: Ask[Counter]) -> Done:
    """Suggest other terms before anything is promised."""
    return await ask.rooms.commitments.counter(ask.id, call=ask.call, what=ask.body.what, due=ask.body.due)


@routes.post("/v1/commitments/{id}/accept", permit=may("accept"), shows=commitment)
async def accept(ask: Ask[Nothing]) -> Done:
    """Accept an offer, or the terms that now stand."""
    return await ask.rooms.commitments.accept(ask.id, call=ask.call)


@routes.post("/v1/commitments/{id}/decline", permit=may("decline"), shows=commitment)
async def decline(ask: Ask[Decline]) -> Done:
    """Say no; a reason is never needed."""
    return await ask.rooms.commitments.decline(ask.id, call=ask.call, reason=ask.body.reason)


@routes.post("/v1/commitments/{id}/withdraw", permit=may("withdraw"), shows=commitment)
async def withdraw(ask: Ask[Nothing]) -> Done:
    """Take back what you asked for or offered."""
    return await ask.rooms.commitments.withdraw(ask.id, call=ask.call)
