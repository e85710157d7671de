"""Signing in and out: a link by e-mail that opens a page with a button, and the button opens the door."""

from __future__ import annotations

import re
from uuid import UUID

from aiohttp import web

from service.access import Caller
from service.access.limits import Wait
from service.access.openid import PATIENCE
from service.access.sessions import LONGEST
from service.api.inside import Wrong, place_of
from service.domain.refusals import Refused
from service.web import cookies
from service.web.cookies import SESSION, here_of
from service.web.going import drawn, form_of, to
from service.web.house import HOUSE, House
from service.web.pages import Page, Pages, Shows
from service.web.visit import Visit

pages = Pages("sign-in")

OPENID = "openid"
BACK = "/sign-in/openid/back"
"""Where the provider sends people back to; it has to be told so."""

ADDRESS = re.compile(r"[^@\s]{1,64}@[^@\s]{1,190}")
WRONG_ADDRESS = "This should be an e-mail address, such as name@example.gov.uk."
LOCAL = re.compile(r"/[A-Za-z0-9][A-Za-z0-9/_-]{0,200}")
"""Where somebody wanted to go: a page of ours and nothing else."""


def house_of(visit: Visit) -> House:
    return visit.request.app[HOUSE]


def wanted(visit: Visit) -> str:
    """The page somebody was on their way to when they were asked to sign in."""
    said = visit.request.query.get("next", "")
    return said if LOCAL.fullmatch(said) else "/"


def _onward(where: str) -> str:
    return "" if where == "/" else f"?next={where}"


async def door(visit: Visit) -> Shows:
    """How one signs in here."""
    if visit.caller:
        return to(visit, wanted(visit))
    house = house_of(visit)
    has_address = here_of(visit.request).address is not None
    return {
        "by_link": house.sign_in.sends_links and has_address,
        "by_openid": house.openid is not None and has_address,
        "onward": _onward(wanted(visit)),
    }


async def ask(visit: Visit) -> Shows:
    """Sends a link to whoever asks; what is answered does not depend on who has the address."""
    said = await visit.request.post()
    email = str(said.get("email", "")).strip()
    house, address = house_of(visit), here_of(visit.request).address
    if address is None or not house.sign_in.sends_links:
        return to(visit, "/sign-in")
    if not ADDRESS.fullmatch(email):
        return await _again(visit, Wrong("email", WRONG_ADDRESS))
    wait = house.sign_in.ask(
        email, of=address, onward=_onward(wanted(visit)), place=place_of(visit.request), now=house.clock()
    )
    if wait:
        return await _later(visit, wait)
    return to(visit, "/sign-in/sent")


async def _again(visit: Visit, wrong: Wrong) -> web.StreamResponse:
    form = form_of(visit, said=await visit.request.post(), wrongs=[wrong])
    return drawn(visit, "sign_in/door.html", await door(visit), form=form, status=422)


async def _later(visit: Visit, wait: Wait) -> web.StreamResponse:
    minutes = -(-wait.seconds // 60)
    page = drawn(visit, "sign_in/later.html", {"minutes": minutes}, status=429)
    page.headers["Retry-After"] = str(wait.seconds)
    return page


pages.declared.append(Page(path="/sign-in", template="sign_in/door.html", handler=door, does=ask))


@pages.page("/sign-in/sent", "sign_in/sent.html")
async def sent(visit: Visit) -> Shows:
    """That a link is on its way, if anybody has that address."""
    return {}


@pages.page("/sign-in/openid", "sign_in/spent.html")
async def set_out(visit: Visit) -> Shows:
    """To the identity provider; what the browser keeps meanwhile shows later that it was this one."""
    house, address = house_of(visit), here_of(visit.request).address
    if house.openid is None or address is None:
        return to(visit, "/sign-in")
    try:
        way = await house.openid.set_out(back=address + BACK, now=house.clock())
    except Refused as refused:
        return _spent(visit, refused)
    out = to(visit, way.address)
    where = wanted(visit)
    cookies.keep(out, visit.request, OPENID, way.keep + where, seconds=int(PATIENCE.total_seconds()))
    return out


@pages.page(BACK, "sign_in/spent.html")
async def come_back(visit: Visit) -> Shows:
    """From the identity provider, with what it said."""
    house, at = house_of(visit), here_of(visit.request)
    if house.openid is None or at.address is None:
        return to(visit, "/sign-in")
    if wait := house.openid.too_often(place_of(visit.request), house.clock()):
        return await _later(visit, wait)
    keep, _, where = (cookies.read(visit.request, OPENID) or "").partition("/")
    try:
        begun = await house.openid.come_back(
            visit.request.query,
            keep=keep or None,
            back=at.address + BACK,
            instead_of=cookies.read(visit.request, SESSION),
            now=house.clock(),
        )
        onward = signed_in(visit, begun.text, f"/{where}" if LOCAL.fullmatch(f"/{where}") else "/")
    except Refused as refused:
        onward = _spent(visit, refused)
    onward.headers.add("Set-Cookie", at.drop(OPENID))
    return onward


async def look(visit: Visit) -> Shows:
    """A page with a button: what follows links by itself, as mail scanners do, signs nobody in."""
    try:
        director = await house_of(visit).sign_in.look(_link(visit), now=visit.now)
    except Refused as refused:
        return _spent(visit, refused)
    return {"name": await _name(visit, director)}


async def use(visit: Visit) -> Shows:
    """The button: whoever has the link is signed in."""
    house = house_of(visit)
    try:
        begun = await house.sign_in.use(
            _link(visit), instead_of=cookies.read(visit.request, SESSION), now=house.clock()
        )
    except Refused as refused:
        return _spent(visit, refused)
    return signed_in(visit, begun.text, wanted(visit))


def signed_in(visit: Visit, text: str, where: str) -> web.StreamResponse:
    """Onward, with the cookie of a session that has just begun."""
    onward = to(visit, where)
    cookies.keep(onward, visit.request, SESSION, text, seconds=int(LONGEST.total_seconds()))
    return onward


def _link(visit: Visit) -> str:
    return visit.request.match_info["link"]


async def _name(visit: Visit, director: UUID) -> str:
    """Whose link it is: nobody is signed in as somebody else without being told."""
    roles = await house_of(visit).roles_of(director)
    own = await visit.inside.get(Caller(id=director, roles=roles or frozenset()), "/v1/me")
    name: str = own.thing.name
    return name


def _spent(visit: Visit, refused: Refused) -> web.StreamResponse:
    return drawn(visit, "sign_in/spent.html", {"why": str(refused)}, status=410)


pages.declared.append(Page(path="/sign-in/{link}", template="sign_in/link.html", handler=look, does=use))


async def leaving(visit: Visit) -> Shows:
    """Signing out, here or everywhere."""
    return {} if visit.caller else to(visit, "/sign-in")


async def leave(visit: Visit) -> Shows:
    """This session ends, or all of them."""
    house = house_of(visit)
    said = await visit.request.post()
    if visit.caller and "everywhere" in said:
        await house.sessions.end_all(visit.caller.id, now=house.clock())
    elif text := cookies.read(visit.request, SESSION):
        await house.sessions.end_this(text, now=house.clock())
    onward = to(visit, "/sign-in")
    onward.headers.add("Set-Cookie", here_of(visit.request).drop())
    return onward


pages.declared.append(Page(path="/sign-out", template="sign_in/leaving.html", handler=leaving, does=leave))
