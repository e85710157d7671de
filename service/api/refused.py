"""What was refused is a line of the log: which route, with which status, and by which session or token it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog
from aiohttp import web

from service.access import Caller
from service.access.limits import WINDOW, Tries, network_of
from service.api.context import ROOMS, place_of
from service.api.metrics import declared

LOG = structlog.get_logger(__name__)

CALLER = web.RequestKey("caller", Caller)
"""Where a request keeps who asked, once they have shown it."""

MOST_LINES = 100
"""In a minute, of one caller: nobody fills the log by being refused."""

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refused:
    """Everything that was refused, by whichever door: no word and no address of it, and of who asked what opened their
    door."""

    def __init__(self, most: int = MOST_LINES) -> None:
        self._lines = Tries(most, WINDOW)

    def note(self, facts: dict[str, object], caller: Caller | None, place: str | None, now: datetime) -> None:
        """One more; once it is too many, that it is."""
        who = _who(caller, place)
        too_many = self._lines.another(str(who), now)
        if too_many is None:
            LOG.info("refused", **facts, **who)
        elif too_many.is_news:
            LOG.warning("refused too often to say each time", **who)


def _who(caller: Caller | None, place: str | None) -> dict[str, str]:
    match caller:
        case Caller(session=session) if session:
            return {"session": str(session)}
        case Caller(token=token):
            return {"token": str(token)}
        case _:
            return {"address": network_of(place)}


def add_refused(app: web.Application) -> None:
    """Whatever this application answers with a status from 400 to 499 is written down."""
    refused = Refused()

    @web.middleware
    async def noted(request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        if 400 <= response.status < 500:
            method, route = declared(request)
            facts = {"status": response.status, "method": method, "route": route}
            refused.note(facts, request.get(CALLER), place_of(request), request.app[ROOMS].clock())
        return response

    app.middlewares.append(noted)
