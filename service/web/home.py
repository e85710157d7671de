"""The front door: what the network is for; and for those who signed in, their own page."""

from __future__ import annotations

from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("home")


@pages.page("/", "home/front.html")
async def front(visit: Visit) -> Shows:
    """What the network is for."""
    return {}
