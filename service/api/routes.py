"""How a route is declared: its address, who may, and a handler whose signature says what goes in and what comes out.

@routes.post("/v1/problems/{id}/reframe", permit=may("reframe"), shows=problem)
async def reframe(ask: Ask[Reframe]) -> Done:
    '''Put the problem in other words.'''
    return await ask.rooms.problems.reframe(ask.id, call=ask.call, title=ask.body.title)
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints
from uuid import UUID

from service.access import Caller
from service.api.answers import Page, Shown
from service.api.context import Rooms
from service.api.fields import Body, Filters
from service.commands import Call, Done

B = TypeVar("B")
F = TypeVar("F", bound=Filters)
V = TypeVar("V")
H = TypeVar("H", bound=Callable[..., Awaitable[Any]])


@dataclass(frozen=True)
class Visit:
    """Somebody at an address."""

    rooms: Rooms
    caller: Caller | None
    ids: dict[str, UUID]

    @property
    def id(self) -> UUID:
        """The id in the address."""
        return self.ids["id"]

    @property
    def by(self) -> UUID:
        """Who asks, where the policy lets nobody in who has not signed in."""
        assert self.caller is not None
        return self.caller.id

    @property
    def viewer(self) -> UUID | None:
        """Who looks; None is a stranger."""
        return self.caller.id if self.caller else None

    async def as_of(self, fold: Callable[[V | None, Any], V | None], id: UUID, position: int | None = None) -> V | None:
        """One thing, folded from its own history up to a position."""
        return self.rooms.views.of(fold, id, await self.rooms.history(id, position))

    async def moment(self, id: UUID, position: int) -> datetime:
        """When one thing had last changed, as of a position: an answer given again is as of the same moment."""
        events = await self.rooms.history(id, position)
        recorded: datetime = events[-1].recorded_at
        return recorded

    def has_role(self, role: str) -> bool:
        return self.caller is not None and role in self.caller.roles


@dataclass(frozen=True)
class Ask(Visit, Generic[B]):
    """Somebody asks for something to happen."""

    body: B
    call: Call


@dataclass(frozen=True)
class Question(Visit, Generic[F]):
    """Somebody asks what there is: narrowed by filters, a page at a time, `after` the position of a cursor."""

    filters: F
    after: int | None
    limit: int


Permit = Callable[[Visit], Awaitable[None]]
Shows = Callable[[Visit, UUID, int], Awaitable[Shown[Any]]]


@dataclass(frozen=True, kw_only=True)
class Route:
    """All there is to know of one route. `permit` says NotFound or Forbidden before a body is read; `shows` makes the
    answer to a command, folded up to its position; `made_at` is where a new thing is found."""

    method: str
    path: str
    tag: str
    handler: Callable[..., Awaitable[Any]]
    summary: str
    kind: type[Visit]
    given: type[Any]
    answer: Any
    status: int = 200
    permit: Permit | None = None
    shows: Shows | None = None
    made_at: str | None = None

    @property
    def is_command(self) -> bool:
        return self.method != "GET"

    @property
    def takes_body(self) -> bool:
        return self.method in ("POST", "PATCH")

    @property
    def is_list(self) -> bool:
        return get_origin(self.answer) is Page

    @property
    def has_id(self) -> bool:
        return "{" in self.path


class Routes:
    """The routes of one noun."""

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.declared: list[Route] = []

    def get(self, path: str, *, permit: Permit | None = None, status: int = 200) -> Callable[[H], H]:
        """A question."""
        return self._declare("GET", path, permit=permit, status=status)

    def post(
        self, path: str, *, permit: Permit | None = None, shows: Shows | None = None, status: int = 200
    ) -> Callable[[H], H]:
        """A command."""
        return self._declare("POST", path, permit=permit, shows=shows, status=status)

    def create(self, path: str, *, shows: Shows, made_at: str | None = None) -> Callable[[H], H]:
        """A command that makes something new, found at the path and its id."""
        return self._declare("POST", path, shows=shows, status=201, made_at=made_at or path + "/{id}")

    def patch(self, path: str, *, shows: Shows) -> Callable[[H], H]:
        """A command that says some things anew."""
        return self._declare("PATCH", path, shows=shows)

    def delete(self, path: str) -> Callable[[H], H]:
        """A command after which there is nothing to show."""
        return self._declare("DELETE", path, status=204)

    def _declare(self, method: str, path: str, **facts: Any) -> Callable[[H], H]:
        def declare(handler: H) -> H:
            kind, given, answer = _signature(handler)
            if answer is Done:
                shows = facts.get("shows")
                answer = _unwrapped(get_type_hints(shows)["return"]) if shows else None
            summary = " ".join((handler.__doc__ or "").split("\n\n")[0].split())
            declared = Route(
                method=method,
                path=path,
                tag=self.tag,
                handler=handler,
                summary=summary,
                kind=kind,
                given=given,
                answer=_unwrapped(answer),
                **facts,
            )
            self.declared.append(declared)
            return handler

        return declare


def _signature(handler: Callable[..., Any]) -> tuple[type[Visit], type[Any], Any]:
    """What the handler takes (and of what kind) and what it gives."""
    hints = get_type_hints(handler)
    answer = hints.pop("return")
    [taken] = hints.values()
    kind: type[Visit] = get_origin(taken) or taken
    default = Body if kind is Ask else Filters
    given: type[Any] = next(iter(get_args(taken)), default)
    return kind, given, None if answer is type(None) else answer


def _unwrapped(answer: Any) -> Any:
    return get_args(answer)[0] if get_origin(answer) is Shown else answer
