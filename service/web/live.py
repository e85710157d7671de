"""Pages that tell the browser when what they show has moved on, by server-sent events (HTML, section 9.2)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import NamedTuple

from aiohttp import web

from service.domain.refusals import Refusal
from service.web import arriving
from service.web.house import HOUSE
from service.web.visit import Visit

OFTEN = 1.0  # seconds between two looks
LONGEST = 900  # looks after which the browser asks anew, and is asked again who it is
QUIET = 15  # looks without news after which a line of nothing keeps the connection open
NEWS, NOTHING = b"event: moved\ndata:\n\n", b":\n\n"
WATCHED = web.AppKey("watched", set[asyncio.Task[None]])

Look = Callable[[], Awaitable[Hashable]]
"""What a page shows, as a value that is another one when it has moved on."""


async def nothing() -> Hashable:
    """Nothing moves on but what is recorded."""
    return None


def prepare(app: web.Application) -> None:
    """Lets go of every browser when the service stops, so that nobody waits for them."""
    watched = app[WATCHED] = set[asyncio.Task[None]]()

    async def let_go(app: web.Application) -> None:
        for each in list(watched):
            each.cancel()

    app.on_shutdown.append(let_go)


class Seen(NamedTuple):
    """How far the read models had got, what the page showed then, and what moved beside it."""

    shown: Hashable
    page: Hashable
    beside: Hashable

    @property
    def what(self) -> Hashable:
        return self.page, self.beside


async def watch(visit: Visit, look: Look, beside: Look = nothing) -> web.StreamResponse:
    """Tells the browser each time the look is another one, or what moves beside it without being recorded: the former
    is taken again only once something was recorded and shows. Whoever may no longer look is told nothing more."""
    request = visit.request
    response = web.StreamResponse(
        headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    )
    begun = request.app[HOUSE].shown()
    seen = Seen(begun, await look(), await beside())
    await response.prepare(request)
    task = asyncio.ensure_future(_telling(visit, look, beside, seen, response))
    watched = request.app[WATCHED]
    watched.add(task)
    try:
        await task
    except (asyncio.CancelledError, ConnectionError, Refusal):
        if (current := asyncio.current_task()) and current.cancelling():
            raise
    finally:
        watched.discard(task)
        task.cancel()
    return response


async def _telling(visit: Visit, look: Look, beside: Look, seen: Seen, response: web.StreamResponse) -> None:
    house = visit.request.app[HOUSE]
    for tick in range(1, LONGEST + 1):
        await asyncio.sleep(OFTEN)
        if await arriving.caller_of(visit.request, house) is None:
            return
        shown = house.shown()
        now = Seen(shown, seen.page if shown == seen.shown else await look(), await beside())
        if now.what != seen.what:
            await response.write(NEWS)
        elif tick % QUIET == 0:
            await response.write(NOTHING)
        seen = now
