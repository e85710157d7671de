"""Who stands at a page, and what their browser brings along."""

from __future__ import annotations

from aiohttp import web

from service.access import Caller
from service.access.caller import caller
from service.api.inside import CALLER, id_of
from service.web import cookies
from service.web.cookies import NEWS, SESSION, VISITOR
from service.web.house import HOUSE, House
from service.web.visit import Visit

VISIT = web.RequestKey("visit", Visit)
"""Where a request keeps its visit, so that whoever draws an error knows whom for."""


async def visit_of(request: web.Request) -> Visit:
    """The visit this request makes. NotFound where an id in the address cannot be one."""
    house = request.app[HOUSE]
    who = await caller_of(request, house)
    ids = {name: id_of(text) for name, text in request.match_info.items() if name == "id" or name.endswith("_id")}
    visit = Visit(
        request=request,
        inside=house.inside,
        caller=who,
        ids=ids,
        now=house.clock(),
        after=await _position(request, house),
    )
    request[VISIT] = visit
    if who:
        house.inside.not_too_often(who)
    return visit


async def caller_of(request: web.Request, house: House) -> Caller | None:
    """Whoever signed in with this browser, with the roles they have today; None when nobody did."""
    text = cookies.read(request, SESSION)
    session = await house.sessions.who(text, house.clock()) if text else None
    roles = await house.roles_of(session.director) if session else None
    if session is None or roles is None:
        return None
    request[CALLER] = caller(session, roles)
    return request[CALLER]


def anchor_of(request: web.Request) -> str | None:
    """What the forms of this browser hang on: its session, or where nobody signed in, the browser itself."""
    return cookies.read(request, SESSION) or cookies.read(request, VISITOR)


def news_of(request: web.Request) -> tuple[str, str] | None:
    """Which command was given last, and the position it got; None when that was long ago."""
    name, _, position = (cookies.read(request, NEWS) or "").rpartition("@")
    return (name, position) if position.isdecimal() and len(position) < 19 else None


async def _position(request: web.Request, house: House) -> int | None:
    """Only positions there are: a cookie may be older than a restored backup."""
    news = news_of(request)
    return int(news[1]) if news and int(news[1]) <= await house.head() else None
