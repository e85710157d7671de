"""What anybody signed in can ask of the tree over everything that was recorded."""

from __future__ import annotations

from dataclasses import dataclass

from service.ledger import Ledger
from service.ledger.signing import Signer
from service.ledger.verify import Checkpoint


@dataclass(frozen=True)
class Inclusion:
    """What shows that an event is in a tree."""

    leaf: bytes
    path: list[bytes]
    root: bytes


@dataclass(frozen=True)
class Consistency:
    """What shows that a tree goes on from an earlier one."""

    path: list[bytes]
    first_root: bytes
    second_root: bytes


@dataclass(frozen=True)
class Verification:
    """Where the ledger stands, signed; and the first position where what is stored is not what was hashed, if any."""

    checkpoint: Checkpoint
    first_rewritten: int | None


class Audit:
    """Hashes and proofs, never a line. Sizes and positions asked for are within the tree: the asker has looked."""

    def __init__(self, ledger: Ledger, signer: Signer) -> None:
        self._ledger, self._signer = ledger, signer

    async def checkpoint(self) -> Checkpoint:
        """The tree as it stands, signed."""
        return await self._ledger.tree(self._signer.sign)

    async def verification(self) -> Verification:
        """Every event hashed anew, and the tree over them, beside what was stored when they were recorded."""
        return await self._ledger.tree(lambda tree: Verification(self._signer.sign(tree), tree.first_rewritten()))

    async def leaves(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Positions and their leaf hashes, in order."""
        return await self._ledger.tree(lambda tree: tree.page(after, limit))

    async def inclusion(self, position: int, size: int) -> Inclusion:
        """The event at that position is in the tree of the first `size`."""
        return await self._ledger.tree(
            lambda tree: Inclusion(tree.leaf(position), tree.inclusion(position, size), tree.root(size))
        )

    async def consistency(self, first: int, second: int) -> Consistency:
        """The tree of the first `second` events begins with that of the first `first`."""
        return await self._ledger.tree(
            lambda tree: Consistency(tree.consistency(first, second), tree.root(first), tree.root(second))
        )
