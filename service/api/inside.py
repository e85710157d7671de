"""The declared routes, for those inside the house: the same policy, the same words, the same answers, without HTTP.

answer = await inside.get(caller, "/v1/problems/{id}", {"id": id})
answer = await inside.post(caller, "/v1/problems", said={"title": "Stuck"}, once=key)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.access import Caller
from service.access.policy import Audience
from service.api import NOUNS, asking, audience_of
from service.api.answers import MOST
from service.api.asking import Answer, Said
from service.api.context import Rooms, place_of
from service.api.journey import id_of
from service.api.problems import TYPES, Failure, Fault, Wrong, failure, invalid
from service.api.refused import CALLER
from service.api.routes import Route
from service.domain.refusals import Refusal

__all__ = [
    "CALLER",
    "TYPES",
    "Answer",
    "Failure",
    "Fault",
    "Inside",
    "Rooms",
    "Wrong",
    "failure",
    "id_of",
    "invalid",
    "place_of",
]

DECLARED: dict[tuple[str, str], tuple[Route, Audience]] = {
    (route.method, route.path): (route, audience_of(route)) for noun in NOUNS for route in noun.declared
}


@dataclass(frozen=True)
class Inside:
    """Asks what the API is asked. Whatever it refuses there it refuses here, with the same exception: `Fault` and the
    refusals of the domain, which `failure` puts into words. LookupError where no such route is declared."""

    _rooms: Rooms

    async def get(
        self,
        caller: Caller | None,
        path: str,
        ids: Mapping[str, UUID] | None = None,
        filters: Mapping[str, str] | None = None,
        *,
        after: int | None = None,
    ) -> Answer:
        """What there is at an address, as this caller may see it; `after` a position it must have reached."""
        route, audience = DECLARED["GET", path]
        filters = filters or {}
        if filters and (unknown := filters.keys() - set(asking.parameters_of(route))):
            raise LookupError(f"{path} cannot be narrowed by {', '.join(sorted(unknown))}")
        asking.must_sign_in(audience, caller)
        visit = asking.visitor(self._rooms, audience, caller, dict(ids or {}))
        with asking.among_strangers(audience, caller):
            await asking.admit(route, audience, visit)
            return await asking.asked(route, visit, filters, after)

    async def everything(
        self,
        caller: Caller | None,
        path: str,
        ids: Mapping[str, UUID] | None = None,
        filters: Mapping[str, str] | None = None,
    ) -> list[Any]:
        """Every item of a list, page after page."""
        items: list[Any] = []
        narrowed = {**(filters or {}), "limit": str(MOST)}
        while True:
            page = (await self.get(caller, path, ids, narrowed)).thing
            items += page.items
            if page.next is None:
                return items
            narrowed["cursor"] = page.next

    async def post(
        self,
        caller: Caller | None,
        path: str,
        ids: Mapping[str, UUID] | None = None,
        said: Mapping[str, Any] | None = None,
        *,
        method: str = "POST",
        once: str | None = None,
        version: int | None = None,
    ) -> Answer:
        """A command (PATCH and DELETE too, by `method`), answered once the read models show what came of it. Under one
        key `once` it happens once; `version` is what it must still stand at."""
        route, audience = DECLARED[method, path]
        asking.must_sign_in(audience, caller)
        visit = asking.visitor(self._rooms, audience, caller, dict(ids or {}))
        with asking.among_strangers(audience, caller):
            await asking.admit(route, audience, visit)
            address = path.format(**{name: str(id) for name, id in visit.ids.items()})
            return await asking.commanded(
                route, visit, Said(path=address, words=dict(said or {}), key=once, version=version)
            )

    def not_too_often(self, caller: Caller) -> None:
        """Fault 429 where they have asked for too much within a minute: one more page, however much it asks for."""
        asking.not_too_often(self._rooms, caller)

    async def admit(self, caller: Caller | None, path: str, ids: Mapping[str, UUID], *, method: str = "POST") -> None:
        """Nothing, where this command is this caller's to give; otherwise what refuses it."""
        route, audience = DECLARED[method, path]
        asking.must_sign_in(audience, caller)
        visit = asking.visitor(self._rooms, audience, caller, dict(ids))
        with asking.among_strangers(audience, caller):
            await asking.admit(route, audience, visit)

    async def may(self, caller: Caller | None, path: str, ids: Mapping[str, UUID], *, method: str = "POST") -> bool:
        """Whether this command is this caller's to give; it may still be refused for what is said, or for the time."""
        try:
            await self.admit(caller, path, ids, method=method)
        except (Fault, Refusal):
            return False
        return True
