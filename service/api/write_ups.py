"""/v1/write-ups: what was written up of conversations and let out, for anybody."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from projections import conversations as read
from service.api.answers import Page, Shown, page
from service.api.fields import Filters
from service.api.routes import Question, Routes, Visit
from service.domain.refusals import NotFound

routes = Routes("write-ups")


class PublishedAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A write-up everybody who contributed let out. What the conversation was called stays with those it was for."""

    conversation: UUID
    format: str
    held_at: datetime | None
    published_at: datetime | None
    text: str | None


def presented(view: read.View, visit: Visit) -> PublishedAnswer:
    """What anybody may read."""
    assert view.write_up
    return PublishedAnswer(
        conversation=view.id,
        format=view.format,
        held_at=view.held_at,
        published_at=view.write_up.published_at,
        text=visit.rooms.unseal(view.write_up.text),
    )


@routes.get("/v1/write-ups")
async def write_ups(question: Question[Filters]) -> Page[PublishedAnswer]:
    """What was written up and let out, in the order the conversations were convened."""
    async with question.rooms.read_models.read() as db:
        views, after = await read.published(db, after=question.after, limit=question.limit)
    return page([presented(view, question) for view in views], after)


@routes.get("/v1/write-ups/{id}")
async def one(visit: Visit) -> Shown[PublishedAnswer]:
    """What was written up of one conversation, by its id."""
    view = await visit.as_of(read.fold, visit.id)
    if view is None or view.write_up is None or not view.is_published():
        raise NotFound("There is no such write-up, or it was not let out.")
    return Shown(presented(view, visit), view.version)
