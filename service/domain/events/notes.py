"""Notes one person writes to another: feedback, thanks, a challenge, a lesson, a postcard to a later day."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar, Literal

from service.domain.aggregate import Event
from service.domain.words import Sealed


class NoteWritten(Event, frozen=True):
    """`to` holds the recipient's id as words of the author: to whom a note goes is for the two of them."""

    TOPIC: ClassVar[str] = "note-written"
    kind: Literal["feedback", "thanks", "challenge", "lesson", "postcard"]
    to: Sealed
    text: Sealed
    deliver_at: datetime | None = None


class NoteShared(Event, frozen=True):
    """From now on the network may read it."""

    TOPIC: ClassVar[str] = "note-shared"


class NoteWithdrawn(Event, frozen=True):
    """Nobody but its author reads it any more."""

    TOPIC: ClassVar[str] = "note-withdrawn"
