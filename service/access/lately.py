"""What was looked up within the last half second, so that it need not be looked up for every request."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")

REMEMBERED = 0.5  # seconds: a revocation in another process is noticed well within one; in this one it is at once
MOST_REMEMBERED = 10_000


class Lately(Generic[T]):
    """Kept by hash, in the memory of one process."""

    def __init__(self) -> None:
        self._kept: dict[bytes, tuple[T, float]] = {}
        self._revocations = 0

    async def find(self, hashed: bytes, look_up: Callable[[], Awaitable[T | None]]) -> T | None:
        """What is behind that hash. Nothing is kept that was read while something was revoked."""
        moment = time.monotonic()
        known, until = self._kept.get(hashed, (None, 0.0))
        if known is not None and moment <= until:
            return known
        revocations = self._revocations
        found = await look_up()
        if found is not None and revocations == self._revocations:
            if len(self._kept) >= MOST_REMEMBERED:
                self._kept.clear()
            self._kept[hashed] = found, moment + REMEMBERED
        return found

    def replaced(self, hashed: bytes, by: T) -> T:
        """From now on that is behind the hash, for as long as what was found there would have been known."""
        if known := self._kept.get(hashed):
            self._kept[hashed] = by, known[1]
        return by

    def revoked(self) -> None:
        """Something was revoked here: nothing that was read before counts any more."""
        self._revocations += 1
        self._kept.clear()
