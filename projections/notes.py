"""Notes: what people wrote to one another. Whom one goes to is words, so that nobody can look it up in a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Literal
from uuid import UUID

import aiosqlite

from projections.shelf import Batch, Seen, Shelf, begun, moved
from projections.streams import NOTE
from service.domain.events import Event, NoteShared, NoteWithdrawn, NoteWritten
from service.domain.words import Sealed

NAME = "notes"
VERSION = 1
TABLES = """
CREATE TABLE notes (
    created INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    author TEXT,
    state TEXT NOT NULL,
    doc TEXT NOT NULL
)
"""


class View(Seen, frozen=True, kw_only=True):
    """A note."""

    author: UUID | None
    kind: Literal["feedback", "thanks", "challenge", "lesson", "postcard"]
    to: Sealed
    text: Sealed
    written_at: datetime
    deliver_at: datetime | None = None
    state: Literal["sealed", "shared", "withdrawn"] = "sealed"

    def may_read(self, viewer: UUID, recipient: UUID | None, now: datetime) -> bool:
        """Its author always; whom it goes to once its day has come; the network once it is shared."""
        if viewer == self.author:
            return True
        if self.state == "withdrawn" or (self.deliver_at is not None and self.deliver_at > now):
            return False
        return viewer == recipient or self.state == "shared"


def fold(view: View | None, event: Event) -> View | None:
    """The note after the event."""
    if isinstance(event, NoteWritten):
        return View(
            **begun(event),
            author=event.by,
            kind=event.kind,
            to=event.to,
            text=event.text,
            written_at=event.occurred_at,
            deliver_at=event.deliver_at,
        )
    if view is None:
        return None
    match event:
        case NoteShared():
            return moved(view, event, state="shared")
        case NoteWithdrawn():
            return moved(view, event, state="withdrawn")
    return moved(view, event)


SHELF = Shelf(
    table=NAME,
    kind=View,
    events=NOTE,
    fold=fold,
    columns=lambda view: (view.author.hex if view.author else None, view.state),
)


async def project(batch: Batch, event: Event) -> None:
    await batch.fold(SHELF, event)


async def page(
    db: aiosqlite.Connection,
    *,
    viewer: UUID,
    recipient_of: Callable[[View], UUID | None],
    now: datetime,
    after: int | None = None,
    limit: int,
) -> tuple[list[View], int | None]:
    """What this person may read, in the order it was written. Every note that is not theirs has to be opened to see
    whom it goes to, some at a time."""
    found: list[View] = []
    while True:
        views, after = await SHELF.page(db, "author = ? OR state != 'withdrawn'", (viewer.hex,), after=after, limit=200)
        found += [view for view in views if view.may_read(viewer, recipient_of(view), now)]
        if len(found) > limit:
            return found[:limit], found[limit - 1].created
        if after is None:
            return found, None
