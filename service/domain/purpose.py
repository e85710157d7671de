"""What the network is for: stated once, challenged by anybody, revised with a reason; each agrees for themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.director import Director
from service.domain.events import PurposeAgreed, PurposeChallenged, PurposeRevised, PurposeStated
from service.domain.refusals import Forbidden, Refused
from service.domain.words import PURPOSE, Sealed
from service.domain.writing import needed


@dataclass(frozen=True, kw_only=True)
class Purpose(Aggregate):
    """Which wording stands, counted from one."""

    wording: int = 1


def recall() -> Recall[Purpose]:
    """How to fold the purpose; None where nobody has stated it yet."""
    return Recall(PURPOSE, evolve, None)


def state(purpose: Purpose | None, *, asked: Asked, text: str) -> Decision:
    """Anybody says what the network is for, where nobody has."""
    words = Sealed(subject=_somebody(asked), text=needed("text", text))
    if purpose is not None:
        raise Refused("The purpose has been stated. Challenge it, or put it otherwise and say why.")
    return first(PurposeStated, PURPOSE, asked, text=words)


def challenge(purpose: Purpose | None, *, asked: Asked, wording: int, text: str) -> Decision:
    """Anybody says what they hold against it, and everybody reads that beside it."""
    words = Sealed(subject=_somebody(asked), text=needed("text", text))
    stated = _as_it_stands(purpose, wording)
    return stated.then(PurposeChallenged, asked, wording=wording, text=words)


def revise(purpose: Purpose | None, *, asked: Asked, wording: int, text: str, why: str) -> Decision:
    """Anybody puts it otherwise and says why; the earlier wording stays to be read, with what was held against it."""
    by = _somebody(asked)
    words, reason = (Sealed(subject=by, text=needed(*said)) for said in (("text", text), ("why", why)))
    stated = _as_it_stands(purpose, wording)
    return stated.then(PurposeRevised, asked, text=words, why=reason)


def agree(director: Director, purpose: Purpose | None, *, asked: Asked, wording: int) -> Decision:
    """Whoever joins agrees to it, each for themselves, in the wording they have read."""
    if asked.by != director.id:
        raise Forbidden("Each agrees for themselves.")
    if director.left or director.forgotten:
        raise Refused("They have left the network.")
    _as_it_stands(purpose, wording)
    return None if director.agreed_to == wording else director.then(PurposeAgreed, asked, wording=wording)


def _somebody(asked: Asked) -> UUID:
    if asked.by is None:
        raise Forbidden("The purpose is stated, challenged and revised by people.")
    return asked.by


def _as_it_stands(purpose: Purpose | None, wording: int) -> Purpose:
    if purpose is None:
        raise Refused("Nobody has said yet what the network is for; you can be the first.")
    if wording != purpose.wording:
        raise Refused("The purpose reads otherwise by now; look at it as it stands, and say then what you think.")
    return purpose


def evolve(purpose: Purpose | None, event: Event) -> Purpose | None:
    """The purpose after what happened."""
    if isinstance(event, PurposeStated):
        return Purpose(id=event.originator_id, version=event.originator_version)
    if purpose is None:
        return None
    wording = purpose.wording + isinstance(event, PurposeRevised)
    return replace(purpose, version=event.originator_version, wording=wording)
