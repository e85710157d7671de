"""What is coming up: the conversations ahead, in the order they start; and what has been, the latest first."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import aiosqlite

from projections.conversations import A_MINUTE, SHELF, VISIBLE, View
from projections.counting import ticks
from projections.shelf import listed

# One number says where a page goes on: the minute something starts in, and then the position it was convened at.
PLACES = 2**30


async def page(
    db: aiosqlite.Connection,
    *,
    now: datetime,
    viewer: UUID,
    sets: Collection[UUID] = (),
    after: int | None = None,
    limit: int,
) -> tuple[list[View], int | None]:
    """What has not ended and was not called off, of what this person may know of; and where the next page begins."""
    starts, created = divmod(after or 0, PLACES)
    sql = f"""
        SELECT doc FROM conversations
        WHERE ends > ? AND state NOT IN ('held', 'written_up', 'published', 'cancelled')
            AND (starts, created) > (?, ?) AND ({VISIBLE})
        ORDER BY starts, created LIMIT ?
    """
    found = await SHELF.select(db, sql, (ticks(now) // A_MINUTE, starts, created, listed(sets), viewer.hex, limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], last.minute * PLACES + last.created if last else None


async def been(
    db: aiosqlite.Connection,
    *,
    now: datetime,
    viewer: UUID,
    sets: Collection[UUID] = (),
    after: int | None = None,
    limit: int,
) -> tuple[list[View], int | None]:
    """What was held, or has ended and was not called off, of what this person may know of."""
    starts, created = divmod(after, PLACES) if after else (PLACES, 0)
    sql = f"""
        SELECT doc FROM conversations
        WHERE (state IN ('held', 'written_up', 'published') OR (ends <= ? AND state != 'cancelled'))
            AND (starts, created) < (?, ?) AND ({VISIBLE})
        ORDER BY starts DESC, created DESC LIMIT ?
    """
    found = await SHELF.select(db, sql, (ticks(now) // A_MINUTE, starts, created, listed(sets), viewer.hex, limit + 1))
    last = found[limit - 1] if len(found) > limit else None
    return found[:limit], last.minute * PLACES + last.created if last else None


async def of_director(
    db: aiosqlite.Connection, *, since: datetime, viewer: UUID, sets: Collection[UUID] = ()
) -> list[View]:
    """One's own: convened, signed up for, attended, or of one's sets; those called off too, so that it can be told."""
    sql = """
        SELECT doc FROM conversations
        WHERE ends > ? AND (set_id IN (SELECT value FROM json_each(?))
            OR created IN (SELECT created FROM conversations_people WHERE person = ?))
        ORDER BY starts, created
    """
    views = await SHELF.select(db, sql, (ticks(since) // A_MINUTE, listed(sets), viewer.hex))
    return [view for view in views if view.set is None or view.set in sets or view.convened_by == viewer]
