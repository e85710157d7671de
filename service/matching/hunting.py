"""Good sets found quickly: near those at hand, and near those grown around everybody. Never part of a proof."""

from collections.abc import Iterable

import numpy as np

from service.matching.exchanging import exchanged
from service.matching.growing import grown
from service.matching.master import Set
from service.matching.people import Real, Whole
from service.matching.reach import Reach
from service.matching.tables import Table

ROUGH = 0.05  # of what a head costs: by how much per head grown sets may fall short and be looked near
MANY = 4  # of them for each person, at most


def hunted(
    table: Table, reach: Reach, cost: Real, near: Iterable[Set], sizes: tuple[int, ...], need: float, anew: bool
) -> tuple[list[Whole], list[Real]]:
    """Sets worth more than their cost by `need` per head that are one person away from one of `near`, per size.

    With `anew`, those too that grow around everybody, and those one person away from them.
    """
    rough: tuple[list[Whole], list[Real]] = [], []
    if anew:
        rough = grown(table, reach, cost, sizes, min(need, -ROUGH * float(np.abs(cost).mean())))
        near = {*near, *best(*rough, MANY * len(cost))}
    sets, gains = exchanged(table, reach, cost, sorted(near), sizes, need)
    for place, (kind, gain) in enumerate(zip(*rough, strict=True)):
        enough = gain > need * sizes[place]
        sets[place] = np.concatenate([sets[place], kind[enough]])
        gains[place] = np.concatenate([gains[place], gain[enough]])
    return sets, gains


def best(sets: list[Whole], gains: list[Real], many: int) -> Iterable[Set]:
    """So many of the sets that exceed their cost most, or fall short least."""
    every = np.sort(np.concatenate(gains))[::-1]
    least = every[many - 1] if len(every) > many else -np.inf
    for kind, gain in zip(sets, gains, strict=True):
        yield from map(tuple, kind[gain >= least].tolist())
