"""Pages: the same questions and commands as the API, for people; one file and a few templates per noun."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from service.web import (
    about,
    achieved,
    commitments,
    conversations,
    desk,
    directory,
    drawing,
    goals,
    home,
    inspections,
    ledger,
    live,
    me,
    my_calendar,
    notes,
    purpose,
    reports,
    rounds,
    sets,
    sign_in,
    stuck,
    talk,
    write_ups,
)
from service.web.assets import Assets
from service.web.failing import failures
from service.web.figures import as_called_here
from service.web.going import SAYS, name_of, shows, takes
from service.web.house import HOUSE, House
from service.web.navigation import Navigation
from service.web.pages import Pages

__all__ = ["NOUNS", "House", "Pages", "add_pages"]

NOUNS: tuple[Pages, ...] = (
    home.pages,
    sign_in.pages,
    stuck.pages,
    me.pages,
    my_calendar.pages,
    directory.pages,
    rounds.pages,
    sets.pages,
    conversations.pages,
    talk.pages,
    write_ups.pages,
    notes.pages,
    goals.pages,
    purpose.pages,
    commitments.pages,
    desk.pages,
    inspections.pages,
    reports.pages,
    achieved.pages,
    ledger.pages,
    about.pages,
)


def add_pages(app: web.Application, house: House, nouns: Sequence[Pages] = NOUNS) -> None:
    """The pages, beside whatever the application serves already. NotMade where set-up has not made their assets."""
    assets = Assets()
    app[HOUSE] = house
    app[SAYS] = {}
    app[home.AT_THE_DOOR] = home.AtTheDoor()
    environment, component = drawing.prepare(app, assets)
    environment.globals.update(navigation=Navigation(component))
    environment.filters["as_called_here"] = as_called_here
    live.prepare(app)
    app.middlewares.append(failures)
    app.router.add_get("/assets/{name}", assets.serve)
    for page in (page for noun in nouns for page in noun.declared):
        app.router.add_get(page.path, shows(page))
        if page.tells or page.does:
            app[SAYS][name_of(page.path)] = page.tells.says if page.tells else page.says
            app.router.add_post(page.path, takes(page))
