"""What was recorded lately and the whole history of the streams in use: neither waits for the disk."""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from uuid import UUID

from service.domain.aggregate import Event

LATEST = 4_096  # events that whoever follows the ledger may be behind before it has to be read


class Histories:
    """Streams from their first event to their last. Moved on after each commit, read from any thread.

    Only for a ledger that nobody else writes to: what another process adds would be missing here.
    """

    def __init__(self, limit: int = 30_000) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._streams: OrderedDict[int, list[Event]] = OrderedDict()  # by number: see `Keyring`
        self._events = 0
        self._head = 0
        self._latest: list[Event] = []

    def after(self, position: int, limit: int) -> list[Event] | None:
        """What was recorded after that position, in order; None when part of it is not here."""
        with self._lock:
            if position >= self._head:
                return []
            if not self._latest or self._latest[0].position > position + 1:
                return None
            start = bisect_right(self._latest, position, key=lambda event: event.position)
            return self._latest[start : start + limit]

    def get(self, id: UUID, upto: int | None = None) -> list[Event] | None:
        """The stream as it stood at a position (inclusive); None when it is not here."""
        with self._lock:
            found = self._streams.get(id.int)
            if found is None:
                return None
            self._streams.move_to_end(id.int)
            if upto is None or found[-1].position <= upto:
                return found.copy()
            return [event for event in found if event.position <= upto]

    def put(self, id: UUID, events: Sequence[Event], head: int) -> None:
        """Keeps what was read when the ledger stood at `head`, unless it has moved on since."""
        with self._lock:
            if head == self._head and events and id.int not in self._streams:
                self._streams[id.int] = list(events)
                self._grown(len(events))

    def commit(self, events: Sequence[Event], head: int) -> None:
        """What the ledger holds from now on."""
        with self._lock:
            self._head = head
            self._latest += events
            if len(self._latest) > 2 * LATEST:
                del self._latest[:-LATEST]
            for event in events:
                if event.originator_version == 1:
                    self._streams[event.originator_id.int] = [event]
                elif (known := self._streams.get(event.originator_id.int)) is not None:
                    known.append(event)
                else:
                    continue
                self._grown(1)

    def forget(self, head: int) -> None:
        """Somebody else has written: what was known may be old."""
        with self._lock:
            self._head, self._events = head, 0
            self._streams.clear()
            self._latest.clear()

    def _grown(self, by: int) -> None:
        self._events += by
        while self._events > self._limit:
            self._events -= len(self._streams.popitem(last=False)[1])
