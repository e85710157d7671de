"""Two things measured beside each other, again and again, each between two probes of the disk.

Disks change their mind within minutes: what is compared is always a ratio from one round, and the median of the rounds.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

PROBING = 0.2

Measure = Callable[[], float]


@contextmanager
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as name:
        yield Path(name)


def probe() -> float:
    """How often a second this disk says that a page is safe."""
    with folder() as data, (data / "probe").open("wb", buffering=0) as file:
        end, done = time.perf_counter() + PROBING, 0
        while time.perf_counter() < end:
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            done += 1
        return done / PROBING


@dataclass(frozen=True)
class Row:
    """One goal: a measure, what it is compared with (another measure, a number, or `fdatasync`: the probes around it),
    and the ratio wanted."""

    what: str
    ours: str
    beside: str | float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def goal(self) -> str:
        """As it is written in a table."""
        bounds = [
            f"{sign} {bound:g}" for sign, bound in (("≥", self.at_least), ("≤", self.at_most)) if bound is not None
        ]
        return ", ".join(bounds) or "—"

    def reached(self, ratio: float) -> bool:
        """Whether the ratio is what was wanted."""
        return (self.at_least is None or ratio >= self.at_least) and (self.at_most is None or ratio <= self.at_most)


@dataclass
class Table:
    """What was found, round by round."""

    measures: dict[str, Measure]
    rows: Sequence[Row]
    found: dict[str, list[float]] = field(default_factory=dict)
    synced: dict[str, list[float]] = field(default_factory=dict)

    def run(self, rounds: int) -> None:
        """Every measure once in each round, so that what is compared was measured in the same minute."""
        for number in range(rounds):
            print(f"\rround {number + 1} of {rounds}", end="", file=sys.stderr, flush=True)
            for name, measure in self.measures.items():
                before = probe()
                self.found.setdefault(name, []).append(measure())
                self.synced.setdefault(name, []).append((before + probe()) / 2)
        print("\r", end="", file=sys.stderr)

    def ratio(self, row: Row) -> float:
        """The median of the ratios of each round."""
        ours = self.found[row.ours]
        if isinstance(row.beside, str):
            beside = self.synced[row.ours] if row.beside == "fdatasync" else self.found[row.beside]
        else:
            beside = [row.beside] * len(ours)
        return median(a / b for a, b in zip(ours, beside, strict=True))

    def show(self) -> None:
        """Figures first, then what they come to."""
        print(f"{'':56}{'median':>12}{'fdatasync/s':>13}")
        for name, figures in self.found.items():
            print(f"{name:56}{_figure(median(figures)):>12}{median(self.synced[name]):>13,.0f}")
        print(f"\n{'':72}{'ratio':>9}{'goal':>14}")
        for row in self.rows:
            ratio = self.ratio(row)
            print(f"{row.what:72}{ratio:>9.3g}{row.goal:>14}  {'' if row.reached(ratio) else 'not reached'}".rstrip())

    def as_json(self) -> str:
        """The same, for machines."""
        figures = {
            name: {"median": median(all), "each": all, "fdatasync": median(self.synced[name])}
            for name, all in self.found.items()
        }
        rows = [
            {"what": row.what, "ratio": self.ratio(row), "goal": row.goal, "reached": row.reached(self.ratio(row))}
            for row in self.rows
        ]
        return json.dumps({"figures": figures, "rows": rows}, indent=2)


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
