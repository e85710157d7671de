"""The way of everything that is asked, by whichever door: of what, may they, what do they say; then what came of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from typing import Any
from uuid import UUID

import msgspec

from projections.read_models import Lagging
from service.access import Caller
from service.access.policy import REFUSALS, Audience, allows, is_member
from service.api import reading
from service.api.answers import LIMIT, MOST, Shown, position_of
from service.api.context import Rooms
from service.api.problems import SHORTLY, Fault, Wrong, invalid, sign_in_first
from service.api.routes import Ask, Question, Route, Visit
from service.commands import Call, Done, Key
from service.domain.refusals import Forbidden, NotFound

READ_ONLY = "This token may read and nothing else: ask for one whose scope is read+write."


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said with a command: at which address, which words, and what about repeats and versions."""

    path: str
    words: dict[str, Any]
    key: str | None = None
    version: int | None = None


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of it: the thing as whoever asked may see it, its version, and what was recorded."""

    thing: Any
    status: int
    version: int | None = None
    position: int | None = None
    id: UUID | None = None
    """What a command made or was about."""


def visitor(rooms: Rooms, audience: Audience, caller: Caller | None, ids: dict[str, UUID]) -> Visit:
    """Somebody at an address; at an open one whoever is no member is a stranger."""
    return Visit(rooms, None if is_stranger(audience, caller) else caller, ids)


def is_stranger(audience: Audience, caller: Caller | None) -> bool:
    return audience == "open" and not (caller and is_member(caller.roles))


def not_too_often(rooms: Rooms, caller: Caller) -> None:
    """Fault 429 where somebody has asked more within a minute than they may, by all their doors together."""
    if wait := rooms.requests.another(str(caller.id), rooms.clock()):
        detail = f"That was too much within a minute; go on in {wait.seconds} seconds."
        raise Fault(429, detail, headers={"Retry-After": str(wait.seconds)})


def must_sign_in(audience: Audience, caller: Caller | None) -> None:
    """Fault 401 where nobody is let in who has not said who they are."""
    if caller is None and audience not in ("anyone", "open"):
        raise sign_in_first()


@contextmanager
def among_strangers(audience: Audience, caller: Caller | None) -> Iterator[None]:
    """A stranger is not told whether there is something they may not know of."""
    try:
        yield
    except (NotFound, Forbidden):
        if not is_stranger(audience, caller):
            raise
        if caller is None:
            raise sign_in_first("There may be more to see for whoever signs in.") from None
        raise Forbidden(REFUSALS["member"]) from None


async def admit(route: Route, audience: Audience, visit: Visit) -> None:
    """NotFound, then Forbidden, before anything said is read."""
    refusal: Forbidden | None = None
    if not allows(audience, visit.caller.roles if visit.caller else None):
        refusal = Forbidden(REFUSALS[audience])
    elif route.is_command and visit.caller and not visit.caller.may_write:
        refusal = Forbidden(READ_ONLY)
    if route.permit:
        try:
            await route.permit(visit)
        except Forbidden as theirs:
            refusal = refusal or theirs
    if refusal:
        raise refusal


def parameters_of(route: Route) -> tuple[str, ...]:
    """The names a question may be narrowed by."""
    if route.is_command:
        return ()
    filters = tuple(route.given.__struct_encode_fields__) if route.kind is Question else ()
    return (*filters, *(("cursor", "limit") if route.is_list else ()), "after")


async def asked(route: Route, visit: Visit, query: Mapping[str, str], position: int | None) -> Answer:
    """The answer to a question, from read models that have got as far as a position."""
    await _caught_up(visit.rooms, position)
    if route.kind is Question:
        filters = reading.filters_of(route.given, query)
        after = cursor(query) if route.is_list else None
        most = limit(query) if route.is_list else 0
        visit = Question(visit.rooms, visit.caller, visit.ids, filters, after, most)
    answer = await route.handler(visit)
    if isinstance(answer, Shown):
        return Answer(thing=answer.thing, status=route.status, version=answer.version)
    return Answer(thing=answer, status=route.status)


def cursor(query: Mapping[str, str]) -> int | None:
    """The position a list goes on after."""
    said = query.get("cursor")
    if said is None:
        return None
    found = position_of(said)
    if found is None:
        raise Fault(400, "A cursor is what `next` of the page before said.")
    return found


def limit(query: Mapping[str, str]) -> int:
    """How many things fit on a page."""
    said = query.get("limit")
    if said is None:
        return LIMIT
    if not reading.NUMBER.fullmatch(said) or not 1 <= int(said) <= MOST:
        invalid([Wrong("limit", f"This should be a whole number from 1 to {MOST}.")])
    return int(said)


async def _caught_up(rooms: Rooms, position: int | None) -> None:
    if position is None:
        return
    head = await rooms.head()
    if position > head:
        raise Fault(400, f"Nothing has position {position} yet; the last one is {head}.")
    if not await _reached(rooms, position):
        raise Fault(503, f"The answer as of position {position} is not ready yet; ask again.", headers=SHORTLY)


async def commanded(route: Route, visit: Visit, said: Said) -> Answer:
    """What is asked for happens, or is refused; then what came of it, as of that moment."""
    body = reading.body_of(route.given, said.words)
    call = _call(route, visit, said, body)
    done = await route.handler(Ask(visit.rooms, visit.caller, visit.ids, body, call))
    if not isinstance(done, Done):
        return Answer(thing=done, status=route.status)
    if not await _reached(visit.rooms, done.position):
        detail = f"It is done (position {done.position}), but not yet to be seen everywhere; do not ask for it again."
        raise Fault(503, detail, headers={**SHORTLY, "Position": str(done.position)})
    return await _shown(route, visit, done)


def _call(route: Route, visit: Visit, said: Said, body: Any) -> Call:
    """Who calls, by which door, and what they said about repeats and versions. What is new has no version yet."""
    assert visit.caller is not None
    once = None
    if said.key is not None:
        hashed = _hash(visit.rooms.secret, route.method, said)
        once = Key(director=visit.by, key=said.key, request=hashed, status=route.status)
    at = getattr(body, "occurred_at", None)
    return Call(
        by=visit.by,
        via=visit.caller.via,
        key=once,
        if_version=None if route.made_at else said.version,
        occurred_at=at.astimezone(UTC) if at else None,
    )


def _hash(secret: bytes, method: str, said: Said) -> bytes:
    """What tells one request from another without keeping its words."""
    canonical = msgspec.json.encode((method, said.path, said.words), order="deterministic")
    return hmac.digest(secret, canonical, hashlib.sha256)


async def _shown(route: Route, visit: Visit, done: Done) -> Answer:
    """The thing as it stood once this was done; the same whenever it is asked for again under one key."""
    status = done.status if done.replayed else route.status
    if route.shows is None:
        return Answer(thing=None, status=status, position=done.position)
    id = _about(route, visit, done)
    answer = await route.shows(visit, id, done.position)
    return Answer(thing=answer.thing, status=status, version=answer.version, position=done.position, id=id)


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
