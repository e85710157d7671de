"""Calling people together, signing up, holding it, and saying that you were there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from service.domain.aggregate import Asked, Decision, first
from service.domain.conversation.state import Conversation, must_lie_ahead, permit
from service.domain.events import (
    AttendanceConfirmed,
    ConversationCancelled,
    ConversationConvened,
    ConversationHeld,
    ConversationRescheduled,
    SignedUp,
    SignUpWithdrawn,
)
from service.domain.refusals import Forbidden, Invalid, Refused
from service.domain.words import sealed
from service.domain.writing import needed, wanted

FORMATS = (
    "breakfast_call",
    "themed_event",
    "set_meeting",
    "coaching_slot",
    "unconference",
    "retrospective",
    "regional_meetup",
    "fringe_event",
    "simulation",
    "async_thread",
)
MODES = ("in_person", "virtual")
AFTERWARDS = ("held", "written_up", "published")
"""The states of a conversation that took place."""


def convene(
    id: UUID,
    *,
    asked: Asked,
    format: str,
    title: str,
    starts_at: datetime,
    minutes: int,
    mode: str,
    set: UUID | None = None,
    set_members: Sequence[UUID] | None = None,
    capacity: int | None = None,
    series: str | None = None,
    host_event: str | None = None,
    causes: Sequence[UUID] = (),
) -> ConversationConvened:
    """Anybody calls people together, for everybody or for a set they belong to; nobody approves it."""
    if asked.by is None:
        raise Forbidden("Only a person can convene a conversation.")
    if format not in FORMATS:
        raise Invalid("format", f"There is no such format; a conversation is one of {', '.join(FORMATS)}.")
    if mode not in MODES:
        raise Invalid("mode", f"There is no such mode; people meet {' or '.join(MODES)}.")
    if capacity is not None and not 1 <= capacity <= 1_000_000:
        raise Invalid(
            "capacity", "There has to be room for at least one person; leave it out if there is room for all."
        )
    convened = first(
        ConversationConvened,
        id,
        asked,
        format=format,
        title=sealed(asked.by, needed("title", title)),
        starts_at=_moment(starts_at),
        minutes=_length(minutes),
        mode=mode,
        set=set,
        capacity=capacity,
        series=sealed(asked.by, wanted(series)),
        host_event=sealed(asked.by, wanted(host_event)),
        causes=tuple(dict.fromkeys(causes)),
    )
    if set is not None and asked.by not in (set_members or ()):
        raise Forbidden("Only a member of a set can convene a conversation for it.")
    return convened


def reschedule(
    conversation: Conversation, *, asked: Asked, starts_at: datetime, minutes: int | None = None
) -> Decision:
    """It moves to another time, and may become longer or shorter."""
    permit(conversation, "reschedule", asked.by)
    start = _moment(starts_at)
    length = _length(conversation.minutes if minutes is None else minutes)
    must_lie_ahead(conversation)
    if (start, length) == (conversation.starts_at, conversation.minutes):
        return None
    return conversation.then(ConversationRescheduled, asked, starts_at=start, minutes=length)


def cancel(conversation: Conversation, *, asked: Asked) -> Decision:
    """It will not take place."""
    permit(conversation, "cancel", asked.by)
    if conversation.state == "cancelled":
        return None
    must_lie_ahead(conversation)
    return conversation.then(ConversationCancelled, asked)


def sign_up(conversation: Conversation, *, asked: Asked) -> Decision:
    """Somebody means to come; there may be room for so many only."""
    director = _themselves(asked)
    must_lie_ahead(conversation)
    if director in conversation.signed_up:
        return None
    if conversation.capacity is not None and len(conversation.signed_up) >= conversation.capacity:
        raise Refused(f"All {conversation.capacity} places are taken; one is free when somebody withdraws.")
    return conversation.then(SignedUp, asked, director=director)


def withdraw_sign_up(conversation: Conversation, *, asked: Asked) -> Decision:
    """Somebody will not come after all."""
    director = _themselves(asked)
    must_lie_ahead(conversation)
    return conversation.then(SignUpWithdrawn, asked, director=director) if director in conversation.signed_up else None


def hold(conversation: Conversation, *, asked: Asked, set_members: Sequence[UUID] = ()) -> Decision:
    """It took place: when we are told, or else at its planned end at the latest. It may have been held early."""
    permit(conversation, "hold", asked.by, set_members)
    if conversation.state in AFTERWARDS:
        return None
    must_lie_ahead(conversation)
    if conversation.state == "voting":
        raise Refused("The vote on its topics is open; close it first, so that nobody's ballot is kept.")
    happened_at = asked.occurred_at or min(asked.now, conversation.ends_at)
    return conversation.then(ConversationHeld, msgspec.structs.replace(asked, occurred_at=happened_at))


def attend(conversation: Conversation, *, asked: Asked) -> Decision:
    """Somebody says that they were there; nobody says it for them."""
    director = _themselves(asked)
    if conversation.state not in AFTERWARDS:
        raise Refused(f"The conversation is {conversation.state}; attendance is confirmed once it has been held.")
    return (
        None if director in conversation.attended else conversation.then(AttendanceConfirmed, asked, director=director)
    )


def _themselves(asked: Asked) -> UUID:
    if asked.by is None:
        raise Forbidden("Only people say that they come or were there, each for themselves.")
    return asked.by


def _moment(starts_at: datetime) -> datetime:
    if starts_at.tzinfo is None or starts_at.utcoffset() is None:
        raise Invalid("starts_at", "The start has to say its offset from UTC, as in 2026-03-02T09:00:00+00:00.")
    if not 1900 <= starts_at.year < 3000:
        raise Invalid(
            "starts_at", f"The year {starts_at.year} is nobody's to meet in; write it in four digits, such as 2026."
        )
    return starts_at


def _length(minutes: int) -> int:
    if not 5 <= minutes <= 1440:
        raise Invalid("minutes", f"A conversation lasts from 5 minutes to a day (1440), not {minutes}.")
    return minutes
