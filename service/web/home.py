"""The front door: what the network is for; and for those who signed in, their own page."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from aiohttp import web

from service.web.asks import clearable, lines, number, several
from service.web.pages import Pages, Shows
from service.web.purpose import purpose_of
from service.web.slots import FREE, sets_at_once
from service.web.visit import Visit

pages = Pages("home")

SHOWN = 12
"""So many of the latest of each kind; there are pages for the rest."""
LATELY = timedelta(days=30)
TOGETHER = ("proposed", "formed", "active")
"""States of a set that people are in, or invited to."""
TOLD_AT_THE_DOOR = ("conversations_held", "promised", "kept", "problems_resolved")
COUNTED_EVERY = timedelta(minutes=1)
STUCK = ("open", "in_round", "being_worked")
"""States of a problem that is one."""


class AtTheDoor:
    """What anybody may know of what was achieved: it takes longer the more there was, and is counted once a minute."""

    def __init__(self) -> None:
        self._rows: list[Any] = []
        self._counted: datetime | None = None

    async def told(self, visit: Visit) -> list[Any]:
        """The numbers, with what each of them counts."""
        if self._counted is None or not timedelta() <= visit.now - self._counted < COUNTED_EVERY:
            rows = (await visit.inside.get(None, "/v1/reports/achieved")).thing.rows
            self._rows = [row for row in rows if row.what in TOLD_AT_THE_DOOR and row.count]
            self._counted = visit.now
        return self._rows


AT_THE_DOOR = web.AppKey("at the door", AtTheDoor)


@pages.page("/", "home/front.html")
async def front(visit: Visit) -> Shows:
    """What the network is for; or what somebody has to do with it."""
    shown: dict[str, Any] = {"mine": None, "now": visit.now, "achieved": []}
    if visit.caller is None:
        return {**shown, "achieved": await visit.request.app[AT_THE_DOOR].told(visit)}
    return {**shown, "mine": await _mine(visit)} if visit.is_member else shown


async def _mine(visit: Visit) -> dict[str, Any]:
    """Everything on one's own page, in the order in which one would want to see it."""
    page = await visit.get("/v1/me/page")
    me = await visit.get("/v1/me")
    problems = await _each(visit, "/v1/problems/{id}", page.problems[-SHOWN:])
    sets = [
        each
        for each in await _each(visit, "/v1/sets/{id}", page.sets[-SHOWN:], reasons="false")
        if each.state in TOGETHER
    ]
    attention = {each.commitment: each.because for each in page.attention}
    under_way = set(page.under_way)
    by_me, to_me = (
        _latest([id for id in promised if id in under_way], attention)
        for promised in (page.promised_by_me, page.promised_to_me)
    )
    ids = dict.fromkeys([*page.waiting_for_my_answer, *attention, *by_me, *to_me])
    commitments = {each.id: each for each in await _each(visit, "/v1/commitments/{id}", list(ids))}
    looks = (await visit.get("/v1/me/inspections")).items
    purpose = await purpose_of(visit)
    said = str(visit.by)
    return {
        "me": me,
        "asks_to_agree": purpose is not None and not purpose.i_agreed,
        "invitations": [each for each in sets if each.invitations.get(said) == "invited"],
        "waiting": [commitments[id] for id in page.waiting_for_my_answer],
        "attention": attention,
        "problems": [each for each in problems if each.state in STUCK],
        "sets": [each for each in sets if each.invitations.get(said) == "accepted"],
        "sets_so_far": len(page.sets),
        "by_me": [commitments[id] for id in by_me],
        "to_me": [commitments[id] for id in to_me],
        "promised": len(page.promised_by_me),
        "looks": {each.inspection for each in looks if visit.now - each.at < LATELY and each.by != visit.by},
        "people": await visit.people(_everybody(sets, commitments.values())),
    }


def _latest(promised: Sequence[UUID], attention: Collection[UUID]) -> list[UUID]:
    """The latest promises, and the older ones that want looking at: one that is silent for a month does."""
    return [id for place, id in enumerate(promised) if id in attention or place >= len(promised) - SHOWN]


async def _each(visit: Visit, path: str, ids: Sequence[UUID], **filters: str) -> list[Any]:
    return [await visit.get(path, {"id": id}, **filters) for id in ids]


def _everybody(sets: Any, commitments: Any) -> list[UUID | None]:
    members = [person for each in sets for person in each.members]
    return [*members, *(person for each in commitments for person in (each.performer, each.beneficiary))]


@pages.page("/welcome", "home/welcome.html")
async def welcome(visit: Visit) -> Shows:
    """What somebody agrees to who joins."""
    return {"me": await visit.get("/v1/me"), "purpose": await purpose_of(visit)}


@pages.form(
    "/welcome/you",
    "home/you.html",
    asks={"offers.topics": lines, "offers.text": clearable, "slots": several, "capacity": number},
    to="/v1/me",
    method="PATCH",
    says="Welcome. You can change all of this whenever you like.",
    then=lambda visit, answer: "/",
)
async def you(visit: Visit) -> Shows:
    """What somebody says first who joins: what they can help with, and when they are free."""
    me = await visit.get("/v1/me")
    return {"me": me, "free": FREE, "sets_at_once": sets_at_once(me.capacity)}
