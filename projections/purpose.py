"""What the network is for: every wording, and what was held against it. One stream, folded as it is asked for."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import msgspec

from projections.shelf import Seen, begun, moved
from service.domain.events import Event, PurposeChallenged, PurposeRevised, PurposeStated
from service.domain.words import Sealed


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody holds against a wording."""

    by: UUID | None
    at: datetime
    text: Sealed


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """How it read, whose words those are, and why it came to read so."""

    by: UUID | None
    at: datetime
    text: Sealed
    why: Sealed | None = None
    challenges: tuple[Challenge, ...] = ()


class View(Seen, frozen=True, kw_only=True):
    """The purpose. The wording that stands is the last."""

    wordings: tuple[Wording, ...]


def fold(view: View | None, event: Event) -> View | None:
    """The purpose after the event."""
    if isinstance(event, PurposeStated):
        stated = Wording(by=event.by, at=event.occurred_at, text=event.text)
        return View(**begun(event), wordings=(stated,))
    if view is None:
        return None
    match event:
        case PurposeRevised():
            revised = Wording(by=event.by, at=event.occurred_at, text=event.text, why=event.why)
            return moved(view, event, wordings=(*view.wordings, revised))
        case PurposeChallenged(wording=number):
            said = Challenge(by=event.by, at=event.occurred_at, text=event.text)
            wordings = tuple(
                msgspec.structs.replace(each, challenges=(*each.challenges, said)) if place == number else each
                for place, each in enumerate(view.wordings, 1)
            )
            return moved(view, event, wordings=wordings)
    return moved(view, event)
