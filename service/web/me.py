"""About me: what I say of myself, when I am free, what opens my door, who looked; and going, for now or for good."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import msgspec
from aiohttp import web

from service.web.asks import clearable, day, line, lines, number, required, several, words
from service.web.pages import Pages, Shows
from service.web.slots import FREE, half_days, sets_at_once
from service.web.visit import Visit

pages = Pages("me")

ORGANISATIONS = [("department", "Department"), ("agency", "Agency"), ("council", "Council"), ("other", "Other")]


async def myself(visit: Visit) -> Shows:
    """What I have said of myself, and the version it stands at."""
    answer = await visit.answer("/v1/me")
    me = answer.thing
    return {
        "me": me,
        "version": answer.version,
        "organisations": ORGANISATIONS,
        "free": FREE,
        "sets_at_once": sets_at_once(me.capacity),
        "half_days": half_days(me.slots),
    }


pages.page("/me", "me/me.html")(myself)
pages.form(
    "/me/profile",
    "me/profile.html",
    asks={
        "name": required,
        "email": clearable,
        "organisation": required,
        "organisation_type": line,
        "department": clearable,
        "profession": clearable,
        "region": clearable,
    },
    to="/v1/me",
    method="PATCH",
    says="Saved.",
)(myself)
pages.form(
    "/me/offers",
    "me/offers.html",
    asks={"offers.topics": lines, "offers.text": clearable},
    to="/v1/me",
    method="PATCH",
    says="Saved. It counts from the next round on.",
)(myself)
pages.form(
    "/me/free",
    "me/free.html",
    asks={"slots": several, "capacity": number},
    to="/v1/me",
    method="PATCH",
    says="Saved. It counts from the next round on.",
)(myself)
pages.form(
    "/me/pause",
    "me/pause.html",
    asks={"until": day},
    says="You are taking a break. You will not be put into anything new, and nobody is told why.",
)(myself)
pages.button("/me/resume", says="Welcome back. You can be put into new sets again.")


@pages.form(
    "/me/avoid",
    "me/avoid.html",
    asks={"director": required, "reason": words},
    says="You will not be put in a set together. Nobody is told.",
)
async def avoid(visit: Visit) -> Shows:
    """Never to be put in a set with somebody."""
    everybody = await visit.every("/v1/directors")
    choices = [(each.id, f"{each.name}, {each.organisation}") for each in everybody if each.id != visit.by]
    return {"choices": [("", "Choose somebody"), *choices], "chosen": visit.asked("director").get("director", "")}


@pages.page("/me/doors", "me/doors.html")
async def doors(visit: Visit) -> Shows:
    """Where I am signed in, and which programs may act for me."""
    sessions = await visit.every("/v1/me/sessions")
    tokens = await visit.every("/v1/me/tokens")
    return {
        "sessions": [each for each in sessions if each.is_open],
        "tokens": [each for each in tokens if each.revoked_at is None],
        "people": await visit.people(each.issued_by for each in tokens),
    }


pages.button(
    "/me/tokens/{id}",
    method="DELETE",
    says="That token opens nothing any more.",
    then=lambda visit, answer: "/me/doors",
)
pages.button(
    "/me/sessions/{id}",
    method="DELETE",
    says="You are signed out there.",
    then=lambda visit, answer: "/me/doors",
)


@pages.page("/me/looked", "me/looked.html")
async def looked(visit: Visit) -> Shows:
    """Who looked at my record, when and what for."""
    looks = (await visit.get("/v1/me/inspections")).items
    inspections: dict[UUID, list[Any]] = {}
    for each in looks:
        inspections.setdefault(each.inspection, []).append(each)
    return {"inspections": list(inspections.values()), "people": await visit.people(each.by for each in looks)}


@pages.page("/me/export", "me/export.html")
async def export(visit: Visit) -> Shows:
    """What there is to take away."""
    return {"me": await visit.get("/v1/me")}


@pages.file("/me/everything.json")
async def everything(visit: Visit) -> web.Response:
    """All of it, as a file."""
    body = msgspec.json.format(msgspec.json.encode(await visit.get("/v1/me/export")), indent=2)
    headers = {"Content-Disposition": 'attachment; filename="unstuck-everything-about-me.json"'}
    return web.Response(body=body, content_type="application/json", headers=headers)


pages.form(
    "/me/leave",
    "me/leave.html",
    asks={},
    says="You have left the network. Thank you for what you gave to it.",
    then=lambda visit, answer: "/",
)(myself)
pages.form(
    "/me/forget",
    "me/forget.html",
    asks={},
    to="/v1/me",
    method="DELETE",
    says="You are forgotten. Every word of yours has been erased.",
    then=lambda visit, answer: "/",
)(myself)
