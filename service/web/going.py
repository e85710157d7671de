"""The way of a page: who comes and what they see; and of a form: where it came from, what it says, where it leads."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web
from multidict import MultiMapping

from service.api.inside import Answer, Failure, Wrong, failure
from service.domain.refusals import KeyReused, Stale
from service.web import arriving, cookies, shield
from service.web.asks import body_of
from service.web.compressing import compressed
from service.web.cookies import NEWS, VISITOR
from service.web.drawing import COMPONENTS, TEMPLATES
from service.web.forms import ONCE, TOKEN, VERSION, Form
from service.web.house import HOUSE
from service.web.pages import Page, Shows, Tells, thing_of
from service.web.visit import Visit

SAYS = web.AppKey("says", dict[str, str])
"""What is said after each command, by the name of its address."""
NEW_VISITOR = web.RequestKey("new visitor", str)
NEWS_LASTS = 60
VISITOR_LASTS = 24 * 60 * 60
SHOWN_AGAIN = (409, 412, 422, 503)
"""Failures after which whoever filled in a form gets it back with their words in it."""
AGAIN = "This form was sent before with other words. Look through it, and send it once more if you still mean it."
NEEDED = "This has to be filled in."
MOVED_ON = "This has changed since you opened it. Look at how it stands now, and send it again if you still want to."

Answerer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def shows(page: Page) -> Answerer:
    """The handler that shows this page."""

    async def show(request: web.Request) -> web.StreamResponse:
        visit = await arriving.visit_of(request)
        if page.handler is None:
            raise web.HTTPSeeOther(thing_of(request.path))
        if page.tells:
            tells = page.tells
            await visit.inside.admit(visit.caller, tells.path, _ids(tells, visit), method=tells.method)
        return drawn(visit, page.template, await page.handler(visit))

    return show


def takes(page: Page) -> Answerer:
    """The handler that takes what is sent to this page."""

    async def take(request: web.Request) -> web.StreamResponse:
        visit = await arriving.visit_of(request)
        said = await _sent(visit)
        if page.does:
            shown = await page.does(visit)
            assert isinstance(shown, web.StreamResponse)
            return shown
        assert page.tells
        try:
            answer = await _told(visit, page.tells, said)
        except Exception as error:
            failed = failure(error, page.path)
            if page.handler is None or failed.status not in SHOWN_AGAIN:
                raise
            form = _again(visit, said, error, failed)
            return drawn(visit, page.template, await page.handler(visit), form=form, status=failed.status)
        where = page.tells.then(visit, answer) if page.tells.then else thing_of(request.path)
        return to(visit, where, news=page.path, position=answer.position)

    return take


async def _sent(visit: Visit) -> MultiMapping[Any]:
    """What the form says. Forbidden unless it is one of ours."""
    request = visit.request
    said = await request.post()
    shield.must_be_from_here(request, request.app[HOUSE].secret, arriving.anchor_of(request), said.get(TOKEN))
    return said


async def _told(visit: Visit, tells: Tells, said: MultiMapping[Any]) -> Answer:
    """The command is given, once for each time the form was drawn."""
    version = str(said.get(VERSION, ""))
    return await visit.inside.post(
        visit.caller,
        tells.path,
        _ids(tells, visit),
        body_of(tells.asks, said),
        method=tells.method,
        once=str(said.get(ONCE, ""))[:64] or None,
        version=int(version) if version.isdecimal() and len(version) < 19 else None,
    )


def _ids(tells: Tells, visit: Visit) -> Mapping[str, Any]:
    return visit.ids if "{" in tells.path else {}


def _again(visit: Visit, said: MultiMapping[Any], error: Exception, failed: Failure) -> Form:
    """The form with everything that was said in it, and what was wrong with that."""
    match error:
        case KeyReused():
            return form_of(visit, said=said, note=AGAIN)
        case Stale():
            return form_of(visit, said=said, note=MOVED_ON)
        case _:
            once = str(said.get(ONCE, ""))
            wrongs = [_needed(wrong) if said.get(wrong.field) == "" else wrong for wrong in failed.errors]
            return form_of(visit, said=said, wrongs=wrongs, note=failed.detail, once=once)


def _needed(wrong: Wrong) -> Wrong:
    """What is said of a field that was left empty and cannot be."""
    return Wrong(wrong.field, NEEDED)


def form_of(visit: Visit, **facts: Any) -> Form:
    """A form for this page, in this browser."""
    house = visit.request.app[HOUSE]
    anchor = arriving.anchor_of(visit.request)
    if anchor is None:
        anchor = visit.request[NEW_VISITOR] = house.random()
    once = facts.pop("once", "") or house.random()
    token = shield.token_of(house.secret, anchor, house.random())
    components = visit.request.app[COMPONENTS]
    return Form(action=visit.path, token=token, once=once, component=components, **facts)


def drawn(
    visit: Visit, template: str | None, shown: Shows, *, form: Form | None = None, status: int = 200
) -> web.StreamResponse:
    """The page, or whatever else the handler answered with."""
    request = visit.request
    if isinstance(shown, web.StreamResponse):
        shown.headers.update(shield.headers(secure=cookies.here_of(request).is_secure))
        return shown
    assert template
    news = arriving.news_of(request) if status == 200 else None
    given = {
        "visit": visit,
        "form": form or form_of(visit),
        "news": request.app[SAYS].get(news[0]) if news else None,
        **shown,
    }
    text = request.app[TEMPLATES].get_template(template).render(given)
    page = web.Response(text=text, content_type="text/html", status=status)
    if NEW_VISITOR in request and TOKEN in (page.text or ""):
        cookies.keep(page, request, VISITOR, request[NEW_VISITOR], seconds=VISITOR_LASTS)
    if news and news[0]:
        # The position goes on being waited for; what was said is said once.
        cookies.keep(page, request, NEWS, f"@{news[1]}", seconds=NEWS_LASTS)
    page.headers.update(shield.headers(secure=cookies.here_of(visit.request).is_secure))
    return compressed(page, request)


def to(visit: Visit, where: str, *, news: str = "", position: int | None = None) -> web.Response:
    """Onward to another page, which says what was done (`news` is the address of the command) and shows it."""
    response = web.Response(
        status=303, headers={"Location": where, **shield.headers(secure=cookies.here_of(visit.request).is_secure)}
    )
    if position is not None or news:
        known = visit.after if position is None else position
        cookies.keep(response, visit.request, NEWS, f"{name_of(news)}@{known or 0}", seconds=NEWS_LASTS)
    return response


def name_of(path: str) -> str:
    """An address as a word a cookie can hold."""
    return path.strip("/").replace("{", "").replace("}", "").replace("/", ".")
