"""The benchmarks, each figure beside its rival in one run: `python -m bench`, or `python -m bench ledger` alone.

Words that begin with -- are for the benchmarks themselves: --json, --long, --longest."""

from __future__ import annotations

import runpy
import sys

ROOMS = ("ledger", "tree", "matching", "grouping", "blocks", "relevance", "pages")


def main() -> None:
    """Runs the benchmarks named."""
    options = [word for word in sys.argv[1:] if word.startswith("--")]
    asked = [word for word in sys.argv[1:] if word not in options] or list(ROOMS)
    if unknown := [name for name in asked if name not in ROOMS]:
        sys.exit(f"There is no benchmark {unknown[0]}; there are: {', '.join(ROOMS)}.")
    for name in asked:
        print(f"\n== {name}\n", file=sys.stderr, flush=True)
        sys.argv = [f"bench.{name}", *options]
        runpy.run_module(f"bench.{name}", run_name="__main__")


main()
