"""What every aggregate shares: who asked and when, the event envelope, and how a state is recalled."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar
from uuid import UUID

import msgspec


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, when, and by which door. `by` is None when the service itself acts (expiry, solver)."""

    by: UUID | None
    now: datetime
    occurred_at: datetime | None = None
    via: str = "api"
    caused_by: str | None = None


def _tag(name: str) -> str:
    """What tells events apart in JSON that holds many: the stored name, which is the name of the class."""
    return re.sub("(?<!^)(?=[A-Z])", "-", name).lower()


# Nothing an event holds can hold the event, so the collector need not look for circles here: there are many of them.
class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="TOPIC", tag=_tag, gc=False):
    """Something that happened. It is never refused, changed or removed.

    `occurred_at` is when it happened, `recorded_at` when it was written down (never earlier than the event
    before it). The ledger adds `salt` (16 random bytes, so that the hash of a fact cannot be guessed) and `position`.
    """

    TOPIC: ClassVar[str]

    originator_id: UUID
    originator_version: int
    recorded_at: datetime
    occurred_at: datetime
    by: UUID | None = None
    via: str = "api"
    caused_by: str | None = None
    salt: bytes = b""
    position: int = 0


E = TypeVar("E", bound=Event)
S = TypeVar("S")

Decision = Event | Sequence[Event] | None


def first(kind: type[E], id: UUID, asked: Asked, /, **facts: Any) -> E:
    """The first event of a new stream."""
    return _stamped(kind, id, 1, asked, facts)


@dataclass(frozen=True, kw_only=True)
class Aggregate:
    """A state folded from one stream; `version` counts its events."""

    id: UUID
    version: int

    def then(self, kind: type[E], asked: Asked, /, **facts: Any) -> E:
        """The next event of this stream."""
        return _stamped(kind, self.id, self.version + 1, asked, facts)


def _stamped(kind: type[E], id: UUID, version: int, asked: Asked, facts: dict[str, Any]) -> E:
    return kind(
        originator_id=id,
        originator_version=version,
        recorded_at=asked.now,
        occurred_at=asked.occurred_at or asked.now,
        by=asked.by,
        via=asked.via,
        caused_by=asked.caused_by,
        **facts,
    )


@dataclass(frozen=True)
class Recall(Generic[S]):
    """How to fold one stream into a state. `missing` is the sentence when there is no such stream;
    where it is None an empty stream is recalled as None."""

    id: UUID
    evolve: Callable[[S | None, Event], S | None]
    missing: str | None


def fold(evolve: Callable[[S | None, Event], S | None], history: Sequence[Event]) -> S | None:
    """The state after a history; None before anything has happened."""
    state: S | None = None
    for event in history:
        state = evolve(state, event)
    return state
