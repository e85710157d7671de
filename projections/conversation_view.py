"""What is known of one conversation, folded from its own events; also as of any earlier position."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec

from projections.counting import ticks
from projections.shelf import Seen, begun, moved
from service.domain.events import (
    AttendanceConfirmed,
    BreakoutsArranged,
    ContributorAgreed,
    ContributorObjected,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    ConversationRescheduled,
    Event,
    RoomReflected,
    SeedNoted,
    SignedUp,
    SignUpWithdrawn,
    TopicProposed,
    TopicsSelected,
    TopicWithdrawn,
    VotingClosed,
    VotingOpened,
    WriteUpDrafted,
    WriteUpPublished,
    WriteUpRetracted,
)
from service.domain.words import Sealed

A_MINUTE = 60_000_000
"""In ticks."""


class Topic(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something somebody would talk about."""

    id: UUID
    by: UUID | None
    title: Sealed
    text: Sealed | None = None


class Reflection(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What stayed with somebody, or with a room."""

    by: UUID | None
    text: Sealed
    room: int | None = None


class WriteUp(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was written up, and whether all whose words went into it have agreed."""

    by: UUID | None
    text: Sealed
    drafted_at: datetime
    contributors: tuple[UUID, ...] = ()
    agreed: tuple[UUID, ...] = ()
    objected: tuple[UUID, ...] = ()
    published_at: datetime | None = None


class View(Seen, frozen=True, kw_only=True):
    """A conversation. Who attended is what they said of themselves."""

    format: str
    title: Sealed
    starts_at: datetime
    minutes: int
    mode: str
    convened_by: UUID | None
    convened_at: datetime
    set: UUID | None = None
    capacity: int | None = None
    series: Sealed | None = None
    host_event: Sealed | None = None
    causes: tuple[UUID, ...] = ()
    state: Literal["convened", "voting", "agreed", "held", "written_up", "published", "cancelled"] = "convened"
    signed_up: tuple[UUID, ...] = ()
    attended: tuple[UUID, ...] = ()
    held_at: datetime | None = None
    topics: tuple[Topic, ...] = ()
    budget: int | None = None
    tally: dict[str, int] | None = None
    voters: int | None = None
    selected: tuple[UUID, ...] = ()
    rooms: tuple[tuple[UUID, ...], ...] = ()
    reflections: tuple[Reflection, ...] = ()
    seeds: tuple[Reflection, ...] = ()
    write_up: WriteUp | None = None

    @property
    def minute(self) -> int:
        """When it starts, in whole minutes since 1970."""
        return ticks(self.starts_at) // A_MINUTE

    @property
    def people(self) -> tuple[UUID, ...]:
        """Whoever convened it, signed up or was there."""
        convenor = (self.convened_by,) if self.convened_by else ()
        return tuple(dict.fromkeys((*convenor, *self.signed_up, *self.attended)))

    def is_published(self) -> bool:
        """Whether anybody may read what was written up."""
        return self.state == "published"


def fold(view: View | None, event: Event) -> View | None:
    """The conversation after the event."""
    if isinstance(event, ConversationConvened):
        return View(
            **begun(event),
            format=event.format,
            title=event.title,
            starts_at=event.starts_at,
            minutes=event.minutes,
            mode=event.mode,
            convened_by=event.by,
            convened_at=event.occurred_at,
            set=event.set,
            capacity=event.capacity,
            series=event.series,
            host_event=event.host_event,
            causes=event.causes,
        )
    if view is None:
        return None
    return moved(view, event, **(_planned(view, event) or _talked(view, event) or _written(view, event)))


def _planned(view: View, event: Event) -> dict[str, Any]:
    match event:
        case ConversationRescheduled(starts_at=starts_at, minutes=minutes):
            return {"starts_at": starts_at, "minutes": minutes}
        case ConversationCancelled():
            return {"state": "cancelled"}
        case ConversationHeld():
            return {"state": "held", "held_at": event.occurred_at}
        case SignedUp(director=director):
            return {"signed_up": (*_without(view.signed_up, director), director)}
        case SignUpWithdrawn(director=director):
            return {"signed_up": _without(view.signed_up, director)}
        case AttendanceConfirmed(director=director):
            return {"attended": (*_without(view.attended, director), director)}
    return {}


def _talked(view: View, event: Event) -> dict[str, Any]:
    match event:
        case TopicProposed():
            topic = Topic(id=event.topic, by=event.by, title=event.title, text=event.text)
            return {"topics": (*view.topics, topic)}
        case TopicWithdrawn(topic=gone):
            return {"topics": tuple(topic for topic in view.topics if topic.id != gone)}
        case VotingOpened(budget=budget):
            return {"state": "voting", "budget": budget}
        case VotingClosed(tally=tally, voters=voters):
            return {"state": "agreed", "tally": tally, "voters": voters}
        case TopicsSelected(topics=topics):
            return {"selected": topics}
        case BreakoutsArranged(rooms=rooms):
            return {"rooms": rooms}
    return {}


def _written(view: View, event: Event) -> dict[str, Any]:
    match event:
        case RoomReflected():
            said = Reflection(by=event.by, text=event.text, room=event.room)
            return {"reflections": (*view.reflections, said)}
        case SeedNoted():
            return {"seeds": (*view.seeds, Reflection(by=event.by, text=event.text))}
        case WriteUpDrafted():
            drafted = WriteUp(
                by=event.by,
                text=event.text,
                drafted_at=event.occurred_at,
                contributors=event.contributors,
                agreed=tuple(filter(None, (event.by,))),
            )
            return {"state": "written_up", "write_up": drafted}
        case WriteUpPublished():
            return {"state": "published", "write_up": _with(view.write_up, published_at=event.occurred_at)}
        case WriteUpRetracted():
            return {"state": "written_up", "write_up": _with(view.write_up, published_at=None)}
        case ContributorAgreed(director=director) if view.write_up:
            agreed = (*_without(view.write_up.agreed, director), director)
            objected = _without(view.write_up.objected, director)
            return {"write_up": _with(view.write_up, agreed=agreed, objected=objected)}
        case ContributorObjected(director=director) if view.write_up:
            agreed = _without(view.write_up.agreed, director)
            objected = (*_without(view.write_up.objected, director), director)
            return {"write_up": _with(view.write_up, agreed=agreed, objected=objected)}
    return {}


def _with(write_up: WriteUp | None, **facts: Any) -> WriteUp | None:
    return msgspec.structs.replace(write_up, **facts) if write_up else None


def _without(people: tuple[UUID, ...], director: UUID) -> tuple[UUID, ...]:
    return tuple(person for person in people if person != director)
