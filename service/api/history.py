"""The history of a commitment in words: every event, when, by whom, and what it changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from uuid import UUID

import msgspec
from projections.history import Line, line

from projections import commitments, directors
from service.api.routes import Visit
from service.domain.words import Sealed, Terms


class TermsThen(msgspec.Struct, frozen=True, kw_only=True):
    """The terms an event spoke of."""

    due: date
    conditions: str | None


class Happened(msgspec.Struct, frozen=True, kw_only=True):
    """One event. `at` is when it was recorded; `by` is an id, a party's role, or "service"."""

    position: int
    event: str
    at: datetime
    occurred_at: datetime
    by: str
    via: str
    words: str
    terms: TermsThen | None
    commitment: UUID


class History(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that happened, in order."""

    items: list[Happened]
    next: str | None = None


async def of_commitment(visit: Visit, id: UUID, *, whole: bool = True) -> History:
    """One commitment's history; where it is not to be read whole, without words or names."""
    return History(items=await happened(visit, id, whole=whole))


async def happened(visit: Visit, id: UUID, *, whole: bool) -> list[Happened]:
    """The events of one commitment, told to whoever asks."""
    events = await visit.rooms.history(id, None)
    view = None
    items = []
    names = await _names(visit, {event.by for event in events if event.by}) if whole else {}
    for event in events:
        view = commitments.fold(view, event)
        told = line(event)
        items.append(
            Happened(
                position=event.position,
                event=type(event).__name__,
                at=event.recorded_at,
                occurred_at=event.occurred_at,
                by=_by(event.by, view, whole),
                via=event.via if whole else "",
                words=_words(told, visit.rooms.unseal, names.get(event.by, "The service"), whole),
                terms=_terms(told.terms, visit.rooms.unseal, whole),
                commitment=id,
            )
        )
    return items


async def _names(visit: Visit, ids: set[UUID]) -> dict[UUID | None, str]:
    """The names of those who acted; somebody forgotten has none any more."""
    async with visit.rooms.read_models.read() as db:
        people = await directors.those(db, ids)
    return {
        id: "Somebody who has left" if person.forgotten else visit.rooms.unseal(person.name) or "Somebody"
        for id, person in people.items()
    }


def _by(by: UUID | None, view: commitments.View | None, whole: bool) -> str:
    """Who did it: an id, or only the party's role."""
    if by is None:
        return "service"
    if whole or view is None:
        return str(by)
    return "performer" if by == view.performer else "beneficiary"


def _words(told: Line, unseal: Callable[[Sealed | None], str | None], name: str, whole: bool) -> str:
    """The sentence, with what people wrote where it may be read."""
    if not whole:
        return told.bare
    said = {slot: unseal(words) or "" for slot, words in told.parts.items()}
    return told.template.format(by=name, **said)


def _terms(terms: Terms | None, unseal: Callable[[Sealed | None], str | None], whole: bool) -> TermsThen | None:
    if terms is None:
        return None
    return TermsThen(due=terms.due, conditions=unseal(terms.conditions) if whole else None)
