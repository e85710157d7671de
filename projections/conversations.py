"""Conversations: what is convened, who signed up, whether it was held, and what came of it."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import aiosqlite

from projections.conversation_view import A_MINUTE as A_MINUTE
from projections.conversation_view import View as View
from projections.conversation_view import fold as fold
from projections.shelf import Batch, Shelf, listed
from projections.streams import CONVERSATION
from service.domain.events import Event

NAME = "conversations"
VERSION = 3
TABLES = """
CREATE TABLE conversations (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    set_id TEXT,
    state TEXT NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    doc TEXT NOT NULL
);
CREATE INDEX conversations_ends ON conversations (ends);
CREATE INDEX conversations_set ON conversations (set_id) WHERE set_id IS NOT NULL;
CREATE TABLE conversations_people (
    person TEXT NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (person, created)
) WITHOUT ROWID;
CREATE INDEX conversations_people_created ON conversations_people (created)
"""


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=CONVERSATION,
    fold=fold,
    columns=lambda view: (view.set.hex if view.set else None, view.state, view.minute, view.minute + view.minutes),
    people=lambda view: view.people,
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def find(db: aiosqlite.Connection, id: UUID) -> View | None:
    return await SHELF.find(db, id)


VISIBLE = """
set_id IS NULL
OR set_id IN (SELECT value FROM json_each(?))
OR created IN (SELECT created FROM conversations_people WHERE person = ?)
"""


async def page(
    db: aiosqlite.Connection,
    *,
    viewer: UUID,
    sets: Collection[UUID] = (),
    of_set: UUID | None = None,
    after: int | None = None,
    limit: int,
) -> tuple[list[View], int | None]:
    """What this person may know of: everything but what other sets than theirs hold among themselves. With `of_set`,
    only what that set holds."""
    where, narrowed = (VISIBLE, ()) if of_set is None else (f"set_id = ? AND ({VISIBLE})", (of_set.hex,))
    return await SHELF.page(db, where, (*narrowed, listed(sets), viewer.hex), after=after, limit=limit)


def may_know(view: View, *, viewer: UUID, sets: Collection[UUID] = ()) -> bool:
    """Whether this person may know of it: the rule of the page, for one."""
    return view.set is None or view.set in sets or viewer in view.people


async def of_set(db: aiosqlite.Connection, id: UUID) -> list[View]:
    """The conversations a set holds."""
    return await SHELF.few(db, "SELECT doc FROM conversations WHERE set_id = ? ORDER BY created", (id.hex,))


async def published(db: aiosqlite.Connection, *, after: int | None = None, limit: int) -> tuple[list[View], int | None]:
    """What was written up and let out, for anybody."""
    return await SHELF.page(db, "state = 'published'", (), after=after, limit=limit)
