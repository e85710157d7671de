"""What is known of a conversation, whose each command is, and how it is folded from its events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from service.domain.aggregate import Aggregate, Event, Recall
from service.domain.events import (
    AttendanceConfirmed,
    BreakoutsArranged,
    ContributorAgreed,
    ContributorObjected,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    ConversationRescheduled,
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
from service.domain.refusals import Forbidden, Refused

State = Literal["convened", "voting", "agreed", "held", "written_up", "published", "cancelled"]

FOR_WHOEVER_CONVENED_IT = {
    "reschedule": "Only whoever convened this conversation can move or cancel it.",
    "cancel": "Only whoever convened this conversation can move or cancel it.",
    "open_voting": "Only whoever convened this conversation opens and closes the vote.",
    "close_voting": "Only whoever convened this conversation opens and closes the vote.",
    "arrange_breakouts": "Only whoever convened this conversation arranges its rooms.",
}
FOR_WHOEVER_TAKES_PART = frozenset({"reflect", "note_seed", "draft"})
FOR_ITS_CONTRIBUTORS = frozenset({"agree", "object", "publish"})


@dataclass(frozen=True, kw_only=True)
class Conversation(Aggregate):
    """When it starts, who convened it, who means to come and says they were there, and what was talked about."""

    format: str
    starts_at: datetime
    minutes: int
    convened_by: UUID | None = None
    set: UUID | None = None
    capacity: int | None = None
    state: State = "convened"
    signed_up: tuple[UUID, ...] = ()
    attended: tuple[UUID, ...] = ()
    topics: tuple[tuple[UUID, UUID | None], ...] = ()
    """Each topic that stands, and who proposed it."""
    budget: int = 0
    rooms: tuple[tuple[UUID, ...], ...] = ()
    contributed: tuple[UUID, ...] = ()
    """Whose reflections and seeds there are."""
    contributors: tuple[UUID, ...] = ()
    agreed: tuple[UUID, ...] = ()
    objected: tuple[UUID, ...] = ()

    @property
    def ends_at(self) -> datetime:
        """When it is planned to end."""
        return self.starts_at + timedelta(minutes=self.minutes)

    def takes_part(self, person: UUID | None, set_members: Sequence[UUID] = ()) -> bool:
        """Whoever convened it, means to come, was there, or belongs to its set."""
        return person in (self.convened_by, *self.signed_up, *self.attended, *set_members)


def recall(id: UUID) -> Recall[Conversation]:
    """How a conversation is recalled."""
    return Recall(id, evolve, "There is no such conversation.")


def permit(conversation: Conversation, command: str, by: UUID | None, set_members: Sequence[UUID] = ()) -> None:
    """Whoever convened it moves it, cancels it, has topics voted on and arranges rooms; they or a member of its set say
    that it was held. Whoever takes part says what came of it, and whoever contributed to a write-up lets it out."""
    if command in FOR_WHOEVER_CONVENED_IT and by != conversation.convened_by:
        raise Forbidden(FOR_WHOEVER_CONVENED_IT[command])
    if command == "hold" and by != conversation.convened_by and by not in set_members:
        raise Forbidden("Only whoever convened it, or a member of its set, can say that it was held.")
    if command in FOR_WHOEVER_TAKES_PART and not conversation.takes_part(by, set_members):
        raise Forbidden("Only those who take part in a conversation say what came of it.")
    if command in FOR_ITS_CONTRIBUTORS and by not in conversation.contributors:
        raise Forbidden("Only those whose words went into a write-up say whether it goes out.")


def must_lie_ahead(conversation: Conversation) -> None:
    """Refused once it was held or cancelled."""
    if conversation.state == "cancelled":
        raise Refused("The conversation was cancelled; convene another instead.")
    if conversation.state not in ("convened", "voting", "agreed"):
        raise Refused("The conversation has been held; that can be done only before.")


def evolve(conversation: Conversation | None, event: Event) -> Conversation | None:
    """The conversation after the event."""
    if isinstance(event, ConversationConvened):
        return Conversation(
            id=event.originator_id,
            version=event.originator_version,
            format=event.format,
            starts_at=event.starts_at,
            minutes=event.minutes,
            convened_by=event.by,
            set=event.set,
            capacity=event.capacity,
        )
    if conversation is None:
        return None
    now = replace(conversation, version=event.originator_version)
    return _planned(now, event) or _talked(now, event) or _written(now, event) or now


def _planned(conversation: Conversation, event: Event) -> Conversation | None:
    match event:
        case ConversationRescheduled(starts_at=starts_at, minutes=minutes):
            return replace(conversation, starts_at=starts_at, minutes=minutes)
        case SignedUp(director=director):
            return replace(conversation, signed_up=(*_without(conversation.signed_up, director), director))
        case SignUpWithdrawn(director=director):
            return replace(conversation, signed_up=_without(conversation.signed_up, director))
        case ConversationHeld():
            return replace(conversation, state="held")
        case AttendanceConfirmed(director=director):
            return replace(conversation, attended=(*_without(conversation.attended, director), director))
        case ConversationCancelled():
            return replace(conversation, state="cancelled")
    return None


def _talked(conversation: Conversation, event: Event) -> Conversation | None:
    match event:
        case TopicProposed(topic=topic, by=by):
            return replace(conversation, topics=(*conversation.topics, (topic, by)))
        case TopicWithdrawn(topic=topic):
            return replace(conversation, topics=tuple(each for each in conversation.topics if each[0] != topic))
        case VotingOpened(budget=budget):
            return replace(conversation, state="voting", budget=budget)
        case VotingClosed():
            return replace(conversation, state="agreed")
        case TopicsSelected():
            return conversation
        case BreakoutsArranged(rooms=rooms):
            return replace(conversation, rooms=rooms)
    return None


def _written(conversation: Conversation, event: Event) -> Conversation | None:
    match event:
        case RoomReflected() | SeedNoted() if event.by:
            return replace(conversation, contributed=(*_without(conversation.contributed, event.by), event.by))
        case WriteUpDrafted(contributors=contributors, by=by):
            whoever_wrote_it = tuple(filter(None, (by,)))
            return replace(
                conversation, state="written_up", contributors=contributors, agreed=whoever_wrote_it, objected=()
            )
        case ContributorAgreed(director=director):
            agreed = (*_without(conversation.agreed, director), director)
            return replace(conversation, agreed=agreed, objected=_without(conversation.objected, director))
        case ContributorObjected(director=director):
            objected = (*_without(conversation.objected, director), director)
            return replace(conversation, agreed=_without(conversation.agreed, director), objected=objected)
        case WriteUpPublished():
            return replace(conversation, state="published")
        case WriteUpRetracted():
            return replace(conversation, state="written_up")
    return None


def _without(people: tuple[UUID, ...], director: UUID) -> tuple[UUID, ...]:
    return tuple(person for person in people if person != director)
