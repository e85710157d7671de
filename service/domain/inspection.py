"""An inspection: a lead reads somebody's record for a purpose, is seen to have read it, and may be contradicted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from service.domain.aggregate import Aggregate, Asked, Decision, Event, Recall, first
from service.domain.days import london_day
from service.domain.events import InspectionClosed, InspectionContested, InspectionOpened, RecordInspected
from service.domain.refusals import Forbidden, Invalid
from service.domain.words import Sealed, sealed
from service.domain.writing import needed, wanted


@dataclass(frozen=True, kw_only=True)
class Inspection(Aggregate):
    """Of one commitment, or of all that one director promised and was promised; `subjects` are those it concerns."""

    by: UUID | None
    subjects: frozenset[UUID]
    commitment: UUID | None
    director: UUID | None
    is_open: bool = True
    read: frozenset[tuple[UUID, date]] = frozenset()
    contested_by: frozenset[UUID | None] = frozenset()


def recall(id: UUID) -> Recall[Inspection]:
    """How to fold one inspection."""
    return Recall(id, evolve, "There is no such inspection.")


def evolve(inspection: Inspection | None, event: Event) -> Inspection | None:
    """The inspection after what happened."""
    if isinstance(event, InspectionOpened):
        return Inspection(
            id=event.originator_id,
            version=event.originator_version,
            by=event.by,
            subjects=frozenset(event.subjects),
            commitment=event.commitment,
            director=event.director,
        )
    if inspection is None:
        return None
    now = replace(inspection, version=event.originator_version)
    match event:
        case RecordInspected():
            return replace(
                now, subjects=now.subjects.union(event.subjects), read=now.read | {(event.commitment, event.day)}
            )
        case InspectionContested():
            return replace(now, contested_by=now.contested_by | {event.by})
        case InspectionClosed():
            return replace(now, is_open=False)
    return now


def permit(inspection: Inspection, command: str, by: UUID | None) -> None:
    """Whoever opened it reads through it while it is open, and closes it; those whose record it is may contest it."""
    if command == "contest":
        if by not in inspection.subjects:
            raise Forbidden("Only somebody whose record is inspected can contest it.")
    elif by is None or by != inspection.by:
        raise Forbidden("Only the person who opened this inspection can read through it, or close it.")
    elif command != "close" and not inspection.is_open:
        raise Forbidden(
            "This inspection is closed: nothing more is read through it. Open another, with its own purpose."
        )


def open_inspection(
    id: UUID,
    *,
    asked: Asked,
    purpose: str,
    subjects: Sequence[UUID],
    commitment: UUID | None = None,
    director: UUID | None = None,
) -> Event:
    """Of one commitment, or of one director, and for a purpose that the people concerned will read."""
    if asked.by is None:
        raise Forbidden("The service inspects nobody.")
    why = Sealed(subject=asked.by, text=needed("purpose", purpose))
    if (commitment is None) == (director is None):
        raise Invalid("commitment", "Say which commitment or which director: one of the two.")
    return first(
        InspectionOpened,
        id,
        asked,
        purpose=why,
        subjects=tuple(dict.fromkeys(subjects)),
        commitment=commitment,
        director=director,
    )


def read_record(inspection: Inspection, *, asked: Asked, commitment: UUID, subjects: Sequence[UUID]) -> Decision:
    """Every reading is written down, once for each record and day in London."""
    permit(inspection, "read_record", asked.by)
    if inspection.commitment not in (None, commitment) or inspection.director not in (None, *subjects):
        raise Forbidden("This inspection was opened for something else. Open another, with its own purpose.")
    day = london_day(asked.now)
    if (commitment, day) in inspection.read:
        return None
    return inspection.then(
        RecordInspected, asked, commitment=commitment, subjects=tuple(dict.fromkeys(subjects)), day=day
    )


def read_nothing(inspection: Inspection, *, asked: Asked) -> None:
    """Somebody may look and find nothing to read; then there is nothing to write down."""
    permit(inspection, "read_record", asked.by)


def contest(inspection: Inspection, *, asked: Asked, why: str | None = None) -> Decision:
    """Those whose record it is may say that it was not right to read it: at any time, with a reason or without."""
    permit(inspection, "contest", asked.by)
    why = wanted(why)
    if asked.by in inspection.contested_by and why is None:
        return None
    return inspection.then(InspectionContested, asked, why=sealed(asked.by, why) if asked.by else None)


def close(inspection: Inspection, *, asked: Asked) -> Decision:
    """The one who opened it is finished; nothing more is read through it."""
    permit(inspection, "close", asked.by)
    return inspection.then(InspectionClosed, asked) if inspection.is_open else None
