"""/v1/conversations/{id}/…: what is talked about there, and what came of it in words."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from projections import directors
from service.api.answers import Page, page
from service.api.conversations import conversation, known, may
from service.api.fields import Body, Filters, Id, Line, Nothing, Text
from service.api.routes import Ask, Question, Routes, Visit
from service.commands import Done

routes = Routes("conversations")

Dots = Annotated[int, Meta(ge=0, le=20, description="how many dots, 0 to 20")]


class ProposeTopic(Body, frozen=True, kw_only=True):
    title: Line
    text: Text | None = None


class WithdrawTopic(Body, frozen=True, kw_only=True):
    topic: Id


class OpenVoting(Body, frozen=True, kw_only=True):
    """How many dots everybody has."""

    budget: Annotated[int, Meta(ge=1, le=20)] = 3


class Ballot(Body, frozen=True, kw_only=True):
    """How many dots on which topic, by its id; none at all take an earlier ballot back."""

    dots: Annotated[dict[UUID, Dots], Meta(max_length=100)]


class CloseVoting(Body, frozen=True, kw_only=True):
    """How many topics are to be talked about."""

    select: Annotated[int, Meta(ge=1, le=100)] = 3


class ArrangeBreakouts(Body, frozen=True, kw_only=True):
    rooms: Annotated[int, Meta(ge=1, le=50)]


class Reflect(Body, frozen=True, kw_only=True):
    text: Text
    room: Annotated[int, Meta(ge=1, le=50)] | None = None


class NoteSeed(Body, frozen=True, kw_only=True):
    text: Text


class Draft(Body, frozen=True, kw_only=True):
    text: Text


class Objection(Body, frozen=True, kw_only=True):
    """No reason has to be given."""

    why: Text | None = None


class BallotAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Where I have put my dots, and how many I have left. Nobody else is ever told."""

    conversation: UUID
    dots: dict[UUID, int]
    left: int


@routes.post("/v1/conversations/{id}/topics", permit=may("propose_topic"), shows=conversation)
async def topics(ask: Ask[ProposeTopic]) -> Done:
    """Say what you would talk about."""
    return await ask.rooms.conversations.propose_topic(ask.id, call=ask.call, title=ask.body.title, text=ask.body.text)


@routes.post("/v1/conversations/{id}/withdraw-topic", permit=may("withdraw_topic"), shows=conversation)
async def withdraw_topic(ask: Ask[WithdrawTopic]) -> Done:
    """Take a topic of yours back."""
    return await ask.rooms.conversations.withdraw_topic(ask.id, call=ask.call, topic=ask.body.topic)


@routes.post("/v1/conversations/{id}/voting/open", permit=may("open_voting"), shows=conversation)
async def open_voting(ask: Ask[OpenVoting]) -> Done:
    """Have everybody put dots on the topics."""
    return await ask.rooms.conversations.open_voting(ask.id, call=ask.call, budget=ask.body.budget)


@routes.post("/v1/conversations/{id}/ballot", permit=may("vote"))
async def ballot(ask: Ask[Ballot]) -> BallotAnswer:
    """Put your dots, or put them otherwise. It is kept until the vote closes, and destroyed then."""
    vote = await ask.rooms.conversations.vote(ask.id, by=ask.by, dots=ask.body.dots)
    return BallotAnswer(conversation=ask.id, dots=vote.dots, left=vote.budget - sum(vote.dots.values()))


@routes.get("/v1/me/ballots")
async def my_ballots(question: Question[Filters]) -> Page[BallotAnswer]:
    """Where I have put my dots in votes that are open."""
    return page(await ballots_of(question), None)


async def ballots_of(visit: Visit) -> list[BallotAnswer]:
    """One's own ballots in votes that are open."""
    votes = await visit.rooms.conversations.my_votes(by=visit.by)
    return [
        BallotAnswer(conversation=id, dots=vote.dots, left=vote.budget - sum(vote.dots.values()))
        for id, vote in sorted(votes.items())
    ]


@routes.post("/v1/conversations/{id}/voting/close", permit=may("close_voting"), shows=conversation)
async def close_voting(ask: Ask[CloseVoting]) -> Done:
    """Count the dots: the topics with most are talked about. The ballots are destroyed."""
    return await ask.rooms.conversations.close_voting(ask.id, call=ask.call, select=ask.body.select)


@routes.post("/v1/conversations/{id}/breakouts", permit=may("arrange_breakouts"), shows=conversation)
async def breakouts(ask: Ask[ArrangeBreakouts]) -> Done:
    """Spread whoever comes over rooms, each of several organisations where that can be."""
    view = await known(ask)
    async with ask.rooms.read_models.read() as db:
        people = await directors.SHELF.those(db, view.people)
    where = {id: person.department or person.organisation for id, person in people.items()}
    return await ask.rooms.conversations.arrange_breakouts(
        ask.id, call=ask.call, rooms=ask.body.rooms, organisations=where
    )


@routes.post("/v1/conversations/{id}/reflections", permit=may("reflect"), shows=conversation)
async def reflections(ask: Ask[Reflect]) -> Done:
    """Say what stayed with you, or with your room; others read it without your name."""
    return await ask.rooms.conversations.reflect(ask.id, call=ask.call, text=ask.body.text, room=ask.body.room)


@routes.post("/v1/conversations/{id}/seeds", permit=may("note_seed"), shows=conversation)
async def seeds(ask: Ask[NoteSeed]) -> Done:
    """Note what began there and is no promise yet."""
    return await ask.rooms.conversations.note_seed(ask.id, call=ask.call, text=ask.body.text)


@routes.post("/v1/conversations/{id}/write-up", permit=may("draft"), shows=conversation)
async def write_up(ask: Ask[Draft]) -> Done:
    """Write it up; all whose words went into it are asked whether it may go out."""
    return await ask.rooms.conversations.draft(ask.id, call=ask.call, text=ask.body.text)


@routes.post("/v1/conversations/{id}/agree", permit=may("agree"), shows=conversation)
async def agree(ask: Ask[Nothing]) -> Done:
    """Agree that the write-up may be read by anybody."""
    return await ask.rooms.conversations.agree(ask.id, call=ask.call)


@routes.post("/v1/conversations/{id}/object", permit=may("object"), shows=conversation)
async def objection(ask: Ask[Objection]) -> Done:
    """Say that it may not; if it went out already, it is taken back at once."""
    return await ask.rooms.conversations.object(ask.id, call=ask.call, why=ask.body.why)


@routes.post("/v1/conversations/{id}/publish", permit=may("publish"), shows=conversation)
async def publish(ask: Ask[Nothing]) -> Done:
    """Let the write-up out, once everybody has agreed."""
    return await ask.rooms.conversations.publish(ask.id, call=ask.call)
