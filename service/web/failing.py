"""Pages for what went wrong: what it is, and what to do now."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from service.api.inside import Failure, failure
from service.web import arriving
from service.web.going import drawn, to
from service.web.house import HOUSE
from service.web.pages import thing_of
from service.web.visit import Visit


class Advice(NamedTuple):
    """The heading of a failure, and what to do about it."""

    heading: str
    right: str


ADVICE = {
    400: Advice("That address cannot be read", "Check it, or start again from your page."),
    403: Advice("This is not yours to do", "If you think it should be, ask whose it is, or an administrator."),
    404: Advice(
        "We cannot find that",
        "It may never have been there, or it may be something only other people can read. If you typed the address,"
        " check it; if you followed a link, ask whoever sent it.",
    ),
    405: Advice("That cannot be done here", "Start again from your page."),
    408: Advice("That took too long to arrive", "Check your connection and send it again."),
    409: Advice("Not now", "Go back and look at how it stands."),
    412: Advice(
        "It has changed since you opened it",
        "Nothing was done. Go back, look at how it stands now, and do it again if you still want to.",
    ),
    413: Advice("That is too long", "Send less at once."),
    422: Advice("That could not be understood", "Go back and try again."),
    429: Advice("Too many tries", "Wait a little, then try again."),
    500: Advice("Sorry, something went wrong on our side", "Try again in a few minutes. Nothing you did caused this."),
    503: Advice("Come back in a moment", "We are busy. Wait a few seconds, then try again."),
}  # fmt: skip
DETAILS = (403, 409, 422, 429, 500, 503)
"""Failures whose own sentence is meant for people."""


@web.middleware
async def failures(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    """Turns whatever goes wrong with a page into a page."""
    if not is_for_people(request):
        return await handler(request)
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        failed = Failure(error.status if error.status in ADVICE else 400, "")
    except Exception as error:
        place = request.match_info.route.resource
        failed = failure(error, place.canonical if place else None)
    visit = request.get(arriving.VISIT) or await _stranger(request)
    if failed.status == 401:
        back = request.path if request.method in ("GET", "HEAD") else thing_of(request.path)
        return to(visit, "/sign-in" if back == "/" else f"/sign-in?next={quote(back)}")
    advice = ADVICE.get(failed.status, ADVICE[500])
    shown = {
        "advice": advice,
        "detail": failed.detail if failed.status in DETAILS else "",
        "back": thing_of(request.path) if request.method == "POST" else None,
    }
    page = drawn(visit, "frame/failure.html", shown, status=failed.status)
    page.headers.update(failed.headers)
    return page


def is_for_people(request: web.Request) -> bool:
    """Whether a person is to be answered: at the address of a page, or with a browser at none at all."""
    if request.path.startswith("/v1/") or request.path in ("/healthz", "/readyz"):
        return False
    place = request.match_info.route.resource
    return place is not None or "text/html" in request.headers.get("Accept", "")


async def _stranger(request: web.Request) -> Visit:
    """Whoever has got no further than the door."""
    house = request.app[HOUSE]
    caller = await arriving.caller_of(request, house)
    return Visit(request=request, inside=house.inside, caller=caller, ids={}, now=house.clock())
