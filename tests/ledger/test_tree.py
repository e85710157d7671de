"""The tree against the vectors of RFC 6962, against its definition written out, and against its own proofs."""

import asyncio
import hashlib
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from service.domain.refusals import NotFound
from service.ledger import ERASED, leaves, postgres_leaves
from service.ledger.leaves import Unreadable
from service.ledger.tree import HOLE, Tree, first_unlike, frontier_of, grown, leaf_of, line
from service.ledger.verify import Frontier, leaf_hash, node_hash
from tests.ledger.conftest import in_files
from tests.ledger.problem import naming, recall, registering
from tests.story import ANN

# The entries and roots by which implementations of Certificate Transparency check themselves.
ENTRIES = [
    bytes.fromhex(each)
    for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@dataclass
class Kept:
    """Hashes in memory."""

    stored: list[bytes | None] = field(default_factory=list)

    @classmethod
    def of(cls, leaves):
        frontier = Frontier()
        return cls([frontier.append(leaf) for leaf in leaves])

    def size(self):
        return len(self.stored)

    def hashes(self, position):
        return self.stored[position - 1]

    def page(self, after, limit):
        raise AssertionError("no proof needs a page")

    rows = page


def naive(leaves):
    """RFC 6962, 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node_hash(naive(leaves[:split]), naive(leaves[split:]))


def includes(leaf: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2: what somebody does who was given a proof of inclusion."""
    if index >= size:
        return False
    at, last, found = index, size - 1, leaf
    for step in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(step, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, step)
        at, last = at >> 1, last >> 1
    return last == 0 and found == root


def goes_on(first: int, second: int, path: list[bytes], before: bytes, after: bytes) -> bool:
    """RFC 9162, 2.1.4.2: the same for a proof of consistency."""
    if first == second:
        return not path and before == after
    if not path:
        return False
    path = [before, *path] if first & (first - 1) == 0 else list(path)
    at, last = first - 1, second - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for step in path[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            new = node_hash(new, step)
        at, last = at >> 1, last >> 1
    return last == 0 and old == before and new == after


def numbered(count):
    return [leaf_hash(b"%d" % number) for number in range(count)]


def row(position, state=b'{"a":1}'):
    return (position, uuid4().hex, 1, "problem-registered", state)


def test_the_roots_are_those_of_rfc_6962():
    leaves = [leaf_hash(entry) for entry in ENTRIES]
    frontier, tree = Frontier(), Tree(Kept.of(leaves))
    assert leaf_hash(b"").hex() == ROOTS[1]
    for size, root in enumerate(ROOTS):
        assert (frontier.root().hex(), tree.root(size).hex(), naive(leaves[:size]).hex()) == (root, root, root)
        if size < len(leaves):
            frontier.append(leaves[size])


@settings(deadline=None)
@given(some.lists(some.binary(min_size=32, max_size=32), max_size=300), some.data())
def test_every_size_has_the_root_of_its_definition(leaves, data):
    tree, size = Tree(Kept.of(leaves)), data.draw(some.integers(0, len(leaves)))
    assert tree.root(size) == naive(leaves[:size])
    assert frontier_of(Kept.of(leaves), size).root() == naive(leaves[:size])


def test_at_every_size_every_leaf_is_proven_to_be_in():
    leaves = numbered(64)
    tree = Tree(Kept.of(leaves))
    for size in range(1, 65):
        root = naive(leaves[:size])
        for index in range(size):
            path = tree.inclusion(index + 1, size)
            assert includes(leaves[index], index, size, path, root)
            assert not includes(leaf_hash(b"another"), index, size, path, root)
            assert len(path) <= 6


def test_from_every_size_to_every_later_one_it_is_proven_to_go_on():
    leaves = numbered(64)
    tree = Tree(Kept.of(leaves))
    roots = [naive(leaves[:size]) for size in range(65)]
    for first in range(1, 65):
        for second in range(first, 65):
            path = tree.consistency(first, second)
            assert goes_on(first, second, path, roots[first], roots[second])
            assert not goes_on(first, second, path, roots[first - 1], roots[second])


@settings(deadline=None)
@given(some.integers(0, 200), some.integers(0, 200))
def test_it_grows_from_wherever_it_was_left(first, more):
    rows = [row(position) for position in range(1, first + more + 1)]
    at_once, stored = grown(Frontier(), rows)
    then, later = grown(grown(Frontier(), rows[:first])[0], rows[first:])
    assert (then.size, then.peaks, stored[first:]) == (at_once.size, at_once.peaks, later)
    assert at_once.root() == naive([leaf_hash(line(*each)) for each in rows])
    assert stored == Kept.of([leaf_of(each) for each in rows]).stored


def test_a_place_whose_event_is_gone_is_a_hole_in_the_same_tree():
    rows = [row(position) for position in (1, 2, 5, 6, 9)]
    frontier, stored = grown(Frontier(), rows)
    leaves = [HOLE] * 9
    kept = Kept([None] * 9)
    for each, hashes in zip(rows, stored, strict=True):
        leaves[each[0] - 1] = leaf_of(each)
        kept.stored[each[0] - 1] = hashes
    assert frontier.root() == Tree(kept).root(9) == naive(leaves)


def test_the_line_of_an_event_is_its_stored_bytes_and_its_place():
    id = UUID(int=7)
    assert line(3, id.hex, 2, "blocker-named", b'{"recorded_at":"now"}') == (
        b'{"position":3,"state":{"recorded_at":"now"},"stream":"00000000000000000000000000000007",'
        b'"topic":"blocker-named","version":2}'
    )


async def written(ledger, problems=3):
    ids = [(await ledger.change((), registering(uuid4()))).id for _ in range(problems)]
    for id in ids:
        await ledger.change([recall(id)], naming())


async def every_root(ledger):
    return await ledger.tree(lambda tree: [tree.root(size) for size in range(tree.size + 1)])


@contextmanager
def kept_in(store):
    """The hashes as they lie in either store."""
    if isinstance(store.place, Path):
        with leaves.reading(store.place / "ledger.db") as found:
            yield found
    else:
        with postgres_leaves.reading(store.place) as found:
            yield found


async def test_every_event_has_its_leaf_and_the_subtrees_it_completes(ledger, store):
    await written(ledger, 10)
    with kept_in(store) as kept:
        found = kept.rows(0, 100)
        assert [hashes for _, hashes in found] == Kept.of([leaf_of(row) for row, _ in found]).stored
        assert kept.page(3, 2) == [(4, found[3][1]), (5, found[4][1])]
        assert first_unlike(kept, 10_000) is None
    assert await every_root(ledger) == [naive([leaf_of(row) for row, _ in found[:size]]) for size in range(21)]


async def test_events_of_one_commit_are_each_a_leaf(ledger, store):
    await asyncio.gather(*(written(ledger, 5) for _ in range(8)))
    with kept_in(store) as kept:
        assert (await every_root(ledger))[-1] == naive([leaf_of(row) for row, _ in kept.rows(0, 100)])


async def test_it_goes_on_after_a_restart(ledger, open_again, store):
    await written(ledger, 3)
    before = await every_root(ledger)
    await ledger.close()
    async with open_again() as again:
        await written(again, 2)
        after = await every_root(again)
    with kept_in(store) as kept:
        assert after[-1] == naive([leaf_of(row) for row, _ in kept.rows(0, 100)])
    assert after[:7] == before


async def test_a_refused_change_leaves_no_leaf(ledger):
    await written(ledger, 1)
    before = await every_root(ledger)
    with pytest.raises(NotFound):
        await ledger.change([recall(uuid4())], naming())
    assert await every_root(ledger) == before


async def test_forgetting_somebody_changes_no_root(ledger, keyring):
    await written(ledger, 4)
    before = await every_root(ledger)
    keyring.destroy(ANN)
    assert await every_root(ledger) == before
    [registered, *_] = await ledger.events_after(0)
    assert ledger.unseal(registered.title) == ERASED
    await written(ledger, 1)
    assert (await every_root(ledger))[:9] == before


async def test_an_event_that_was_taken_out_is_found_and_the_tree_goes_on(ledger, open_again, store):
    await written(ledger, 4)
    before = await every_root(ledger)
    await ledger.close()
    store.lose(8)
    async with open_again() as again:
        await written(again, 1)
        after = await every_root(again)
    assert len(after) == 11
    assert after[:8] == before[:8]
    assert after[8] != before[8]
    with kept_in(store) as kept:
        assert first_unlike(kept, 10_000) == 8


@in_files
async def test_a_ledger_of_an_older_version_is_completed_when_it_is_opened(ledger, open_again, tmp_path):
    await written(ledger, 5)
    root = await ledger.tree(lambda tree: tree.root(tree.size))
    await ledger.close()
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("ALTER TABLE stored_events DROP COLUMN hashes")
    with pytest.raises(Unreadable, match="older version"), leaves.reading(tmp_path / "ledger.db"):
        pass
    async with open_again() as again:
        assert await again.tree(lambda tree: tree.root(tree.size)) == root
        await written(again, 1)


@in_files
async def test_what_somebody_else_wrote_without_hashes_gets_them(ledger, store, tmp_path):
    await written(ledger, 2)
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute("UPDATE stored_events SET hashes = NULL WHERE position > 2")
    await written(ledger, 1)
    with kept_in(store) as kept:
        assert first_unlike(kept, 100) is None
        root = naive([leaf_of(row) for row, _ in kept.rows(0, 100)])
    assert await ledger.tree(lambda tree: tree.root(tree.size)) == root


@in_files
@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE stored_events SET state = replace(CAST(state AS TEXT), '2', '3') WHERE position = 7",
        "UPDATE stored_events SET originator_version = 99 WHERE position = 7",
        "UPDATE stored_events SET topic = 'problem-resolved' WHERE position = 7",
        "UPDATE stored_events SET hashes = zeroblob(32) WHERE position = 7",
        "DELETE FROM stored_events WHERE position = 7",
    ],
)
async def test_what_no_longer_fits_its_leaf_is_named(ledger, store, tmp_path, tampering):
    await written(ledger, 5)
    with sqlite3.connect(tmp_path / "ledger.db") as db:
        db.execute(tampering)
    with kept_in(store) as kept:
        assert first_unlike(kept, 10_000) == 7
        assert first_unlike(kept, 2) is None
