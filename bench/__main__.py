"""The benchmarks, each figure beside its rival in one run: `python -m bench`, or `python -m bench ledger` alone."""

from __future__ import annotations

import runpy
import sys

ROOMS = ("ledger", "matching")


def main() -> None:
    """Runs the benchmarks named."""
    asked = sys.argv[1:] or list(ROOMS)
    if unknown := [name for name in asked if name not in ROOMS]:
        sys.exit(f"There is no benchmark {unknown[0]}; there are: {', '.join(ROOMS)}.")
    for name in asked:
        print(f"\n== {name}\n", flush=True)
        sys.argv = [f"bench.{name}"]
        runpy.run_module(f"bench.{name}", run_name="__main__")


main()
