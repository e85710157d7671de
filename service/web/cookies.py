"""What a browser keeps between two pages: who signed in, what it was just told, and nothing anybody wrote."""

from __future__ import annotations

from aiohttp import web

from service.access.browsers import Here, here
from service.web.house import HOUSE

SESSION, VISITOR, NEWS = "", "visitor", "news"
"""Who signed in; which browser, where nobody has; what was done last, and at which position it was recorded."""


def here_of(request: web.Request) -> Here:
    """This service, as the browser that asks knows it."""
    return here(request.app[HOUSE].public_url, request.host)


def read(request: web.Request, cookie: str) -> str | None:
    return request.cookies.get(here_of(request).cookie(cookie))


def keep(response: web.StreamResponse, request: web.Request, cookie: str, text: str, *, seconds: int) -> None:
    """Kept for so long; no script reads it and no other site's page sends it."""
    response.headers.add("Set-Cookie", here_of(request).keep(text, seconds=seconds, name=cookie))
