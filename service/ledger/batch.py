"""Everybody's changes, decided one after the other, each on what the one before left, for one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Protocol
from uuid import UUID

import msgspec

from service.domain.aggregate import Decision, Event, Recall
from service.domain.refusals import Forbidden, Invalid, KeyReused, NotFound, Refusal, Stale
from service.ledger.interface import Conflict, Done, Key
from service.ledger.mapper import Mapper
from service.ledger.recorder import AnswerRow, Row
from service.ledger.sealing import Sealing
from service.ledger.states import States, Stream

SALT = 16


class Transaction(Protocol):
    """What an open transaction sees of what is kept. `trouble` is what the store raises when it fails."""

    trouble: ClassVar[type[Exception]]

    def stream(self, id: UUID) -> Sequence[Row]:
        """One stream in order."""

    def version(self, id: UUID) -> int:
        """How many events that stream holds."""

    def answer(self, key: Key) -> tuple[bytes, Done] | None:
        """What was asked under that key before, and what came of it."""


@dataclass(slots=True, eq=False)
class Change:
    """One change somebody waits for."""

    recalls: Sequence[Recall[Any]]
    decide: Callable[..., Decision]
    key: Key | None
    if_version: int | None
    done: asyncio.Future[Done]


@dataclass(slots=True)
class Batch:
    """What a transaction will hold, in either store. Nothing of it is true before the commit.

    Changes are decided here, while nobody else can write: two of them on one stream never get in each other's way.
    `head`, `given` (the last position given away) and `latest` (when something was last recorded) move with each.
    """

    kept: Transaction
    states: States
    mapper: Mapper
    sealing: Sealing
    head: int
    given: int
    latest: datetime | None
    careful: bool = False
    """Looks before it appends to a stream that nobody has read."""
    touched: dict[UUID, Stream] = field(default_factory=dict)
    appended: list[Event] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    answers: dict[tuple[UUID, str], tuple[bytes, Done]] = field(default_factory=dict)
    answer_rows: list[AnswerRow] = field(default_factory=list)

    def settle_all(self, changes: Sequence[Change]) -> list[Done | Exception]:
        """What each change comes to, if the transaction is committed."""
        return [self._settle(change) for change in changes]

    def _settle(self, change: Change) -> Done | Exception:
        try:
            return self._replayed(change.key) or self._answered(change.key, self._record(self._decided(change)))
        except self.kept.trouble:  # the disk, not the change: nobody here can be answered
            raise
        except StopIteration as slip:  # which no future can carry
            return RuntimeError("A decision ran out of something it was looking for.").with_traceback(
                slip.__traceback__
            )
        except Exception as refusal:
            return refusal

    def _replayed(self, key: Key | None) -> Done | None:
        if key is None:
            return None
        first = self.answers.get((key.director, key.key)) or self.kept.answer(key)
        if first is None:
            return None
        request, done = first
        if request != key.request:
            raise KeyReused("This idempotency key came with another request before; send this one under a new key.")
        return msgspec.structs.replace(done, replayed=True)

    def _decided(self, change: Change) -> Sequence[Event]:
        states = [self._recalled(recall) for recall in change.recalls]
        refusal, decision = None, None
        try:
            decision = change.decide(*states)
        except (NotFound, Forbidden, Invalid):
            raise
        except Refusal as later:
            refusal = later
        if change.if_version is not None:
            version = self.touched[change.recalls[0].id].version if change.recalls else 0
            if version != change.if_version:
                raise Stale(f"It has moved on: this is version {version}, not {change.if_version}. Look at it again.")
        if refusal is not None:
            raise refusal
        if decision is None:
            return ()
        return (decision,) if isinstance(decision, Event) else decision

    def _recalled(self, recall: Recall[Any]) -> Any:
        stream = self.touched.get(recall.id) or self.states.get(recall.id)
        if stream is None or recall.evolve not in stream.states:
            stream = self._folded(recall, stream)
        self.touched[recall.id] = stream
        state = stream.states[recall.evolve]
        if state is None and recall.missing is not None:
            raise NotFound(recall.missing)
        return state

    def _folded(self, recall: Recall[Any], known: Stream | None) -> Stream:
        history = [self.mapper.read(*row) for row in self.kept.stream(recall.id)]
        if recall.id in self.touched:
            history += [event for event in self.appended if event.originator_id == recall.id]
        state, version = None, 0
        for event in history:
            state, version = recall.evolve(state, event), event.originator_version
        return (known or Stream(version, {})).known_as(recall.evolve, state)

    def _record(self, events: Sequence[Event]) -> list[Event]:
        """The events as they will be kept; all of them fit, or none is taken."""
        moved: dict[UUID, Stream] = {}
        kept: list[Event] = []
        rows: list[Row] = []
        latest = self.latest
        for event in events:
            stream = (moved and moved.get(event.originator_id)) or self._place_for(event)
            if event.originator_version != stream.version + 1:
                raise Conflict("Something else was recorded here in the meantime; look at it again.")
            latest = max(latest, event.recorded_at) if latest else event.recorded_at
            position = self.given + len(kept) + 1
            event = self.sealing.seal(
                event,
                recorded_at=latest,
                occurred_at=min(event.occurred_at, latest),
                salt=self.sealing.random(SALT),
                position=0,
            )
            rows.append(
                (position, event.originator_id.hex, event.originator_version, event.TOPIC, self.mapper.write(event))
            )
            msgspec.structs.force_setattr(event, "position", position)
            moved[event.originator_id] = stream.then(event)
            kept.append(event)
        if kept:
            self.head = self.given = self.given + len(kept)
            self.latest = latest
            self.touched |= moved
            self.appended += kept
            self.rows += rows
        return kept

    def _place_for(self, event: Event) -> Stream:
        """Where that stream stands. One that nobody has read and that begins here is taken to be new: the table says no
        if it is not, and then everything is done again, carefully."""
        stream = self.touched.get(event.originator_id)
        if stream is None and (self.careful or event.originator_version != 1):
            stream = Stream(self.kept.version(event.originator_id), {})
        return stream or Stream(0, {})

    def _answered(self, key: Key | None, events: list[Event]) -> Done:
        id = events[0].originator_id if events else None
        done = Done(
            self.head,
            id,
            self.touched[id].version if id else None,
            tuple([event.position for event in events]),
            key.status if key else 200,
        )
        if key is not None:
            self.answers[key.director, key.key] = (key.request, done)
            self.answer_rows.append(
                (key.director.hex, key.key, key.request, key.status, done.position, len(done.positions))
            )
        return done
