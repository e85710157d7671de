"""What headers and the query string say beside the body: who, again, at which version, not before which position."""

from __future__ import annotations

import re

import structlog
from aiohttp import web

from service.access import Caller
from service.access.browsers import ELSEWHERE, here, is_elsewhere
from service.access.caller import caller
from service.access.limits import network_of
from service.api import reading
from service.api.asking import not_too_often
from service.api.context import Rooms, place_of
from service.api.problems import Fault, Wrong, invalid, sign_in_first
from service.api.refused import CALLER

LOG = structlog.get_logger(__name__)

KEY = re.compile(r"[!-~]{1,200}")
VERSION = re.compile(r'"(0|[1-9][0-9]{0,17})"')


async def who(request: web.Request, rooms: Rooms) -> Caller | None:
    """Who asks; None when nobody says. A token that opens nothing is 401 wherever it is shown."""
    found = await _who(request, rooms)
    if found:
        request[CALLER] = found
        not_too_often(rooms, found)
    return found


async def _who(request: web.Request, rooms: Rooms) -> Caller | None:
    said = request.headers.get("Authorization")
    if said is None:
        return await _signed_in(request, rooms)
    scheme, _, text = said.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        raise sign_in_first()
    token = await rooms.tokens.who(text.strip(), rooms.clock())
    roles = await rooms.roles_of(token.director) if token else None
    if token is None or roles is None:
        _not_too_often(request, rooms)
        raise sign_in_first("This token opens nothing: it is unknown, has expired or was revoked.")
    return caller(token, roles)


async def _signed_in(request: web.Request, rooms: Rooms) -> Caller | None:
    """Whoever has a session, by its cookie. Browsers send that along by themselves: what another site makes them ask is
    asked by nobody, and nothing happens that a page of ours did not ask for."""
    at = here(rooms.public_url, request.host)
    text = request.cookies.get(at.cookie())
    changes_nothing = request.method in ("GET", "HEAD")
    if text is None or (changes_nothing and is_elsewhere(request.headers)):
        return None
    session = await rooms.sessions.who(text, rooms.clock())
    roles = await rooms.roles_of(session.director) if session else None
    if session is None or roles is None:
        return None
    if not changes_nothing and not at.is_from_here(request.headers):
        raise Fault(403, ELSEWHERE)
    return caller(session, roles)


def _not_too_often(request: web.Request, rooms: Rooms) -> None:
    """By where they ask from."""
    place = place_of(request)
    wait = rooms.wrong_tokens.another(place, rooms.clock())
    if wait is None:
        LOG.info("sign-in refused", how="a token that opens nothing", address=network_of(place))
        return
    if wait.is_news:
        LOG.warning("too many wrong tokens", address=network_of(place))
    detail = f"Too many tokens that open nothing came from your address; try again in {wait.seconds} seconds."
    raise Fault(429, detail, headers={"Retry-After": str(wait.seconds)})


def idempotency_key(request: web.Request) -> str | None:
    """The key under which asking twice is asking once."""
    key = _single(request, "Idempotency-Key")
    if key is not None and not KEY.fullmatch(key):
        raise Fault(400, "An Idempotency-Key is 1 to 200 visible ASCII characters without spaces.")
    return key


def if_version(request: web.Request) -> int | None:
    """The version it must stand at; None when any will do."""
    said = _single(request, "If-Match")
    if said is None or said.strip() == "*":
        return None
    version = VERSION.fullmatch(said.strip())
    if version is None:
        raise Fault(400, 'If-Match takes one version as an ETag gave it, in quotes, such as "7", or *.')
    return int(version[1])


def position(request: web.Request) -> int | None:
    """The position the answer must have reached."""
    said = _single(request, "Position")
    said = request.query.get("after") if said is None else said
    if said is None:
        return None
    if not reading.NUMBER.fullmatch(said):
        raise Fault(400, "A position is a whole number, as a command's Position header gave it.")
    return int(said)


def only_known(request: web.Request, known: tuple[str, ...]) -> None:
    """Nothing is asked that would be silently ignored."""
    listed = f"there are: {', '.join(known)}" if known else "there are none here"
    wrongs = [
        Wrong(name, f"There is no such query parameter; {listed}.") for name in request.query if name not in known
    ]
    wrongs += [
        Wrong(name, "This was said more than once; say it once.")
        for name in known
        if len(request.query.getall(name, ())) > 1
    ]
    if wrongs:
        invalid(wrongs)


def _single(request: web.Request, name: str) -> str | None:
    said = request.headers.getall(name, ())
    if len(said) > 1:
        raise Fault(400, f"{name} was said more than once; say it once.")
    return said[0] if said else None
