"""The way of a request over HTTP, the same for all: who asks, how much, of what, may they, what do they say; then the
answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from uuid import UUID

from aiohttp import web

from service.access.policy import Audience
from service.api import asking, headers, reading
from service.api.answers import json_answer
from service.api.asking import Answer, Said
from service.api.context import ROOMS
from service.api.routes import Route, Visit
from service.domain.refusals import NotFound

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def travel(route: Route, audience: Audience) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler aiohttp calls for this route."""

    async def answer(request: web.Request) -> web.Response:
        rooms = request.app[ROOMS]
        caller = await headers.who(request, rooms)
        asking.must_sign_in(audience, caller)
        raw = await reading.raw_body(request, rooms.for_a_body) if route.takes_body else b""
        visit = asking.visitor(rooms, audience, caller, ids_of(request))
        with asking.among_strangers(audience, caller):
            await asking.admit(route, audience, visit)
            if route.is_command:
                return answered(route, await _commanded(route, visit, request, raw))
            return answered(route, await _asked(route, visit, request))

    return answer


def ids_of(request: web.Request) -> dict[str, UUID]:
    """The ids in the address. What cannot be an id is nobody's."""
    return {name: id_of(text) for name, text in request.match_info.items()}


def id_of(text: str) -> UUID:
    """The id that was written. NotFound when it cannot be one."""
    if not UUID_TEXT.fullmatch(text):
        raise NotFound(f"There is no such thing: {text[:60]!r} is no id.")
    return UUID(text)


async def _asked(route: Route, visit: Visit, request: web.Request) -> Answer:
    headers.only_known(request, asking.parameters_of(route))
    return await asking.asked(route, visit, request.query, headers.position(request))


async def _commanded(route: Route, visit: Visit, request: web.Request, raw: bytes) -> Answer:
    key = headers.idempotency_key(request)
    version = headers.if_version(request)
    headers.only_known(request, ())
    words = reading.json_object(raw)
    return await asking.commanded(route, visit, Said(path=request.path, words=words, key=key, version=version))


def answered(route: Route, answer: Answer) -> web.Response:
    """The answer as JSON, with what its headers say of it."""
    said = {}
    if answer.position is not None:
        said["Position"] = str(answer.position)
    if answer.version is not None:
        said["ETag"] = f'"{answer.version}"'
    if route.made_at and answer.id:
        said["Location"] = route.made_at.replace("{id}", str(answer.id))
    return json_answer(answer.thing, status=answer.status, headers=said)
