"""The history of a commitment in words: every event, when, by whom, and what it changed."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec

from projections import commitments, directors
from projections.history import Line, line
from service.api.directors import name_of
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
    told = [line(event) for event in events]
    view = None
    for event in events:
        view = commitments.fold(view, event)
    names = await _names(visit, {person for each in told for person in each.people.values() if person})
    telling = _Telling(visit, view, names, whole)
    return [telling.item(event, each) for event, each in zip(events, told, strict=True)]


class _Telling:
    """One commitment told to one person: with names and words where they may read them, else with roles."""

    def __init__(self, visit: Visit, view: commitments.View | None, names: dict[UUID, str], whole: bool) -> None:
        self._unseal = visit.rooms.unseal
        self._view = view
        self._names = names
        self._whole = whole
        self._is_party = view is not None and visit.viewer in view.parties

    def item(self, event: Any, told: Line) -> Happened:
        return Happened(
            position=event.position,
            event=told.event,
            at=event.recorded_at,
            occurred_at=event.occurred_at,
            by="service" if event.by is None else str(event.by) if self._whole else self._role(event.by),
            via=event.via if self._whole else "",
            words=told.worded(self._name, partial(self._read, told)),
            terms=self._terms(told.terms),
            commitment=event.originator_id,
        )

    def _terms(self, terms: Terms | None) -> TermsThen | None:
        if terms is None:
            return None
        return TermsThen(due=terms.due, conditions=self._unseal(terms.conditions) if self._whole else None)

    def _role(self, id: UUID) -> str:
        if self._view is not None and id == self._view.performer:
            return "performer"
        return "beneficiary" if self._view is not None and id == self._view.beneficiary else "somebody"

    def _name(self, id: UUID | None) -> str:
        if id is None:
            return "The service"
        return self._names.get(id, "Somebody") if self._whole else f"the {self._role(id)}"

    def _read(self, told: Line, slot: str, words: Sealed) -> str:
        """The words, or that there are some: a reason for declining is for the two of them alone."""
        if not self._whole or (slot in told.party_only and not self._is_party):
            return "[not for you to read]"
        return self._unseal(words) or ""


async def _names(visit: Visit, ids: set[UUID]) -> dict[UUID, str]:
    """What to call people; somebody forgotten has no name any more."""
    async with visit.rooms.read_models.read() as db:
        people = await directors.those(db, ids)
    return {id: name_of(visit, person) for id, person in people.items()}
