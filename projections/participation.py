"""Who took part in what: sets that formed, conversations attended. Whoever took part in nothing yet is a newcomer."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

import aiosqlite

from projections.reader import at_once
from projections.shelf import Batch
from service.domain.events import AttendanceConfirmed, Event, SetFormed

NAME = "participation"
VERSION = 1
TABLES = """
CREATE TABLE participation (
    person TEXT NOT NULL,
    what TEXT NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (person, what, id)
) WITHOUT ROWID
"""

_TOOK_PART = "INSERT OR IGNORE INTO participation VALUES (?, ?, ?)"


class Part(NamedTuple):
    """How many sets formed with them in it, and how many conversations they attended."""

    sets: int
    conversations: int

    @property
    def is_newcomer(self) -> bool:
        return not any(self)


async def project(batch: Batch, event: Event) -> None:
    match event:
        case SetFormed(members=members):
            for member in members:
                batch.put(_TOOK_PART, member.hex, "set", event.originator_id.hex)
        case AttendanceConfirmed(director=director):
            batch.put(_TOOK_PART, director.hex, "conversation", event.originator_id.hex)


async def of_director(db: aiosqlite.Connection, director: UUID) -> Part:
    """What one person took part in."""
    sql = "SELECT count(*) FILTER (WHERE what = 'set'), count(*) FROM participation WHERE person = ?"
    [(sets, everything)] = await at_once(db).execute_fetchall(sql, (director.hex,))
    return Part(sets, everything - sets)
