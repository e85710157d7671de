"""Which action sets whoever asks belongs to: what is for a set is for its members."""

from __future__ import annotations

from uuid import UUID

from projections import sets
from service.api.routes import Visit


async def sets_of(visit: Visit) -> frozenset[UUID]:
    """The sets they are in, or were in until it ended; a stranger is in none."""
    if visit.viewer is None:
        return frozenset()
    async with visit.rooms.read_models.read() as db:
        return frozenset(await sets.ids_of(db, visit.viewer))
