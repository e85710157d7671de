"""What is open to all, the newest first: for whoever follows the network from outside."""

from __future__ import annotations

from typing import NamedTuple

import aiosqlite

from projections import commitments, conversations, goals, problems


class Open(NamedTuple):
    """Problems, promises, write-ups and goals that anybody may read."""

    problems: list[problems.View]
    commitments: list[commitments.View]
    write_ups: list[conversations.View]
    goals: list[goals.View]


async def newest(db: aiosqlite.Connection, limit: int) -> Open:
    """The last so many of each."""
    sql = "SELECT doc FROM {} WHERE {} ORDER BY created DESC LIMIT ?"
    return Open(
        await problems.SHELF.select(db, sql.format("problems", "tier = 'open'"), (limit,)),
        await commitments.SHELF.select(db, sql.format("commitments", "tier = 'open'"), (limit,)),
        await conversations.SHELF.select(db, sql.format("conversations", "state = 'published'"), (limit,)),
        await goals.SHELF.select(db, sql.format("goals", "TRUE"), (limit,)),
    )
