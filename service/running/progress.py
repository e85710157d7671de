"""A progress bar on a terminal, and nothing on a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tqdm import tqdm

from service.matching import Progress


@contextmanager
def solving(seconds: float) -> Iterator[Callable[[Progress], None]]:
    """Shows value and bound as they meet."""
    with tqdm(
        desc=f"Matching (about {seconds:g} s)", unit=" steps", file=sys.stderr, disable=not sys.stderr.isatty()
    ) as bar:

        def show(progress: Progress) -> None:
            bar.set_postfix_str(f"{progress.phase}: value {_points(progress.value)}, bound {_points(progress.bound)}")
            bar.update()

        yield show


@contextmanager
def counting(what: str, total: int, unit: str) -> Iterator[Callable[[int], object]]:
    """Shows how much of it is done; told each part."""
    with tqdm(
        desc=what, total=total, unit=unit, unit_scale=True, file=sys.stderr, disable=not sys.stderr.isatty()
    ) as bar:
        yield bar.update


def _points(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"
