"""What whoever runs the service asks of it from its own machine: tokens, imports, rebuilds, forgetting."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID, uuid4

from projections import directors as directory
from projections.read_models import Lagging, digest
from service.access.links import GOOD_FOR
from service.access.policy import is_member
from service.access.tokens import Scope
from service.commands import Call
from service.commands.imports import Member
from service.commands.posts import Unreadable
from service.domain import director
from service.domain.refusals import NotFound
from service.house import House
from service.keeping.backup import backup
from service.settings import Unusable

VIA: Literal["command line"] = "command line"
ADDRESS = "http://127.0.0.1:8080"
"""Where pages are, unless somebody has said."""
SHOWN_WITHIN = 600.0  # seconds the read models are given to take in what an operation recorded


async def perform(house: House, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """One of the operations, by its name; whoever asked sees what it did."""
    result = await OPERATIONS[name](house, arguments)
    with suppress(Lagging):  # it is done all the same, and /readyz and doctor say what is behind
        await house.read_models.reached(await house.ledger.head(), SHOWN_WITHIN)
    return result


async def token(house: House, arguments: dict[str, Any]) -> dict[str, Any]:
    """An API token for one director, shown this once."""
    id = await _somebody(house, arguments["whom"])
    now = house.clock()
    expires = arguments.get("expires")
    until = now + timedelta(days=expires) if expires else None
    scope: Scope = "read" if arguments.get("read_only") else "read+write"
    issued = await house.tokens.issue(id, now=now, expires=until, issued_via=VIA, scope=scope)
    return {"director": str(id), "token": issued.text, "scope": scope, "expires": until and until.isoformat()}


async def sign_in_link(house: House, arguments: dict[str, Any]) -> dict[str, Any]:
    """A link that signs one director in, once. They see on their page that it was used."""
    id = await _somebody(house, arguments["whom"])
    now = house.clock()
    link = await house.access.links.make(id, how=VIA, now=now)
    address = (arguments.get("address") or house.settings.public_url or ADDRESS).rstrip("/")
    return {"director": str(id), "link": f"{address}/sign-in/{link}", "expires": (now + GOOD_FOR).isoformat()}


async def sign_out(house: House, arguments: dict[str, Any]) -> dict[str, Any]:
    """Ends every session of one director."""
    id = await _somebody(house, arguments["whom"])
    return {"director": str(id), "sessions": await house.access.sessions.end_all(id, now=house.clock())}


async def import_directors(house: House, arguments: dict[str, Any]) -> dict[str, Any]:
    """Directors from an organogram."""
    try:
        return await house.imports.directors(base64.b64decode(arguments["content"]), grade=arguments["grade"])
    except Unreadable as unreadable:
        raise Unusable(str(unreadable)) from None


async def import_problems(house: House, arguments: dict[str, Any]) -> dict[str, Any]:
    """Problems from a list, given to directors in turn."""
    await house.read_models.reached(await house.ledger.head())
    async with house.read_models.read() as db:
        everybody = await directory.everybody(db)
    members = [
        Member(person.id, tuple(name for name in (person.organisation, person.department) if name))
        for person in everybody
        if not person.left and is_member(frozenset(person.roles))
    ]
    try:
        return await house.imports.problems(base64.b64decode(arguments["content"]), members)
    except Unreadable as unreadable:
        raise Unusable(str(unreadable)) from None


async def rebuild(house: House, _: dict[str, Any]) -> dict[str, Any]:
    """The read models from nothing, beside those in use, and then swapped."""
    await house.read_models.rebuild()
    return {"position": await house.ledger.head(), "digest": await asyncio.to_thread(digest, house.folder.read_models)}


async def forget(house: House, arguments: dict[str, Any]) -> dict[str, Any]:
    """Erases every word of one person, for ever."""
    id = await _somebody(house, arguments["whom"])
    done = await house.directors.forget(id, call=Call(by=id, via=VIA))
    return {"forgotten": str(id), "position": done.position}


async def _somebody(house: House, whom: str) -> UUID:
    """The director with that e-mail address or id. Unusable when there is none."""
    try:
        id: UUID | None = UUID(whom)
    except ValueError:
        id = await house.tokens.find(whom)
    try:
        if id is None:
            raise NotFound("nobody")
        await house.ledger.recall(director.recall(id))
    except NotFound:
        raise Unusable(f"Nobody in the network has the e-mail address or id {whom}.") from None
    return id


async def trouble(house: House, _: dict[str, Any]) -> dict[str, Any]:
    """What keeps the running service from recording, and what its clock says if it was set, for the doctor."""
    clock = house.clock().isoformat(timespec="minutes") if house.rooms.clock_was_set else None
    return {"trouble": house.ledger.trouble and str(house.ledger.trouble), "clock": clock}


async def begin(house: House, admin: str) -> dict[str, Any]:
    """The first administrator of a new network, with their token."""
    id = uuid4()
    done = await house.directors.join(
        call=Call(by=id, via="init"),
        name="The administrator",
        email=admin,
        organisation="The network",
        organisation_type="other",
        roles=["administrator"],
    )
    assert done.id
    issued = await house.tokens.issue(done.id, now=house.clock(), issued_via="init")
    return {"director": str(done.id), "token": issued.text}


OPERATIONS: dict[str, Callable[[House, dict[str, Any]], Awaitable[dict[str, Any]]]] = {
    "token": token,
    "sign-in link": sign_in_link,
    "sign out": sign_out,
    "import directors": import_directors,
    "import problems": import_problems,
    "rebuild": rebuild,
    "forget": forget,
    "backup": backup,
    "trouble": trouble,
}
"""By the name the socket knows them by."""
