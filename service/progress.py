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
            bound = "–" if progress.bound is None else f"{progress.bound:,.0f}"
            bar.set_postfix_str(f"{progress.phase}: value {progress.value:,.0f}, bound {bound}")
            bar.update()

        yield show
