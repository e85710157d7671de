"""When counts of people may be shown: at the ends of months, and only where at least five people moved them.

Whoever asks twice could otherwise subtract one answer from the other, and read what a single person did in between.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np

from projections.columns import NONE, Column, Mask
from projections.counting import FEWEST
from service.domain.days import LONDON, london_day


@dataclass(frozen=True)
class Told:
    """What concerns some people: the month in which each of it happened and that in which it was recorded, and who
    they are, in as many columns as it takes."""

    month: Column
    known: Column
    people: Sequence[Column]


class Shown(NamedTuple):
    """For each the month at whose end it first could be counted, and the month in which all that is counted with it was
    known; NONE where it waits, or may not be counted."""

    end: Column
    known: Column


class Window(NamedTuple):
    """The ends of months that are counted, each with the name of the months that end there."""

    names: dict[int, str]

    @property
    def until(self) -> int:
        return max(self.names)

    def holds(self, ends: Column) -> Mask:
        return np.isin(ends, list(self.names))


def month_of(moment: datetime) -> int:
    """The month of a moment in London, counted from the year nought."""
    day = london_day(moment)
    return day.year * 12 + day.month - 1


def name_of(month: int) -> str:
    """The month as it is written, such as 2026-03."""
    return f"{month // 12:04}-{month % 12 + 1:02}"


def first_moment(month: int) -> datetime:
    """When a month begins in London."""
    return datetime(month // 12, month % 12 + 1, 1, tzinfo=LONDON)


def over_by(moment: datetime) -> int:
    """The last month that is over at that moment: with its very last microsecond, a month is."""
    return month_of(moment + timedelta(microseconds=1)) - 1


def together(told: Told) -> Shown:
    """What is shown only together.

    Month by month as things became known, and among these month by month as they happened: a month that moves by fewer
    than five people is merged with the next, and what is left over waits for what becomes known later."""
    shown = Shown(np.full(len(told.month), NONE), np.full(len(told.month), NONE))
    cells = _cells(told)
    waiting: dict[int, list[Column]] = {}
    for known in sorted(cells):
        merged = {month: [*waiting.get(month, ()), rows] for month, rows in cells[known].items()}
        merged = {**waiting, **merged}
        waiting = {}
        for month in sorted(merged):
            waiting[month] = merged[month]
            rows = np.concatenate([rows for each in waiting.values() for rows in each])
            if _are_enough(told, rows):
                shown.end[rows], shown.known[rows] = month, known
                waiting = {}
    return shown


def _cells(told: Told) -> dict[int, dict[int, Column]]:
    """The places of what became known in one month and happened in one, in order."""
    cells: dict[int, dict[int, Column]] = defaultdict(dict)
    order = np.lexsort((told.month, told.known))
    months, knowns = told.month[order], told.known[order]
    edges = np.flatnonzero(np.diff(months) | np.diff(knowns)) + 1
    for rows in np.split(order, edges) if len(order) else ():
        cells[int(told.known[rows[0]])][int(told.month[rows[0]])] = rows
    return cells


def _are_enough(told: Told, rows: Column) -> bool:
    return len(np.unique(np.concatenate([column[rows] for column in told.people]))) >= FEWEST


def what_shows(
    told: Told, *, as_of: datetime, known_at: datetime, now: datetime, since: datetime | None
) -> tuple[Shown, Window]:
    """What may be counted by then, and the window that was asked for: two answers always differ by five people or more.
    What was recorded in the month that has not ended counts for whoever asks what is known now."""
    happened, begins = over_by(as_of), month_of(since) if since else 0
    heard = month_of(now) if known_at >= now else over_by(known_at)
    shown = together(told)
    counts = (shown.end <= happened) & (shown.known <= heard)
    shown = Shown(np.where(counts, shown.end, NONE), np.where(counts, shown.known, NONE))
    return shown, Window(dict(_names(told, shown.end, begins)))


def _names(told: Told, ends: Column, begins: int) -> Iterator[tuple[int, str]]:
    before = 0
    for end in np.unique(ends[ends != NONE]).tolist():
        start = max(int(told.month[ends == end].min()), before + 1)
        if end >= begins:
            yield end, name_of(end) if start == end else f"{name_of(start)} to {name_of(end)}"
        before = end
