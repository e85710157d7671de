"""How what was talked about is shown: to whom, and without whose name."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from projections import conversations as read
from service.api.routes import Visit


class TopicAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Something to talk about. `dots` is told once five people or more have voted."""

    id: UUID
    title: str | None
    text: str | None
    proposed_by: UUID | None
    selected: bool
    dots: int | None


class RoomAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """A room and what it talks about. Who sits in it is for those who do, and for whoever convened it."""

    number: int
    topic: UUID | None
    i_am_in: bool
    people: list[UUID] | None


class ReflectionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What stayed with somebody, without a name."""

    room: int | None
    text: str | None


class WriteUpAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What was written up. Who contributes, and has agreed, is for the contributors, as is all of a draft."""

    text: str | None
    published_at: datetime | None
    contributors: list[UUID] | None
    agreed: list[UUID] | None
    objected: list[UUID] | None


def topics_of(view: read.View, visit: Visit) -> list[TopicAnswer]:
    """The topics: those that were selected first, in their order."""
    unseal, chosen = visit.rooms.unseal, {id: place for place, id in enumerate(view.selected)}
    return [
        TopicAnswer(
            id=topic.id,
            title=unseal(topic.title),
            text=unseal(topic.text),
            proposed_by=topic.by,
            selected=topic.id in chosen,
            dots=view.tally.get(str(topic.id)) if view.tally else None,
        )
        for topic in sorted(view.topics, key=lambda topic: chosen.get(topic.id, len(chosen)))
    ]


def rooms_of(view: read.View, visit: Visit) -> list[RoomAnswer]:
    """The rooms, which take the selected topics in turn."""
    return [
        RoomAnswer(
            number=number,
            topic=view.selected[(number - 1) % len(view.selected)] if view.selected else None,
            i_am_in=visit.viewer in people,
            people=list(people) if visit.viewer in (*people, view.convened_by) else None,
        )
        for number, people in enumerate(view.rooms, 1)
    ]


def reflections_of(view: read.View, visit: Visit) -> list[ReflectionAnswer]:
    return [ReflectionAnswer(room=said.room, text=visit.rooms.unseal(said.text)) for said in view.reflections]


def seeds_of(view: read.View, visit: Visit) -> list[str | None]:
    return [visit.rooms.unseal(said.text) for said in view.seeds]


def write_up_of(view: read.View, visit: Visit) -> WriteUpAnswer | None:
    """What was written up, once it is published; before that, to its contributors."""
    if view.write_up is None:
        return None
    within = visit.viewer in view.write_up.contributors
    if not (within or view.is_published()):
        return None
    return WriteUpAnswer(
        text=visit.rooms.unseal(view.write_up.text),
        published_at=view.write_up.published_at,
        contributors=list(view.write_up.contributors) if within else None,
        agreed=list(view.write_up.agreed) if within else None,
        objected=list(view.write_up.objected) if within else None,
    )
