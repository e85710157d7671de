"""Facts kept in memory as columns of numbers, so that a report need not read all of them again: whoever asks reads what
was recorded since, and counts. There are no words among them, only what the tables of facts hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from projections.counting import Span
from projections.direct import Database

Column = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

NONE = -1
"""What stands where there is nothing."""
FEW = 200  # rows that are taken in at once; more of them go to a thread
ROOM = 1024


class Names:
    """A number for each id and each label; the same text always has the same."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._texts: list[str] = []
        self._new = Lock()

    def __len__(self) -> int:
        return len(self._texts)

    def number(self, text: str | None) -> int:
        """The number of a text, also of one that is new."""
        if text is None:
            return NONE
        known = self._numbers.get(text)
        if known is not None:
            return known
        with self._new:
            if text not in self._numbers:
                self._texts.append(text)
                self._numbers[text] = len(self._texts) - 1
        return self._numbers[text]

    def text(self, number: int) -> str:
        """The text that has this number."""
        return self._texts[number]


@dataclass(frozen=True)
class Table:
    """Which columns of a table of facts are kept: `numbers` as they are, `days` as 20260331, `names` by their number.
    Rows are only ever added to it, in the order of `position`."""

    name: str
    names: tuple[str, ...]
    numbers: tuple[str, ...] = ()
    days: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return ("position", "occurred", "recorded", *self.numbers, *self.days, *self.names)

    @property
    def newer(self) -> str:
        """Asks for the rows after a position."""
        whole = [f"coalesce({name}, {NONE})" for name in self.numbers]
        whole += [f"coalesce(CAST(replace({name}, '-', '') AS INTEGER), {NONE})" for name in self.days]
        told = ", ".join(("position", "occurred", "recorded", *whole, *self.names))
        return f"SELECT {told} FROM {self.name} WHERE position > ? ORDER BY position"


@dataclass(frozen=True)
class Facts:
    """The facts of one table in the order they were recorded, as they were known at one moment. Every number of a name
    in them, and in facts asked for earlier, is below `size`."""

    columns: Mapping[str, Column]
    names: Names
    size: int

    def __getitem__(self, column: str) -> Column:
        return self.columns[column]

    def are(self, *whats: str) -> Mask:
        """Which of them are of these sorts."""
        return np.isin(self["what"], [self.names.number(what) for what in whats])

    def had_happened(self, asked: Span) -> Mask:
        """Which had happened by then, as far as was known by then."""
        known: Mask = (self["occurred"] <= asked["as_of"]) & (self["recorded"] <= asked["known_at"])
        return known

    def last(self, which: Mask, of: str = "id") -> Column:
        """For the number of each name, the row of the last of these facts about it; NONE where there is none."""
        rows = np.full(self.size, NONE)
        rows[self[of][which]] = np.flatnonzero(which)
        return rows


@dataclass
class Kept:
    """The rows of one table that are in memory so far; there is room for more."""

    table: Table
    size: int = 0
    position: int = 0
    cells: npt.NDArray[np.int64] = field(init=False)
    turn: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        self.cells = np.empty((len(self.table.columns), ROOM), dtype=np.int64)

    def take(self, rows: Sequence[Sequence[Any]], names: Names) -> None:
        """More rows; those that are here already are passed over, for whoever brought them may not have waited."""
        with self.turn:
            new = [row for row in rows if row[0] > self.position]
            if not new:
                return
            end = self.size + len(new)
            if end > self.cells.shape[1]:
                # Whoever counts goes on with the columns they were given.
                grown = np.empty((len(self.cells), 2 * end), dtype=np.int64)
                grown[:, : self.size] = self.cells[:, : self.size]
                self.cells = grown
            for cells, name, column in zip(self.cells, self.table.columns, zip(*new, strict=True), strict=True):
                cells[self.size : end] = [names.number(each) for each in column] if name in self.table.names else column
            self.size, self.position = end, new[-1][0]

    def facts(self, names: Names) -> Facts:
        told = zip(self.table.columns, self.cells[:, : self.size], strict=True)
        return Facts(dict(told), names, len(names))


def distinct(kinds: Column) -> tuple[Column, Column]:
    """The different columns of these rows, which are nowhere below nought, and how many there are of each."""
    if not kinds.size:
        return kinds, np.zeros(0, dtype=np.int64)
    sizes = tuple(kinds.max(axis=1) + 1)
    found, counts = np.unique(np.ravel_multi_index(tuple(kinds), sizes), return_counts=True)
    return np.stack(np.unravel_index(found, sizes)), counts


def tally(*kinds: Column) -> Iterator[tuple[list[int], int]]:
    """What goes together in these columns, and how often."""
    found, counts = distinct(np.stack(kinds))
    return zip(found.T.tolist(), counts.tolist(), strict=True)


class Memory:
    """What is kept of one file of read models. With the file it is let go."""

    def __init__(self) -> None:
        self._names = Names()
        self._kept: dict[str, Kept] = {}
        self._turn = asyncio.Lock()

    async def facts(self, db: Database, table: Table) -> Facts:
        """All the facts of that table, those recorded a moment ago too."""
        async with self._turn:
            kept = self._kept.setdefault(table.name, Kept(table))
            rows = list(await db.execute_fetchall(table.newer, (kept.position,)))
            if len(rows) > FEW:
                await asyncio.to_thread(kept.take, rows, self._names)
            else:
                kept.take(rows, self._names)
            return kept.facts(self._names)
