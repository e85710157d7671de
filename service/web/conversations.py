"""Conversations: what is coming up, calling people together, coming, having been there, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from service.web.asks import line, moment, number, required
from service.web.forms import Choice
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("conversations")

FORMATS: tuple[tuple[str, str], ...] = (
    ("breakfast_call", "Breakfast call"),
    ("themed_event", "Themed event"),
    ("set_meeting", "Meeting of a set"),
    ("coaching_slot", "Coaching slot"),
    ("unconference", "Unconference"),
    ("retrospective", "Retrospective"),
    ("regional_meetup", "Regional meet-up"),
    ("fringe_event", "Fringe event"),
    ("simulation", "Simulation"),
    ("async_thread", "Thread, each in their own time"),
)
MODES: tuple[Choice, ...] = (("virtual", "Online"), ("in_person", "In person"))
AHEAD = ("convened", "voting", "agreed")
HELD = ("held", "written_up", "published")
"""States of a conversation that is to take place, and of one that has."""
IN_WORDS: dict[str, Any] = {"formats": dict(FORMATS), "modes": {each[0]: each[1] for each in MODES}}


@pages.page("/conversations", "conversations/list.html")
async def ahead(visit: Visit) -> Shows:
    """The conversations ahead, the next one first."""
    page = await visit.get("/v1/coming-up", None, **visit.asked("cursor"))
    first = "cursor" not in visit.request.query
    return {"conversations": page.items, "next": page.next, "is_first": first, **IN_WORDS}


@pages.page("/coming-up", "conversations/list.html")
async def coming_up(visit: Visit) -> Shows:
    """The same, under the name strangers know."""
    return await ahead(visit)


@pages.page("/conversations/been", "conversations/been.html")
async def been(visit: Visit) -> Shows:
    """The conversations that have been, the latest first."""
    page = await visit.get("/v1/looking-back", None, **visit.asked("cursor"))
    first = "cursor" not in visit.request.query
    return {"conversations": page.items, "next": page.next, "is_first": first, "held": HELD, **IN_WORDS}


@pages.form(
    "/conversations/new",
    "conversations/new.html",
    asks={
        "format": line,
        "title": required,
        "starts_at": moment,
        "minutes": number,
        "mode": line,
        "set": line,
        "capacity": number,
        "series": line,
        "host_event": line,
    },
    to="/v1/conversations",
    says="It is in everybody’s list.",
    then=lambda visit, answer: f"/conversations/{answer.id}",
)
async def new(visit: Visit) -> Shows:
    """Anybody may call people together."""
    asked = visit.asked("set")
    formats = [each for each in FORMATS if each[0] == "set_meeting"] if asked else list(FORMATS)
    return {"asked": asked, "format_choices": formats, "mode_choices": MODES}


@pages.page("/conversations/{id}", "conversations/one.html")
async def one(visit: Visit) -> Shows:
    """One conversation: when, for whom, and what one can do about it now."""
    conversation = await visit.get("/v1/conversations/{id}")
    was_held = conversation.state in HELD
    return {
        "conversation": conversation,
        "people": await visit.people(_named_in(conversation)),
        "convened": visit.is_me(conversation.convened_by),
        "begun": conversation.starts_at <= visit.now,
        "ahead": conversation.state in AHEAD,
        "was_held": was_held,
        "may_hold": conversation.state in AHEAD and await visit.may("/v1/conversations/{id}/held"),
        "takes_part": was_held and await visit.may("/v1/conversations/{id}/reflections"),
        "mine": await dots_of(visit) if conversation.state == "voting" else {},
        "titles": {topic.id: topic.title for topic in conversation.topics},
        **IN_WORDS,
    }


def _named_in(conversation: Any) -> Iterator[UUID | None]:
    yield conversation.convened_by
    yield from conversation.signed_up or ()
    yield from (topic.proposed_by for topic in conversation.topics)
    yield from (person for room in conversation.rooms for person in room.people or ())
    if conversation.write_up:
        yield from conversation.write_up.contributors or ()


async def dots_of(visit: Visit) -> dict[UUID, int]:
    """One's own dots in this conversation, by topic. Nobody else's are ever told."""
    mine = (await visit.get("/v1/me/ballots")).items
    return next((each.dots for each in mine if each.conversation == visit.id), {})


@pages.form(
    "/conversations/{id}/reschedule",
    "conversations/reschedule.html",
    asks={"starts_at": moment, "minutes": number},
    says="It is moved, and everybody who signed up can see that.",
)
async def reschedule(visit: Visit) -> Shows:
    """Another time."""
    answer = await visit.answer("/v1/conversations/{id}")
    return {"conversation": answer.thing, "version": answer.version}


@pages.page("/conversations/{id}/cancelling", "conversations/cancelling.html")
async def cancelling(visit: Visit) -> Shows:
    """Whether it is really not to take place."""
    await visit.must_be_theirs("/v1/conversations/{id}/cancel")
    return {"conversation": await visit.get("/v1/conversations/{id}")}


for command, says in {
    "sign-up": "You are coming.",
    "withdraw-sign-up": "You are not coming after all. Your place is free for somebody else.",
    "held": "Noted: it took place. Each person says for themselves that they were there.",
    "attend": "Noted: you were there.",
    "cancel": "It is cancelled.",
}.items():
    pages.button(f"/conversations/{{id}}/{command}", says=says)
