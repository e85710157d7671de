"""The way of a request, the same for all: who asks, how much, of what, may they, what do they say; then the answer."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from projections.read_models import Lagging
from service.access.policy import REFUSALS, Audience, allows, is_member
from service.api import headers, reading
from service.api.answers import Shown, json_answer
from service.api.context import ROOMS, Rooms
from service.api.problems import SHORTLY, Fault, sign_in_first
from service.api.routes import Ask, Question, Route, Visit
from service.commands import Call, Done, Key
from service.domain.refusals import Forbidden, NotFound

UUID_TEXT = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def travel(route: Route, audience: Audience) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The handler aiohttp calls for this route."""

    async def answer(request: web.Request) -> web.Response:
        rooms = request.app[ROOMS]
        caller = await headers.who(request, rooms)
        if caller is None and audience not in ("anyone", "open"):
            raise sign_in_first()
        raw = await reading.raw_body(request, rooms.for_a_body) if route.takes_body else b""
        is_stranger = audience == "open" and not (caller and is_member(caller.roles))
        visit = Visit(rooms, None if is_stranger else caller, ids_of(request))
        try:
            await admit(route, audience, visit)
            if route.is_command:
                return await commanded(route, visit, request, raw)
            return await asked(route, visit, request)
        except (NotFound, Forbidden):
            if not is_stranger:
                raise
            if caller is None:
                raise sign_in_first("There may be more to see for whoever signs in.") from None
            raise Forbidden(REFUSALS["member"]) from None

    return answer


def ids_of(request: web.Request) -> dict[str, UUID]:
    """The ids in the address. What cannot be an id is nobody's."""
    ids = {}
    for name, text in request.match_info.items():
        if not UUID_TEXT.fullmatch(text):
            raise NotFound(f"There is no such thing: {text[:60]!r} is no id.")
        ids[name] = UUID(text)
    return ids


async def admit(route: Route, audience: Audience, visit: Visit) -> None:
    """NotFound, then Forbidden, before anything said is read."""
    refusal: Forbidden | None = None
    if not allows(audience, visit.caller.roles if visit.caller else None):
        refusal = Forbidden(REFUSALS[audience])
    if route.permit:
        try:
            await route.permit(visit)
        except Forbidden as theirs:
            refusal = refusal or theirs
    if refusal:
        raise refusal


async def asked(route: Route, visit: Visit, request: web.Request) -> web.Response:
    """The answer to a question, from read models that have got far enough."""
    names = parameters_of(route)
    headers.only_known(request, names)
    await _caught_up(visit.rooms, headers.position(request))
    if route.kind is Question:
        filters = reading.filters_of(route.given, request.query)
        after = headers.cursor(request) if route.is_list else None
        limit = headers.limit(request) if route.is_list else 0
        visit = Question(visit.rooms, visit.caller, visit.ids, filters, after, limit)
    answer = await route.handler(visit)
    if isinstance(answer, Shown):
        return json_answer(answer.thing, status=route.status, headers={"ETag": f'"{answer.version}"'})
    return json_answer(answer, status=route.status)


def parameters_of(route: Route) -> tuple[str, ...]:
    """The names a query string may hold."""
    if route.is_command:
        return ()
    filters = tuple(route.given.__struct_encode_fields__) if route.kind is Question else ()
    return (*filters, *(("cursor", "limit") if route.is_list else ()), "after")


async def _caught_up(rooms: Rooms, position: int | None) -> None:
    if position is None:
        return
    head = await rooms.head()
    if position > head:
        raise Fault(400, f"Nothing has position {position} yet; the last one is {head}.")
    if not await _reached(rooms, position):
        raise Fault(503, f"The answer as of position {position} is not ready yet; ask again.", headers=SHORTLY)


async def commanded(route: Route, visit: Visit, request: web.Request, raw: bytes) -> web.Response:
    """What is asked for happens, or is refused; then what came of it, as of that moment."""
    key = headers.idempotency_key(request)
    version = headers.if_version(request)
    headers.only_known(request, ())
    said = reading.json_object(raw)
    body = reading.body_of(route.given, said)
    call = call_of(route, visit, request, said, getattr(body, "occurred_at", None), key, version)
    done = await route.handler(Ask(visit.rooms, visit.caller, visit.ids, body, call))
    if not isinstance(done, Done):
        return json_answer(done, status=route.status)
    if not await _reached(visit.rooms, done.position):
        detail = f"It is done (position {done.position}), but not yet to be seen everywhere; do not ask for it again."
        raise Fault(503, detail, headers={**SHORTLY, "Position": str(done.position)})
    return await shown(route, visit, done)


def call_of(
    route: Route,
    visit: Visit,
    request: web.Request,
    said: dict[str, Any],
    at: datetime | None,
    key: str | None,
    version: int | None,
) -> Call:
    """Who calls, by which door, and what they said about repeats and versions. What is new has no version yet."""
    assert visit.caller is not None
    once = None
    if key is not None:
        hashed = headers.hash_of(visit.rooms.secret, route.method, request.path, said)
        once = Key(director=visit.by, key=key, request=hashed, status=route.status)
    return Call(
        by=visit.by,
        via=visit.caller.via,
        key=once,
        if_version=None if route.made_at else version,
        occurred_at=at.astimezone(UTC) if at else None,
    )


async def shown(route: Route, visit: Visit, done: Done) -> web.Response:
    """The thing as it stood once this was done; the same whenever it is asked for again under one key."""
    said = {"Position": str(done.position)}
    status = done.status if done.replayed else route.status
    if route.shows is None:
        return json_answer(None, status=status, headers=said)
    id = _about(route, visit, done)
    answer = await route.shows(visit, id, done.position)
    said["ETag"] = f'"{answer.version}"'
    if route.made_at:
        said["Location"] = route.made_at.replace("{id}", str(id))
    return json_answer(answer.thing, status=status, headers=said)


def _about(route: Route, visit: Visit, done: Done) -> UUID:
    if route.made_at:
        assert done.id is not None
        return done.id
    return visit.ids.get("id", visit.by)


async def _reached(rooms: Rooms, position: int) -> bool:
    try:
        await rooms.read_models.reached(position, rooms.patience)
    except Lagging:
        return False
    return True
