"""A thread of its own that takes everybody who is waiting, settles them together, and then answers them all."""

from __future__ import annotations

import queue
import sys
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress

from service.ledger.batch import Change
from service.ledger.interface import Done, NotRecorded

TURN = 0.0005

Outcome = Done | Exception
Answer = Callable[[list[Change], list[Outcome], int], None]


class Turns(ABC):
    """The thread that writes, whichever store it writes to. `answer` is called in it, after each commit."""

    _head = 0
    trouble: NotRecorded | None = None
    """Why nothing was recorded the last time."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._batches: queue.SimpleQueue[list[Change] | None] = queue.SimpleQueue()
        # An event loop that is busy and looks at its sockets every few milliseconds would, with the usual five, always
        # be back at work before another thread may ask for its turn: changes then wait for seconds.
        sys.setswitchinterval(min(sys.getswitchinterval(), TURN))
        self._thread = threading.Thread(target=self._run, name="ledger writer", daemon=True)
        self._thread.start()

    def take(self, changes: list[Change]) -> None:
        """Hands over what is to be decided and recorded next."""
        self._batches.put(changes)

    def close(self) -> None:
        """Finishes what was handed over."""
        self._batches.put(None)
        self._thread.join()
        self._disconnect()

    def _run(self) -> None:
        while (changes := self._batches.get()) is not None:
            outcomes = self._settle(changes)
            self.trouble = next((each for each in outcomes if isinstance(each, NotRecorded)), None)
            with suppress(RuntimeError):  # the event loop is gone, and everybody who waited on it
                self._answer(changes, outcomes, self._head)

    @abstractmethod
    def _settle(self, changes: list[Change]) -> list[Outcome]:
        """What came of each of them. Nothing is raised: whatever goes wrong is somebody's answer."""

    @abstractmethod
    def _disconnect(self) -> None:
        """Lets go of the connection that writes."""
