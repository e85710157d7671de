"""A note from one person to another: private, read at once or on a later day, shared only by whose it is to share."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.choice import one_of
from service.domain.events import NoteShared, NoteWithdrawn, NoteWritten
from service.domain.refusals import Forbidden, Invalid, Refused
from service.domain.words import Sealed
from service.domain.writing import needed

State = Literal["sealed", "shared", "withdrawn"]
Kind = Literal["feedback", "thanks", "challenge", "lesson", "postcard"]
KINDS: tuple[Kind, ...] = ("feedback", "thanks", "challenge", "lesson", "postcard")


@dataclass(frozen=True, kw_only=True)
class Note(Aggregate):
    """Who wrote it, whom it goes to (as words), of what kind it is, and when it may be read."""

    author: UUID | None
    to: Sealed
    kind: Kind
    deliver_at: datetime | None
    state: State = "sealed"


def recall(id: UUID) -> Recall[Note]:
    """How to fold one note."""
    return Recall(id, evolve, "There is no such note.")


def permit(note: Note, command: str, by: UUID | None, recipient: UUID | None) -> None:
    """Its author withdraws it. Thanks are shared by whoever was thanked, a lesson by whoever wrote it, and nothing else
    by anybody."""
    if command == "withdraw" and by != note.author:
        raise Forbidden("Only whoever wrote a note withdraws it.")
    if command == "share" and (by is None or by != {"thanks": recipient, "lesson": note.author}.get(note.kind)):
        raise Forbidden(
            "Thanks are shared by whoever was thanked, a lesson by whoever wrote it; all else stays private."
        )


def write(id: UUID, *, asked: Asked, kind: str, to: UUID, text: str, deliver_at: datetime | None = None) -> NoteWritten:
    """Somebody writes to somebody; a postcard is read on the day it names, and not before."""
    if asked.by is None:
        raise Forbidden("Only people write to one another.")
    chosen = one_of("kind", kind, KINDS)
    words = Sealed(subject=asked.by, text=needed("text", text))
    if chosen == "postcard" and deliver_at is None:
        raise Invalid("deliver_at", "A postcard goes to a later day: say when it is to be read.")
    if deliver_at is not None and (deliver_at.tzinfo is None or deliver_at.utcoffset() is None):
        raise Invalid("deliver_at", "The time has to say its offset from UTC, as in 2030-03-02T09:00:00+00:00.")
    addressee = Sealed(subject=asked.by, text=str(to))
    return first(NoteWritten, id, asked, kind=chosen, to=addressee, text=words, deliver_at=deliver_at)


def share(note: Note, *, asked: Asked, recipient: UUID | None) -> Decision:
    """From now on the network may read it."""
    permit(note, "share", asked.by, recipient)
    if note.state == "shared":
        return None
    if note.state == "withdrawn":
        raise Refused("The note was withdrawn.")
    return note.then(NoteShared, asked)


def withdraw(note: Note, *, asked: Asked, recipient: UUID | None) -> Decision:
    """Whoever wrote it takes it back, also after it was read; no reason is asked."""
    permit(note, "withdraw", asked.by, recipient)
    return None if note.state == "withdrawn" else note.then(NoteWithdrawn, asked)


def evolve(note: Note | None, event: Event) -> Note | None:
    """The note after what happened."""
    if isinstance(event, NoteWritten):
        return Note(
            id=event.originator_id,
            version=event.originator_version,
            author=event.by,
            to=event.to,
            kind=event.kind,
            deliver_at=event.deliver_at,
        )
    if note is None:
        return None
    now = replace(note, version=event.originator_version)
    match event:
        case NoteShared():
            return replace(now, state="shared")
        case NoteWithdrawn():
            return replace(now, state="withdrawn")
    return now
