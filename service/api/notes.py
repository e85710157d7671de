"""/v1/notes: what people write to one another, for the two of them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from projections import notes as read
from service.api.answers import Page, Shown, page
from service.api.fields import Body, Filters, Id, Moment, Nothing, Text
from service.api.routes import Ask, Question, Routes, Visit
from service.api.seeing import at, theirs
from service.commands import Done
from service.domain.refusals import NotFound

routes = Routes("notes")


class Write(Body, frozen=True, kw_only=True):
    """To somebody, and if it is to be read later, when."""

    kind: Literal["feedback", "thanks", "challenge", "lesson", "postcard"]
    to: Id
    text: Text
    deliver_at: Moment | None = None


class NoteAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A note. Whom it goes to is for the two of them; of thanks, for whoever reads them once they are shared."""

    id: UUID
    kind: str
    state: str
    author: UUID | None
    to: UUID | None
    text: str | None
    written_at: datetime
    deliver_at: datetime | None


def presented(view: read.View, visit: Visit) -> NoteAnswer:
    """The note in the words of whoever wrote it."""
    recipient = visit.rooms.notes.recipient_of(view.to)
    thanked_aloud = view.state == "shared" and view.kind == "thanks"
    return NoteAnswer(
        id=view.id,
        kind=view.kind,
        state=view.state,
        author=view.author,
        to=recipient if thanked_aloud or visit.viewer in (view.author, recipient) else None,
        text=visit.rooms.unseal(view.text),
        written_at=view.written_at,
        deliver_at=view.deliver_at,
    )


async def known(visit: Visit, upto: int | None = None) -> read.View:
    """The note, if whoever asks may read it."""
    view = await visit.as_of(read.fold, visit.id, upto)
    now = visit.rooms.clock()
    if view is None or not view.may_read(visit.by, visit.rooms.notes.recipient_of(view.to), now):
        raise NotFound("There is no such note.")
    return view


async def note(visit: Visit, id: UUID, upto: int) -> Shown[NoteAnswer]:
    """The note as it stood at a position."""
    there = at(visit, id)
    view = await known(there, upto)
    return Shown(presented(view, there), view.version)


may = theirs(lambda rooms: rooms.notes.permit, known, anybody=("share", "withdraw"))


@routes.create("/v1/notes", shows=note)
async def write(ask: Ask[Write]) -> Done:
    """Write to somebody: for the two of you, now or on a later day."""
    body = ask.body
    return await ask.rooms.notes.write(
        call=ask.call, kind=body.kind, to=body.to, text=body.text, deliver_at=body.deliver_at
    )


@routes.get("/v1/notes")
async def notes(question: Question[Filters]) -> Page[NoteAnswer]:
    """The notes you wrote, those you were written, and those that are shared."""
    rooms = question.rooms
    async with rooms.read_models.read() as db:
        views, after = await read.page(
            db,
            viewer=question.by,
            recipient_of=lambda view: rooms.notes.recipient_of(view.to),
            now=rooms.clock(),
            after=question.after,
            limit=question.limit,
        )
    return page([presented(view, question) for view in views], after)


@routes.get("/v1/notes/{id}")
async def one(visit: Visit) -> Shown[NoteAnswer]:
    """One note."""
    view = await known(visit)
    return Shown(presented(view, visit), view.version)


@routes.post("/v1/notes/{id}/share", permit=may("share"), shows=note)
async def share(ask: Ask[Nothing]) -> Done:
    """Let the network read it: thanks you were given, or a lesson of yours."""
    return await ask.rooms.notes.share(ask.id, call=ask.call)


@routes.post("/v1/notes/{id}/withdraw", permit=may("withdraw"), shows=note)
async def withdraw(ask: Ask[Nothing]) -> Done:
    """Take back what you wrote, also after it was read."""
    return await ask.rooms.notes.withdraw(ask.id, call=ask.call)
