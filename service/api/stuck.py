"""/v1/problems: what directors are stuck on."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from projections import problems as read
from service.api.answers import Page, Shown, page
from service.api.fields import VISIBLE_LINE, Body, Filters, Id, Nothing, Text, Topics
from service.api.routes import Ask, Question, Routes, Visit
from service.api.seeing import at, theirs
from service.commands import Done
from service.domain.refusals import NotFound
from service.domain.words import Tier

routes = Routes("problems")

Title = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=300,
        pattern=VISIBLE_LINE,
        description="what you are stuck on: a line of words, up to 300 characters",
    ),
]
ReadBy = Literal["private", "set", "network", "open"]


class Register(Body, frozen=True, kw_only=True):
    """One sentence is enough."""

    title: Title
    text: Text | None = None
    topics: Topics = msgspec.field(default_factory=list)
    tier: ReadBy = "set"


class Reframe(Body, frozen=True, kw_only=True):
    AT_LEAST_ONE_OF = ("title", "text", "topics")
    title: Title | UnsetType = UNSET
    text: Text | UnsetType = UNSET
    topics: Topics | UnsetType = UNSET


class Share(Body, frozen=True, kw_only=True):
    tier: ReadBy


class Resolve(Body, frozen=True, kw_only=True):
    commitments: Annotated[list[Id], Meta(max_length=50)] = msgspec.field(default_factory=list)


class StateAssumption(Body, frozen=True, kw_only=True):
    """A new assumption; or the number of one stated before, and whether it held."""

    EXACTLY_ONE_OF = ("text", "number")
    text: Text | UnsetType = UNSET
    number: Annotated[int, Meta(ge=1, le=1000)] | UnsetType = UNSET
    result: Literal["held", "failed"] = "held"


class NameBlocker(Body, frozen=True, kw_only=True):
    text: Text


class AssumptionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What is being taken for granted: stated, held or failed."""

    number: int
    text: str | None
    state: str


class ProblemAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something a director is stuck on."""

    id: UUID
    state: str
    owner: UUID
    title: str | None
    text: str | None
    topics: list[str]
    tier: str
    round: UUID | None
    set: UUID | None
    assumptions: list[AssumptionAnswer]
    blockers: list[str | None]
    registered_at: datetime


def presented(view: read.View, visit: Visit) -> ProblemAnswer:
    """The problem in its owner's words. Blockers and assumptions stay in the set, whoever may read the rest."""
    unseal = visit.rooms.unseal
    within = visit.viewer == view.owner or visit.viewer in view.helpers
    return ProblemAnswer(
        id=view.id,
        state=view.state,
        owner=view.owner,
        title=unseal(view.title),
        text=unseal(view.text),
        topics=(unseal(view.topics) or "").splitlines(),
        tier=view.tier,
        round=view.round if within else None,
        set=view.set if within else None,
        assumptions=[
            AssumptionAnswer(number=each.number, text=unseal(each.text), state=each.state)
            for each in (view.assumptions if within else ())
        ],
        blockers=[unseal(each) for each in (view.blockers if within else ())],
        registered_at=view.registered_at,
    )


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The problem, if whoever asks may read it."""
    view = await visit.as_of(read.fold, visit.id, upto)
    if view is None or not read.may_read(view, viewer=visit.viewer):
        raise NotFound("There is no such problem.")
    return view


async def problem(visit: Visit, id: UUID, upto: int) -> Shown[ProblemAnswer]:
    """The problem as it stood at a position."""
    view = await known(at(visit, id), upto)
    return Shown(presented(view, visit), view.version)


may = theirs(lambda rooms: rooms.problems.permit, known)


@routes.create("/v1/problems", shows=problem)
async def register(ask: Ask[Register]) -> Done:
    """Say what you are stuck on; one sentence is enough."""
    body = ask.body
    tier: Tier = body.tier
    return await ask.rooms.problems.register(
        call=ask.call, title=body.title, text=body.text, topics=body.topics, tier=tier
    )


@routes.get("/v1/problems")
async def problems(question: Question[Filters]) -> Page[ProblemAnswer]:
    """The problems you may read: your own, those of your sets, and those shared with the network."""
    async with question.rooms.read_models.read() as db:
        views, after = await read.page(db, viewer=question.by, after=question.after, limit=question.limit)
    return page([presented(view, question) for view in views], after)


@routes.get("/v1/problems/{id}")
async def one(visit: Visit) -> Shown[ProblemAnswer]:
    """One problem."""
    view = await known(visit)
    return Shown(presented(view, visit), view.version)


@routes.post("/v1/problems/{id}/reframe", permit=may("reframe"), shows=problem)
async def reframe(ask: Ask[Reframe]) -> Done:
    """Put it in other words."""
    said = {name: getattr(ask.body, name) for name in ("title", "text", "topics")}
    changes = {name: value for name, value in said.items() if value is not UNSET}
    return await ask.rooms.problems.reframe(ask.id, call=ask.call, **changes)


@routes.post("/v1/problems/{id}/share", permit=may("share"), shows=problem)
async def share(ask: Ask[Share]) -> Done:
    """Choose who may read it."""
    return await ask.rooms.problems.share(ask.id, call=ask.call, tier=ask.body.tier)


@routes.post("/v1/problems/{id}/assumptions", permit=may("state_assumption"), shows=problem)
async def assumptions(ask: Ask[StateAssumption]) -> Done:
    """State what is being taken for granted, or say whether it held."""
    body = ask.body
    if body.number is UNSET:
        assert body.text is not UNSET
        return await ask.rooms.problems.state_assumption(ask.id, call=ask.call, text=body.text)
    return await ask.rooms.problems.test_assumption(ask.id, call=ask.call, number=body.number, result=body.result)


@routes.post("/v1/problems/{id}/blockers", permit=may("name_blocker"), shows=problem)
async def blockers(ask: Ask[NameBlocker]) -> Done:
    """Say what stands in the way; it stays in the set."""
    return await ask.rooms.problems.name_blocker(ask.id, call=ask.call, text=ask.body.text)


@routes.post("/v1/problems/{id}/resolve", permit=may("resolve"), shows=problem)
async def resolve(ask: Ask[Resolve]) -> Done:
    """It is no longer a problem."""
    return await ask.rooms.problems.resolve(ask.id, call=ask.call, commitments=ask.body.commitments)


@routes.post("/v1/problems/{id}/let-go", permit=may("let_go"), shows=problem)
async def let_go(ask: Ask[Nothing]) -> Done:
    """Stop working on it; no reason is asked."""
    return await ask.rooms.problems.let_go(ask.id, call=ask.call)


@routes.post("/v1/problems/{id}/reopen", permit=may("reopen"), shows=problem)
async def reopen(ask: Ask[Nothing]) -> Done:
    """It is a problem again."""
    return await ask.rooms.problems.reopen(ask.id, call=ask.call)
