"""What every noun has in common: it is hidden from some, and each of its commands is somebody's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from typing import Any
from uuid import UUID

from service.api.context import Rooms
from service.api.routes import Permit, Visit
from service.domain.refusals import Forbidden


def theirs(
    permit: Callable[[Rooms], Callable[[UUID, str, UUID], Awaitable[None]]],
    known: Callable[[Visit], Awaitable[Any]],
    *,
    anybody: Collection[str] = (),
) -> Callable[[str], Permit]:
    """`may(command)`: 404 where they may not know of the thing, 403 where the command is another's to give.

    Whoever a command belongs to knows of the thing; for those that are `anybody`'s it has to be asked."""

    def may(command: str) -> Permit:
        async def check(visit: Visit) -> None:
            if visit.caller is None:
                return
            if command in anybody:
                await known(visit)
            try:
                await permit(visit.rooms)(visit.id, command, visit.by)
            except Forbidden:
                await known(visit)
                raise

        return check

    return may


def at(visit: Visit, id: UUID) -> Visit:
    """The same visitor at the address of this thing."""
    return Visit(visit.rooms, visit.caller, {"id": id})
