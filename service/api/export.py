"""Everything the service keeps of oneself, as one JSON document to take away."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from projections import commitments, conversations, matching_question, problems, sets
from projections import goals as aimed
from projections import notes as noted
from projections import purpose as purposed
from projections.history import line
from service.api import conversations as talked
from service.api import goals, notes, stuck, talk
from service.api import inspections as inspected
from service.api import me as own
from service.api import my_doors as doors
from service.api import sets as grouped
from service.api.circle import sets_of
from service.api.commitments import answers as promised
from service.api.routes import Routes, Visit
from service.domain.words import PURPOSE, Sealed

routes = Routes("me")

EVERYTHING = 1_000_000


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """Something that happened to one's own entry."""

    position: int
    event: str
    at: datetime
    occurred_at: datetime
    via: str


class Avoided(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody I would rather not meet, and why, if I said so: nobody else reads either."""

    director: UUID
    reason: str | None


class Contributed(msgspec.Struct, frozen=True, kw_only=True):
    """Something I said in a conversation; others read it without my name, but for topics."""

    conversation: UUID
    what: Literal["topic", "reflection", "seed", "write_up"]
    text: str | None


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """My data: what I said of myself, what I wrote, where I was, what I promised and was promised, who looked at it."""

    me: own.Me
    tokens: list[doors.HeldToken]
    sessions: list[doors.HeldSession]
    avoiding: list[Avoided]
    history: list[Said]
    problems: list[stuck.ProblemAnswer]
    sets: list[grouped.SetAnswer]
    conversations: list[talked.ConversationAnswer]
    said: list[Contributed]
    ballots: list[talk.BallotAnswer]
    notes: list[notes.NoteAnswer]
    goals: list[goals.GoalAnswer]
    purpose: list[str | None]
    """What I wrote of what the network is for."""
    commitments: list[promised.CommitmentAnswer]
    inspections: list[inspected.LookAnswer]


@routes.get("/v1/me/export")
async def export(visit: Visit) -> Export:
    """All my data."""
    page = await own.own_page(visit, visit.by)
    events = await visit.rooms.history(visit.by, None)
    circle = await sets_of(visit)
    async with visit.rooms.read_models.read() as db:
        written = await problems.of_owner(db, visit.by)
        joined, _ = await sets.page(db, member=visit.by, limit=EVERYTHING)
        known, _ = await conversations.page(db, viewer=visit.by, sets=circle, limit=EVERYTHING)
        given = await commitments.of_director(db, visit.by)
        letters, _ = await noted.page(
            db,
            viewer=visit.by,
            recipient_of=lambda view: visit.rooms.notes.recipient_of(view.to),
            now=visit.rooms.clock(),
            limit=EVERYTHING,
        )
        adopted, _ = await aimed.page(db, limit=EVERYTHING)
    return Export(
        me=page.thing,
        tokens=[doors.held(token) for token in await visit.rooms.tokens.of(visit.by)],
        sessions=[doors.kept(visit, session) for session in await visit.rooms.sessions.of(visit.by)],
        avoiding=[
            Avoided(director=whom, reason=visit.rooms.unseal(reason))
            for whom, reason in sorted(matching_question.avoided_by(events, visit.rooms.unseal).items())
        ],
        history=[_said(event) for event in events],
        problems=[stuck.presented(view, visit) for view in written],
        sets=[await grouped.presented(view, visit) for view in joined],
        conversations=[talked.presented(view, visit) for view in known if visit.by in view.people],
        said=[each for view in known for each in _contributed(view, visit)],
        ballots=await talk.ballots_of(visit),
        notes=[
            answer
            for answer in (notes.presented(view, visit) for view in letters)
            if visit.by in (answer.author, answer.to)
        ],
        goals=[await goals.presented(view, visit) for view in adopted if _is_mine(view, visit.by)],
        purpose=[visit.rooms.unseal(words) for words in await _of_the_purpose(visit)],
        commitments=[promised.presented(view, visit, circle) for view in given],
        inspections=(await inspected.looks(visit)).items,
    )


def _contributed(view: conversations.View, visit: Visit) -> Iterator[Contributed]:
    """What I proposed, reflected, noted and wrote up there."""
    mine: list[tuple[Literal["topic", "reflection", "seed", "write_up"], Sealed]] = [
        *(("topic", topic.title) for topic in view.topics if topic.by == visit.by),
        *(("topic", topic.text) for topic in view.topics if topic.by == visit.by and topic.text),
        *(("reflection", said.text) for said in view.reflections if said.by == visit.by),
        *(("seed", said.text) for said in view.seeds if said.by == visit.by),
        *(("write_up", each.text) for each in (view.write_up,) if each and each.by == visit.by),
    ]
    for what, words in mine:
        yield Contributed(conversation=view.id, what=what, text=visit.rooms.unseal(words))


async def _of_the_purpose(visit: Visit) -> list[Sealed]:
    """My wordings, my reasons for them, and what I held against others."""
    view = await visit.as_of(purposed.fold, PURPOSE)
    wordings = view.wordings if view else ()
    mine = [words for each in wordings if each.by == visit.by for words in (each.text, each.why) if words]
    return mine + [said.text for each in wordings for said in each.challenges if said.by == visit.by]


def _is_mine(view: aimed.View, me: UUID) -> bool:
    """Whether I adopted that goal or reviewed it."""
    return me == view.adopted_by or any(review.by == me for review in view.reviews)


def _said(event: Any) -> Said:
    return Said(
        position=event.position,
        event=line(event).event,
        at=event.recorded_at,
        occurred_at=event.occurred_at,
        via=event.via,
    )
