"""A story told as events: who did what when, each with its place in the one log."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from service.domain.events import Event
from service.domain.words import Origin, Sealed, Terms

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
HOUSE = UUID("5a5a5a5a-0000-4000-8000-000000000000")


def an_id(name: str) -> UUID:
    return uuid5(HOUSE, name)


def words(of: UUID, text: str) -> Sealed:
    """Words as they stand in an event: the text is not there."""
    return Sealed(subject=of, place=f"place/of/{text}", box=text.encode())


def unseal(sealed: Sealed | None) -> str | None:
    return sealed.box.decode() if sealed else None


ANN, BEN, CAT, DAN = (an_id(name) for name in ("ann", "ben", "cat", "dan"))


class Story:
    """Appends events, one after another; `events_after` reads them as a ledger would."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.now = START
        self._versions: dict[UUID, int] = {}

    def later(self, **span: float) -> "Story":
        self.now += timedelta(**span)
        return self

    def tell(self, kind: type[Event], id: UUID, /, *, by: Any = ANN, at: Any = None, **facts: Any) -> Event:
        """The event happens now, or happened `at` that moment and is recorded now."""
        self._versions[id] = self._versions.get(id, 0) + 1
        position = len(self.events) + 1
        event = kind(
            originator_id=id,
            originator_version=self._versions[id],
            recorded_at=self.now,
            occurred_at=at or self.now,
            by=by,
            salt=position.to_bytes(16, "big"),
            position=position,
            **facts,
        )
        self.events.append(event)
        return event

    async def events_after(self, position: int, limit: int = 1000) -> list[Event]:
        return self.events[position : position + limit]

    def history(self, id: UUID) -> list[Event]:
        return [event for event in self.events if event.originator_id == id]

    @property
    def head(self) -> int:
        return len(self.events)


def terms(due: date, conditions: Sealed | None = None) -> Terms:
    return Terms(due=due, conditions=conditions)


def from_conversation(id: UUID, set_id: UUID | None = None) -> Origin:
    return Origin(type="conversation", id=id, set_id=set_id)
