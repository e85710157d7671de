"""States as they stand after the last commit, so that a stream is folded once and then only moved on."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from service.domain.aggregate import Event

Evolve = Callable[[Any, Event], Any]
WAYS = 4  # more ways to fold one stream than any room has


class Stream:
    """Where a stream stands, and what it adds up to by each way of folding it. States are frozen: no copies."""

    __slots__ = ("states", "version")

    def __init__(self, version: int, states: dict[Evolve, Any]) -> None:
        self.version = version
        self.states = states

    def then(self, event: Event) -> Stream:
        """The stream with that event after it."""
        states = {evolve: evolve(state, event) for evolve, state in self.states.items()} if self.states else {}
        return Stream(event.originator_version, states)

    def known_as(self, evolve: Evolve, state: Any) -> Stream:
        """The stream with that state kept too."""
        kept = list(self.states.items())[-WAYS + 1 :]
        return Stream(self.version, {**dict(kept), evolve: state})


class States:
    """The recently used streams. Written after each commit, read from any thread."""

    def __init__(self, limit: int = 20_000) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._streams: OrderedDict[UUID, Stream] = OrderedDict()
        self.head = 0

    def get(self, id: UUID) -> Stream | None:
        """The stream as committed, if it was used lately."""
        with self._lock:
            found = self._streams.get(id)
            if found is not None:
                self._streams.move_to_end(id)
            return found

    def put(self, id: UUID, stream: Stream, head: int) -> None:
        """Keeps what was read when the ledger stood at `head`, unless it has moved on since."""
        with self._lock:
            if head == self.head:
                self._keep(id, stream)

    def commit(self, touched: Mapping[UUID, Stream], head: int) -> None:
        """What the ledger holds from now on."""
        with self._lock:
            self.head = head
            for id, stream in touched.items():
                self._keep(id, stream)

    def moved_on(self, versions: Iterable[tuple[UUID, int]], head: int) -> None:
        """Somebody else has written to these streams, and the ledger stands at `head`."""
        with self._lock:
            self.head = head
            for id, version in versions:
                known = self._streams.get(id)
                if known is not None and known.version < version:
                    del self._streams[id]

    def forget(self, head: int) -> None:
        """Somebody else has written: what was known may be old."""
        with self._lock:
            self.head = head
            self._streams.clear()

    def _keep(self, id: UUID, stream: Stream) -> None:
        self._streams[id] = stream  # whoever looked for it has moved it to the end
        if len(self._streams) > self._limit:
            self._streams.popitem(last=False)
