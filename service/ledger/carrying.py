"""Everything a network keeps, carried from one store to another: table by table, in batches, counted at both ends."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import msgspec

from service.ledger.tree import HOLE, Leaves, Tree, frontier_of
from service.ledger.verify import Frontier

TOGETHER = 1_000
"""Rows of one batch: as much as is in memory at any time."""

EVENTS = "stored_events"
Place = Literal["ledger", "keys", "access", "ballots"]
Batch = Sequence[tuple[Any, ...]]
Told = Callable[[int], object]


class Differs(Exception):
    """What arrived is not what was sent; a sentence that says where."""


class Failed(Exception):
    """A store would not give something out, or take it in; what it says."""


class StillServed(Exception):
    """Somebody is at work on this network; who."""


class Taken(Exception):
    """Something is kept already where everything should go."""


class Unknown(Exception):
    """What is to be carried has no place where it should go; a sentence that says what."""


class Table(msgspec.Struct, frozen=True):
    """One table of a store. Rows are said in one way whichever store they lie in: names of streams, people and keys as
    text, everything else as it lies there."""

    place: Place
    name: str
    columns: tuple[str, ...]


LEDGER = (
    Table("ledger", EVENTS, ("position", "originator_id", "originator_version", "topic", "state", "hashes")),
    Table("ledger", "answers", ("director", "key", "request", "status", "position", "events")),
    Table("keys", "keys", ("subject", "wrapped")),
    Table("keys", "wrapping", ("probe",)),
)
"""Of sign-in each store tells its tables itself."""


class Kept(Protocol):
    """A whole store as it stands at one moment."""

    @property
    def leaves(self) -> Leaves:
        """The hashes of every event."""

    def sign_in(self) -> list[Table]:
        """The tables of `access`, as they are."""

    def rows(self, table: Table) -> Iterator[Batch]:
        """Everything in one table; events in the order of their positions."""

    def given(self) -> int:
        """The last position that was given away, which may be that of an event that is gone."""

    def open_votes(self) -> int:
        """How many votes have ballots that can be read. They are never carried: a copy would outlive the vote."""


class Room(Kept, Protocol):
    """A store that holds no network yet, and is to take one in."""

    def take(self, table: Table, batches: Iterable[Batch]) -> None:
        """These rows, and no others."""

    def go_on(self, frontier: Frontier) -> None:
        """The next event comes after that one, and its hashes grow from there."""


class Carried(msgspec.Struct, frozen=True):
    """What arrived, as it was sent: how far the ledger goes, the root of its tree, how many rows there are of each
    table, and whose keys were destroyed."""

    size: int
    root: str
    rows: dict[str, int]
    forgotten: list[str]


@dataclass(slots=True)
class _Tally:
    """How many rows, and the sum of their hashes: the same in whatever order they come."""

    rows: int = 0
    sum: int = 0

    def over(self, batches: Iterable[Batch], told: Told) -> Iterator[Batch]:
        """The same batches, counted as they pass."""
        for batch in batches:
            for row in batch:
                self.sum += int.from_bytes(hashlib.sha256(msgspec.msgpack.encode(row)).digest())
            self.rows += len(batch)
            yield batch
            told(len(batch))


def carry(kept: Kept, room: Room, told: Told) -> Carried:
    """Puts everything that is kept into the room, and reads it again there. Differs when one row is not as it was.

    `told` hears how many events are done, twice each: as they are carried, and as they are looked at again."""
    tables = [*LEDGER, *kept.sign_in()]
    if strange := _strange(tables, room):
        raise Unknown(f"{strange} is of a newer version than this one: use that version.")
    sent = {}
    for table in tables:
        sent[table] = _Tally()
        room.take(table, sent[table].over(kept.rows(table), _of_events(table, told)))
    room.go_on(_grown_to(kept.given(), kept.leaves))
    forgotten = []
    for table in tables:
        arrived = _Tally()
        for batch in arrived.over(room.rows(table), _of_events(table, told)):
            forgotten += [row[0] for row in batch if table.name == "keys" and row[1] is None]
        if arrived != sent[table]:
            raise Differs(f"{arrived.rows} rows of {table.name} arrived, and they are not the {sent[table].rows} sent")
    size, root = _same_tree(kept, room)
    return Carried(size, root, {table.name: sent[table].rows for table in tables}, forgotten)


def _same_tree(kept: Kept, room: Room) -> tuple[int, str]:
    """Size and root of both."""
    (size, root), there = ((tree.size, tree.root(tree.size)) for tree in (Tree(kept.leaves), Tree(room.leaves)))
    if (size, root) != there:
        raise Differs(f"the tree has the root {there[1].hex()} at {there[0]}, and not {root.hex()} at {size}")
    if kept.given() != room.given():
        raise Differs(f"the last position given away is {room.given()}, and not {kept.given()}")
    return size, root.hex()


def _grown_to(given: int, leaves: Leaves) -> Frontier:
    frontier = frontier_of(leaves, leaves.size())
    while frontier.size < given:
        frontier.append(HOLE)
    return frontier


def _strange(tables: Iterable[Table], room: Room) -> str | None:
    """What the room has no place for."""
    known = {table.name: table.columns for table in [*LEDGER, *room.sign_in()]}
    for table in tables:
        if table.name not in known:
            return f"The table {table.place}.{table.name}"
        if unknown := set(table.columns).difference(known[table.name]):
            return f"The column {min(unknown)} of {table.place}.{table.name}"
    return None


def _of_events(table: Table, told: Told) -> Told:
    return told if table.name == EVENTS else lambda _: None
