"""What the service says of itself: how it keeps what people write, and who can use it."""

from __future__ import annotations

from service.web.pages import Pages, Shows
from service.web.visit import Visit

pages = Pages("about")


@pages.page("/privacy", "about/privacy.html")
async def privacy(visit: Visit) -> Shows:
    """Who reads what, and what is kept."""
    return {}


@pages.page("/accessibility", "about/accessibility.html")
async def accessibility(visit: Visit) -> Shows:
    """Who can use these pages, and what to do where they cannot."""
    return {}
