"""Who does what must happen once, where several processes could."""

from __future__ import annotations

from typing import Protocol


class Leases(Protocol):
    """Things to do, by name, each held by one process at a time."""

    async def hold(self, name: str) -> bool:
        """Whether it is this process's to do: it was already, or nobody else had it."""

    async def let_go(self, name: str) -> None:
        """Somebody else may have it."""

    async def close(self) -> None:
        """Lets go of everything."""


class NobodyElse:
    """Where one process owns the store, everything is its own to do."""

    async def hold(self, name: str) -> bool:
        """Always."""
        return True

    async def let_go(self, name: str) -> None:
        """There is nobody to have it."""

    async def close(self) -> None:
        """Nothing is held."""
