"""Opening a round, taking part, and having it answered, revised and published."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from projections import rounds as read
from projections import sets as read_sets
from service.api.answers import Page, Shown, page
from service.api.because import Worded
from service.api.fields import Body, Filters, Nothing, Text
from service.api.rounds.answers import (
    ComparisonAnswer,
    MineAnswer,
    ProposalAnswer,
    ProposedSetAnswer,
    RoundAnswer,
    StepAnswer,
    compared,
    presented,
    proposal_in_words,
    sets_in_words,
)
from service.api.routes import Ask, Question, Routes, Visit
from service.api.seeing import at
from service.api.sets import presented as set_presented
from service.commands import SIZES, Done, filled
from service.commands.wording import left_out_in_words
from service.domain.refusals import NotFound
from service.domain.words import Rules, Size

routes = Routes("rounds")

LARGEST_SET = 20
NO_PROPOSAL = "There is no proposal yet: ask for one, and it appears here when it has been computed."
People = Annotated[int, Meta(ge=2, le=LARGEST_SET)]
Weight = Annotated[float, Meta(ge=0, le=1_000_000)]


class SizeBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many people a set has; what is left out is as usual."""

    # JSON Schema cannot compare two fields: for one target or another, the others lie on either side of it.
    SCHEMA: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"properties": {"min": {"maximum": n}, "target": {"const": n}, "max": {"minimum": n}}}
            for n in range(2, LARGEST_SET + 1)
        ]
    }

    min: People | UnsetType = UNSET
    max: People | UnsetType = UNSET
    target: People | UnsetType = UNSET
    penalty: Weight | UnsetType = UNSET


class RulesBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The hard rules a convenor may set; with `fair`, whoever is helped least comes before the sum of all."""

    max_per_organisation: Annotated[int, Meta(ge=1, le=50)] = 1
    cooldown_rounds: Annotated[int, Meta(ge=0, le=1000)] = 6
    common_slots: Annotated[int, Meta(ge=0, le=100)] = 1
    place_everyone: bool = False
    fair: bool = False


class WeightsBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How much each wish counts; what is left out stays as it is."""

    help: Weight | None = None
    theme: Weight | None = None
    profession: Weight | None = None
    region: Weight | None = None
    new_tie: Weight | None = None


def _only(kinds: list[str], **numbers: tuple[int, int]) -> dict[str, Any]:
    """What the schema says of the sizes of these kinds of rounds."""
    bounds = {name: {"minimum": least, "maximum": most} for name, (least, most) in numbers.items()}
    return {"properties": {"kind": {"enum": kinds}, "size": {"properties": bounds}}, "required": ["kind"]}


class OpenRound(Body, frozen=True, kw_only=True):
    SCHEMA: ClassVar[dict[str, Any]] = {
        "anyOf": [
            {"properties": {"kind": {"const": "action_set"}}},
            _only(["pair", "coaching_pair"], min=(2, 2), target=(2, 2), max=(2, 3)),
            _only(["trio"], min=(3, 3), target=(3, 3), max=(3, 3)),
        ]
    }

    kind: Literal["action_set", "pair", "trio", "coaching_pair"] = "action_set"
    size: SizeBody | None = None
    rules: RulesBody | None = None
    weights: WeightsBody | None = None


class ReviseRound(Body, frozen=True, kw_only=True):
    """Other sizes, rules or weights, and the reason: both are public."""

    why: Text
    size: SizeBody | None = None
    rules: RulesBody | None = None
    weights: WeightsBody | None = None


def _asked(body: OpenRound | ReviseRound, usual: Size) -> dict[str, Any]:
    """Size, rules and weights as the commands take them."""
    return {
        "size": body.size and filled(usual, msgspec.to_builtins(body.size)),
        "rules": body.rules and msgspec.convert(body.rules, Rules, from_attributes=True),
        "weights": body.weights and msgspec.to_builtins(body.weights),
    }


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The round; every member may know of every round."""
    view = await visit.as_of(read.fold, visit.id, upto)
    if view is None:
        raise NotFound("There is no such round.")
    return view


async def exists(visit: Visit) -> None:
    """404 before anything is read, where there is no such round."""
    await known(visit)


async def round_(visit: Visit, id: UUID, upto: int) -> Shown[RoundAnswer]:
    """The round as it stood at a position."""
    view = await known(at(visit, id), upto)
    return Shown(presented(view, visit), view.version)


@routes.create("/v1/rounds", shows=round_)
async def open_(ask: Ask[OpenRound]) -> Done:
    """Open a round of matching."""
    return await ask.rooms.rounds.open(call=ask.call, kind=ask.body.kind, **_asked(ask.body, SIZES[ask.body.kind]))


@routes.get("/v1/rounds")
async def rounds(question: Question[Filters]) -> Page[RoundAnswer]:
    """Every round, in the order they were opened."""
    async with question.rooms.read_models.read() as db:
        views, after = await read.page(db, after=question.after, limit=question.limit)
    return page([presented(view, question) for view in views], after)


@routes.get("/v1/rounds/{id}")
async def one(visit: Visit) -> Shown[RoundAnswer]:
    """One round."""
    view = await known(visit)
    return Shown(presented(view, visit), view.version)


@routes.get("/v1/rounds/{id}/proposal", permit=exists)
async def proposal(question: Question[Worded]) -> Shown[ProposalAnswer]:
    """What the matching found; 404 while there is no answer yet."""
    view = await known(question)
    answer = await proposal_in_words(view, question, reasons=question.filters.reasons)
    if answer is None:
        raise NotFound(NO_PROPOSAL)
    return Shown(answer, view.version)


@routes.get("/v1/rounds/{id}/proposal/sets", permit=exists)
async def proposed_sets(question: Question[Filters]) -> Page[ProposedSetAnswer]:
    """The sets of the proposal in its order, a page at a time; 404 while there is none."""
    view = await known(question)
    if view.proposal is None:
        raise NotFound(NO_PROPOSAL)
    begin = question.after or 0
    end = begin + question.limit
    sets = await sets_in_words(view.proposal.sets[begin:end], question)
    return page(sets, end if end < len(view.proposal.sets) else None)


@routes.get("/v1/rounds/{id}/comparison", permit=exists)
async def comparison(visit: Visit) -> Shown[ComparisonAnswer]:
    """The proposal beside chance and the last round; 404 while there is none."""
    view = await known(visit)
    if view.proposal is None:
        raise NotFound(NO_PROPOSAL)
    async with visit.rooms.read_models.read() as db:
        return Shown(compared(view.proposal, await read.before(db, view)), view.version)


@routes.get("/v1/rounds/{id}/progress", permit=exists)
async def progress(question: Question[Filters]) -> Page[StepAnswer]:
    """How the matching comes along, oldest first; nothing where another process of the service works on it."""
    steps = question.rooms.rounds.workshop.progress(question.id)
    return page([msgspec.convert(step, StepAnswer, from_attributes=True) for step in steps], None)


@routes.get("/v1/rounds/{id}/mine")
async def mine(visit: Visit) -> MineAnswer:
    """Your own set in this round, and why you; once the proposal is published."""
    view = await known(visit)
    async with visit.rooms.read_models.read() as db:
        sets = [each for each in await read_sets.of_round(db, view.id) if visit.viewer in each.invitations]
    newest = max(sets, key=lambda each: each.created, default=None)
    shown = await set_presented(newest, visit) if newest else None
    because = None
    if (
        view.published_at
        and newest is None
        and view.proposal
        and (code := view.proposal.unplaced.get(str(visit.viewer)))
    ) or (code := view.left_out.get(str(visit.viewer))):
        because = left_out_in_words(code)
    why = [each for each in shown.why if visit.viewer in (each.person, each.helped_by)] if shown else []
    return MineAnswer(round=view.id, set=shown, why=why, because=because)


@routes.post("/v1/rounds/{id}/opt-in", permit=exists, shows=round_)
async def opt_in(ask: Ask[Nothing]) -> Done:
    """Take part in this round."""
    return await ask.rooms.rounds.opt_in(ask.id, call=ask.call)


@routes.post("/v1/rounds/{id}/opt-out", permit=exists, shows=round_)
async def opt_out(ask: Ask[Nothing]) -> Done:
    """Take no part in this round after all."""
    return await ask.rooms.rounds.opt_out(ask.id, call=ask.call)


@routes.post("/v1/rounds/{id}/close", permit=exists, shows=round_)
async def close(ask: Ask[Nothing]) -> Done:
    """Nobody else can opt in; the question now stands."""
    return await ask.rooms.rounds.close(ask.id, call=ask.call)


@routes.post("/v1/rounds/{id}/propose", permit=exists, shows=round_, status=202)
async def propose(ask: Ask[Nothing]) -> Done:
    """Have sets proposed. It is computed beside the service, and appears at /proposal."""
    return await ask.rooms.rounds.propose(ask.id, call=ask.call)


@routes.post("/v1/rounds/{id}/revise", permit=exists, shows=round_)
async def revise(ask: Ask[ReviseRound]) -> Done:
    """Ask again in another way, and say why; a new proposal is computed."""
    wishes = _asked(ask.body, (await known(ask)).size)
    return await ask.rooms.rounds.revise(ask.id, call=ask.call, why=ask.body.why, **wishes)


@routes.post("/v1/rounds/{id}/publish", permit=exists, shows=round_)
async def publish(ask: Ask[Nothing]) -> Done:
    """Invite everybody to the set proposed for them."""
    return await ask.rooms.rounds.publish(ask.id, call=ask.call)


@routes.post("/v1/rounds/{id}/complete", permit=exists, shows=round_)
async def complete(ask: Ask[Nothing]) -> Done:
    """The round is over; what nobody picked up is carried forward."""
    return await ask.rooms.rounds.complete(ask.id, call=ask.call)


@routes.post("/v1/rounds/{id}/cancel", permit=exists, shows=round_)
async def cancel(ask: Ask[Nothing]) -> Done:
    """The round will not go on."""
    return await ask.rooms.rounds.cancel(ask.id, call=ask.call)
