"""What the network is for: to read, to agree to, to challenge and to put otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from service.web.asks import number, required
from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("purpose")


async def purpose_of(visit: Visit) -> Any:
    """The purpose; None while nobody has stated it."""
    purpose = await visit.get("/v1/purpose")
    return purpose if purpose.stands else None


@pages.page("/purpose", "purpose/one.html")
async def one(visit: Visit) -> Shows:
    """The purpose as it stands, what was held against it, and how it read before."""
    purpose = await purpose_of(visit)
    return {"purpose": purpose, "people": await visit.people(_named_in(purpose)) if visit.is_member else {}}


def _named_in(purpose: Any) -> Iterator[UUID | None]:
    for wording in (purpose.stands, *purpose.earlier) if purpose else ():
        yield wording.by
        yield from (each.by for each in wording.challenges)


async def as_it_stands(visit: Visit) -> Shows:
    """The wording that something is to be said about, if there is one."""
    return {"purpose": await purpose_of(visit)}


pages.form(
    "/purpose/state",
    "purpose/state.html",
    asks={"text": required},
    to="/v1/purpose",
    says="That is what the network is for, until somebody puts it better.",
    then=lambda visit, answer: "/purpose",
)(as_it_stands)
pages.form(
    "/purpose/challenge",
    "purpose/challenge.html",
    asks={"wording": number, "text": required},
    says="It stands beside the purpose, where every director reads it.",
    then=lambda visit, answer: "/purpose",
)(as_it_stands)
pages.form(
    "/purpose/revise",
    "purpose/revise.html",
    asks={"wording": number, "text": required, "why": required},
    says="It reads otherwise now, and everybody is asked whether they agree.",
    then=lambda visit, answer: "/purpose",
)(as_it_stands)
pages.button(
    "/me/agree",
    asks={"wording": number},
    says="Thank you. You are in, and you can leave whenever you like.",
    then=lambda visit, answer: "/" if answer.thing.offers.topics or answer.thing.slots else "/welcome/you",
)
