"""What people talk about and what came of it: topics, dots, rooms, reflections, seeds, and the write-up."""

from __future__ import annotations

from typing import Any

from service.api.inside import Answer
from service.web.asks import Said, number, required, words
from service.web.conversations import dots_of
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("talk")

DOTS = "dots-"


def dots(said: Said, name: str) -> Any:
    """How many dots on which topic: each topic has a field of its own."""
    return {each.removeprefix(DOTS): number(said, each) for each in said if each.startswith(DOTS) and said[each]}


def _to_it(visit: Visit, answer: Answer) -> str:
    """The conversation, for commands of two words."""
    return f"/conversations/{visit.id}"


async def the_conversation(visit: Visit) -> Shows:
    """A conversation about which something is to be said."""
    return {"conversation": await visit.get("/v1/conversations/{id}")}


pages.form(
    "/conversations/{id}/topics",
    "talk/topic.html",
    asks={"title": required, "text": words},
    says="It is among the topics.",
)(the_conversation)
pages.button(
    "/conversations/{id}/withdraw-topic",
    asks={"topic": required},
    says="The topic is off the list. You can propose another.",
)
pages.form(
    "/conversations/{id}/voting/open",
    "talk/open.html",
    asks={"budget": number},
    says="The vote is open. Everybody has the same number of dots.",
    then=_to_it,
)(the_conversation)
pages.form(
    "/conversations/{id}/voting/close",
    "talk/close.html",
    asks={"select": number},
    says="The vote is closed. The dots are counted, and every ballot is destroyed.",
    then=_to_it,
)(the_conversation)


@pages.form(
    "/conversations/{id}/ballot",
    "talk/ballot.html",
    asks={"dots": dots},
    says="Your dots are placed. You can move them until the vote closes.",
)
async def ballot(visit: Visit) -> Shows:
    """Where somebody puts their dots."""
    conversation = await visit.get("/v1/conversations/{id}")
    choices = [(count, str(count)) for count in range((conversation.dots or 0) + 1)]
    return {"conversation": conversation, "mine": await dots_of(visit), "field": DOTS, "choices": choices}


pages.form(
    "/conversations/{id}/breakouts",
    "talk/rooms.html",
    asks={"rooms": number},
    says="Everybody who signed up has a room, and sees which.",
)(the_conversation)


@pages.form(
    "/conversations/{id}/reflections",
    "talk/reflection.html",
    asks={"text": required, "room": number},
    says="Thank you. Others read it without your name.",
)
async def reflect(visit: Visit) -> Shows:
    """What stayed with somebody, or with their room."""
    conversation = await visit.get("/v1/conversations/{id}")
    choices = [("", "In no room"), *((room.number, f"Room {room.number}") for room in conversation.rooms)]
    mine = next((room.number for room in conversation.rooms if room.i_am_in), "")
    return {"conversation": conversation, "choices": choices, "mine": mine}


pages.form(
    "/conversations/{id}/seeds",
    "talk/seed.html",
    asks={"text": required},
    says="It is noted, so that it is not lost.",
)(the_conversation)
pages.form(
    "/conversations/{id}/write-up",
    "talk/write_up.html",
    asks={"text": required},
    says="It is written up. Everybody whose words went into it is asked whether it may go out.",
)(the_conversation)
pages.form(
    "/conversations/{id}/object",
    "talk/object.html",
    asks={"why": words},
    says="It stays with those who wrote it, and is read by nobody else.",
)(the_conversation)
pages.button("/conversations/{id}/agree", says="You have agreed that anybody may read it.")
pages.button("/conversations/{id}/publish", says="It is out: anybody can read it now.")
