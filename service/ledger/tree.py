"""The Merkle tree over the ledger (RFC 6962, RFC 9162): what its leaves are, how it grows, and what it can prove."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Protocol

from service.ledger.recorder import Row
from service.ledger.verify import Frontier, node_hash

HOLE = bytes(32)
"""Stands where an event is gone that once had a position: the tree goes on, and every check finds the place."""

_LEAF = hashlib.sha256(b"\x00")


class Leaves(Protocol):
    """Hashes as a store keeps them: with each event its leaf, and after it the roots of the subtrees it completes."""

    def size(self) -> int:
        """The position of the last event."""

    def hashes(self, position: int) -> bytes | None:
        """What was written with that event; None where it is gone."""

    def page(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Positions in order, with their hashes."""

    def rows(self, after: int, limit: int) -> list[tuple[Row, bytes]]:
        """Events as they are stored, with their hashes."""


def line(position: int, stream: str, version: int, topic: str, state: bytes) -> bytes:
    """An event as it is hashed and exported: its stored bytes and its place, names in alphabetical order."""
    return b'{"position":%d,"state":%b,"stream":"%b","topic":"%b","version":%d}' % (
        position,
        state,
        stream.encode(),
        topic.encode(),
        version,
    )


def exported(row: Row, hashes: bytes) -> bytes:
    """That line with its leaf hash, as an export holds it."""
    return b'{"leaf":"%b",%b\n' % (hashes[:32].hex().encode(), line(*row)[1:])


def leaf_of(row: Row) -> bytes:
    """The leaf hash of an event."""
    hashed = _LEAF.copy()  # half the cost of a new one
    hashed.update(line(*row))
    return hashed.digest()


def grown(frontier: Frontier, rows: Iterable[Row]) -> tuple[Frontier, list[bytes]]:
    """The tree with these events added, and what is to be stored with each of them."""
    then, stored = Frontier(frontier.size, tuple(frontier.peaks)), list[bytes]()
    for row in rows:
        while then.size < row[0] - 1:
            then.append(HOLE)
        stored.append(then.append(leaf_of(row)))
    return then, stored


def frontier_of(leaves: Leaves, size: int) -> Frontier:
    """The tree of the first events, ready to grow."""
    tree, start, peaks = Tree(leaves, size), 0, []
    for level in reversed(range(size.bit_length())):
        if size >> level & 1:
            peaks.append(tree.subtree(start, start + (1 << level)))
            start += 1 << level
    return Frontier(size, tuple(peaks))


class Tree:
    """The tree at one moment. Every answer takes a handful of look-ups, however many events there are."""

    def __init__(self, leaves: Leaves, size: int | None = None) -> None:
        self._leaves = leaves
        self.size = leaves.size() if size is None else size

    def root(self, size: int) -> bytes:
        """The hash of the tree of the first `size` events."""
        return self.subtree(0, size) if size else hashlib.sha256().digest()

    def page(self, after: int, limit: int) -> list[tuple[int, bytes]]:
        """Positions in order, with the leaf of each."""
        return [(position, hashes[:32]) for position, hashes in self._leaves.page(after, limit)]

    def first_rewritten(self) -> int | None:
        """The first event that is not what its hashes say, or does not fit what came before; None when all is well."""
        return first_rewritten(self._leaves)

    def leaf(self, position: int) -> bytes:
        """The leaf of one event."""
        return self._complete(0, position - 1)

    def inclusion(self, position: int, size: int) -> list[bytes]:
        """RFC 6962, 2.1.1: what shows that an event is in the tree of the first `size`, from the leaf up."""
        index, start, stop, path = position - 1, 0, size, list[bytes]()
        while stop - start > 1:
            middle = start + _split(stop - start)
            if index < middle:
                path.append(self.subtree(middle, stop))
                stop = middle
            else:
                path.append(self.subtree(start, middle))
                start = middle
        return path[::-1]

    def consistency(self, first: int, second: int) -> list[bytes]:
        """RFC 6962, 2.1.2: what shows that the tree of the first `second` events goes on from that of `first`."""
        start, stop, path, whole = 0, second, list[bytes](), True
        while first != stop:
            middle = start + _split(stop - start)
            if first <= middle:
                path.append(self.subtree(middle, stop))
                stop = middle
            else:
                path.append(self.subtree(start, middle))
                start, whole = middle, False
        return [*([] if whole else [self.subtree(start, stop)]), *reversed(path)]

    def subtree(self, start: int, stop: int) -> bytes:
        """The hash over the events from index `start` to before `stop`, as they stand together in the tree."""
        count = stop - start
        if count & (count - 1) == 0:
            return self._complete(count.bit_length() - 1, start // count)
        middle = start + _split(count)
        return node_hash(self.subtree(start, middle), self.subtree(middle, stop))

    def _complete(self, level: int, index: int) -> bytes:
        """The root of a complete subtree: it was stored with the last event in it."""
        stored = self._leaves.hashes((index + 1) << level)
        if stored is not None:
            return stored[32 * level : 32 * level + 32]
        if level == 0:
            return HOLE
        return node_hash(self._complete(level - 1, 2 * index), self._complete(level - 1, 2 * index + 1))


def first_unlike(leaves: Leaves, last: int) -> int | None:
    """Of the last so many events, the first that is gone or does not fit its leaf; None when all is well."""
    head = leaves.size()
    expected = max(0, head - last) + 1
    while expected <= head:
        found: Sequence[tuple[Row, bytes]] = leaves.rows(expected - 1, 1_000)
        for row, hashes in found:
            if row[0] != expected or leaf_of(row) != hashes[:32]:
                return expected
            expected += 1
        if not found:
            return expected
    return None


def first_rewritten(leaves: Leaves) -> int | None:
    """The first event whose hashes, or the tree above it, are not those of what is stored; None when all are. It reads
    every event there is."""
    grown_so_far, after = Frontier(), 0
    while rows := leaves.rows(after, 1_000):
        grown_so_far, stored = grown(grown_so_far, [row for row, _ in rows])
        for (row, hashes), expected in zip(rows, stored, strict=True):
            if hashes != expected:
                position: int = row[0]
                return position
        after = rows[-1][0][0]
    return None


def _split(count: int) -> int:
    """The largest power of two below a number."""
    return 1 << ((count - 1).bit_length() - 1)
