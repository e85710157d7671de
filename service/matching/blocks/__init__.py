"""Rounds of thousands of people, solved in overlapping blocks: here, or by the workers of a Dask cluster."""

from service.matching.blocks.running import NoWorkers, Run, here, on_workers
from service.matching.blocks.solving import LARGE, solve_in_blocks

__all__ = ["LARGE", "NoWorkers", "Run", "here", "on_workers", "solve_in_blocks"]
