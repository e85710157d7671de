"""Somebody at a page: who they are, where, and what they may ask of the house from there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from aiohttp import web

from service.access import Caller
from service.access.policy import is_member
from service.api.inside import Answer, Fault, Inside
from service.domain.refusals import Forbidden, NotFound


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Somebody at an address."""

    request: web.Request
    inside: Inside
    caller: Caller | None
    ids: Mapping[str, UUID]
    now: datetime
    after: int | None = None
    """The position of what they last did: whatever they see is at least as new."""

    @property
    def id(self) -> UUID:
        """The id in the address."""
        return self.ids["id"]

    @property
    def by(self) -> UUID:
        """Who asks, where somebody has asked a route that lets no stranger in."""
        assert self.caller is not None
        return self.caller.id

    @property
    def path(self) -> str:
        return self.request.path

    def has_role(self, role: str) -> bool:
        return self.caller is not None and role in self.caller.roles

    @property
    def is_member(self) -> bool:
        """Whether they belong to the network, and do not only look after it."""
        return self.caller is not None and is_member(self.caller.roles)

    def is_me(self, id: UUID | None) -> bool:
        return self.caller is not None and self.caller.id == id

    def asked(self, *names: str) -> dict[str, str]:
        """Those of the words after the question mark, where there are any."""
        return {name: self.request.query[name] for name in names if self.request.query.get(name)}

    async def answer(self, path: str, ids: Mapping[str, UUID] | None = None, **filters: str) -> Answer:
        """What a declared route answers, with its version; the ids are those of the page's own address."""
        return await self.inside.get(self.caller, path, self._within(path, ids), filters, after=self.after)

    async def get(self, path: str, ids: Mapping[str, UUID] | None = None, **filters: str) -> Any:
        """What a declared route answers."""
        return (await self.answer(path, ids, **filters)).thing

    async def every(self, path: str, ids: Mapping[str, UUID] | None = None, **filters: str) -> list[Any]:
        """Every item of a list. For lists that stay short; long ones are read page by page."""
        return await self.inside.everything(self.caller, path, self._within(path, ids), filters)

    async def may(self, path: str, ids: Mapping[str, UUID] | None = None, *, method: str = "POST") -> bool:
        """Whether that command is theirs to give."""
        return await self.inside.may(self.caller, path, self._within(path, ids), method=method)

    async def must_be_theirs(self, path: str, *, method: str = "POST") -> None:
        """Nothing, where that command is theirs to give; otherwise what refuses it: nobody is asked whether they are
        sure of what they cannot do."""
        await self.inside.admit(self.caller, path, self._within(path, None), method=method)

    async def seen(self, path: str, ids: Mapping[str, UUID]) -> Any:
        """What a declared route answers them; nothing, where there is nothing to see for them."""
        try:
            return await self.get(path, ids)
        except (Fault, Forbidden, NotFound):
            return None

    async def sees(self, path: str, ids: Mapping[str, UUID]) -> bool:
        """Whether there is something to see for them: nobody is shown a link they cannot follow."""
        return await self.seen(path, ids) is not None

    async def people(self, ids: Iterable[UUID | None]) -> dict[UUID, Any]:
        """Their entries in the directory, for those who may read it."""
        found = {id: await self.seen("/v1/directors/{id}", {"id": id}) for id in dict.fromkeys(ids) if id is not None}
        return {id: person for id, person in found.items() if person is not None}

    def _within(self, path: str, ids: Mapping[str, UUID] | None) -> Mapping[str, UUID]:
        return ids if ids is not None else self.ids if "{" in path else {}
