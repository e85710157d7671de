"""What is open to all, the newest first: for whoever follows the network from outside."""

from __future__ import annotations

from typing import NamedTuple

import aiosqlite

from projections import commitments, problems


class Open(NamedTuple):
    """Problems and promises that anybody may read."""

    problems: list[problems.View]
    commitments: list[commitments.View]


async def newest(db: aiosqlite.Connection, limit: int) -> Open:
    """The last so many of each."""
    sql = "SELECT doc FROM {} WHERE tier = 'open' ORDER BY created DESC LIMIT ?"
    return Open(
        await problems.SHELF.select(db, sql.format("problems"), (limit,)),
        await commitments.SHELF.select(db, sql.format("commitments"), (limit,)),
    )
