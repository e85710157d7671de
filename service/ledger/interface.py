"""What the ledger answers, whichever database stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from uuid import UUID

import msgspec

from service.domain.aggregate import Decision, Event, Recall, S
from service.domain.refusals import Refused
from service.domain.words import Sealed

if TYPE_CHECKING:  # the tree is built on what stands here
    from service.ledger.tree import Tree

T = TypeVar("T")

ERASED = "[words erased at the request of whoever wrote them]"
LOCKED = "[words locked: the key of whoever wrote them is not here]"


class Key(msgspec.Struct, frozen=True):
    """What makes asking twice the same as asking once. It belongs to the director who sent it; `request` is a keyed
    hash of method, path and body, `status` what the first answer says."""

    director: UUID
    key: str
    request: bytes
    status: int


class Done(msgspec.Struct, frozen=True):
    """What came of a change. `position` is that of the last event recorded, or the head when nothing changed; `id` is
    the stream of the first event recorded (what a creation made) and `version` where that stream now stands."""

    position: int
    id: UUID | None
    version: int | None
    positions: tuple[int, ...]
    status: int
    replayed: bool = False


class Conflict(Refused):
    """Events were meant for a place in their stream that another event has taken."""


class NotRecorded(Exception):
    """Nothing was recorded, and not because of a rule: the disk is full or failing, the database does not answer, or
    the ledger is open to read."""


class Stopped(NotRecorded):
    """Nothing more is recorded until the service is started again: nobody can say what reached the disk."""


class InDoubt(NotRecorded):
    """The database went away in the middle of a commit and has not come back: nobody can say yet what it kept."""


class Ledger(Protocol):
    """The only writer of events."""

    async def change(
        self,
        recalls: Sequence[Recall[Any]],
        decide: Callable[..., Decision],
        *,
        key: Key | None = None,
        if_version: int | None = None,
    ) -> Done:
        """Decides on fresh states and records what was decided, to any streams, all or nothing.

        Refusals come in this order: the first answer to this key (or KeyReused), NotFound where a recall says so and
        there is nothing, Forbidden and Invalid, Stale when the first recalled state is not at `if_version`, Refused.
        `decide` is pure: it may run more than once, and in another thread.
        """

    async def record(self, events: Sequence[Event], *, key: Key | None = None) -> Done:
        """Records events decided elsewhere (an import): all of them, or none and Conflict."""

    async def events_after(self, position: int, limit: int = 1000) -> list[Event]:
        """What was recorded after that position, in order, each event with its position."""

    async def history(self, id: UUID, upto: int | None = None) -> list[Event]:
        """One stream in order, as it stood at a position (inclusive)."""

    async def recall(self, recall: Recall[S]) -> S:
        """The state as it now stands."""

    async def head(self) -> int:
        """The position of the last event recorded; 0 before anything has happened."""

    def on_commit(self, call: Callable[[int], None]) -> None:
        """From now on, tells `call` each new head, on the event loop."""

    async def tree(self, ask: Callable[[Tree], T]) -> T:
        """What the tree over every event answers."""

    def unseal(self, words: Sealed | None) -> str | None:
        """The text; ERASED when its key was destroyed, LOCKED when there is none here that opens it."""

    def waiting(self) -> int:
        """How many changes wait in line to be recorded."""
        ...

    @property
    def trouble(self) -> NotRecorded | None:
        """Why nothing was recorded when it was last tried; None when it was."""

    async def close(self) -> None:
        """Records what was accepted, and stops."""
