"""What happens inside a conversation and after it: topics and the vote on them, rooms, reflections, the write-up."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from service.domain.aggregate import Event
from service.domain.words import Sealed


class TopicProposed(Event, frozen=True):
    TOPIC: ClassVar[str] = "topic-proposed"
    topic: UUID
    title: Sealed
    text: Sealed | None = None


class TopicWithdrawn(Event, frozen=True):
    TOPIC: ClassVar[str] = "topic-withdrawn"
    topic: UUID


class VotingOpened(Event, frozen=True):
    """Everybody may put so many dots on the topics. Nobody's ballot is ever an event."""

    TOPIC: ClassVar[str] = "voting-opened"
    budget: int


class VotingClosed(Event, frozen=True):
    """`tally` is how many dots each topic got; with fewer than five voters it is not kept, nor how many voted."""

    TOPIC: ClassVar[str] = "voting-closed"
    tally: dict[str, int] | None = None
    voters: int | None = None


class TopicsSelected(Event, frozen=True):
    """What will be talked about, in this order."""

    TOPIC: ClassVar[str] = "topics-selected"
    topics: tuple[UUID, ...]


class BreakoutsArranged(Event, frozen=True):
    """Who sits in which room; the rooms take the selected topics in turn."""

    TOPIC: ClassVar[str] = "breakouts-arranged"
    rooms: tuple[tuple[UUID, ...], ...]


class RoomReflected(Event, frozen=True):
    TOPIC: ClassVar[str] = "room-reflected"
    text: Sealed
    room: int | None = None


class SeedNoted(Event, frozen=True):
    """Something began that is no promise yet."""

    TOPIC: ClassVar[str] = "seed-noted"
    text: Sealed


class WriteUpDrafted(Event, frozen=True):
    """All whose words went into it are its contributors; each has to agree before it is published."""

    TOPIC: ClassVar[str] = "write-up-drafted"
    text: Sealed
    contributors: tuple[UUID, ...]


class ContributorAgreed(Event, frozen=True):
    TOPIC: ClassVar[str] = "contributor-agreed"
    director: UUID


class ContributorObjected(Event, frozen=True):
    TOPIC: ClassVar[str] = "contributor-objected"
    director: UUID
    why: Sealed | None = None


class WriteUpPublished(Event, frozen=True):
    TOPIC: ClassVar[str] = "write-up-published"


class WriteUpRetracted(Event, frozen=True):
    TOPIC: ClassVar[str] = "write-up-retracted"
