"""Sets ranked by how much they exceed what their people cost."""

from collections.abc import Iterable, Mapping

import numpy as np

from service.matching.chains import Found
from service.matching.master import Set
from service.matching.people import Real, Whole

PER_PERSON = 12  # sets kept for each person, if not said otherwise


def columns(pool: Mapping[Set, float], cost: Real, sizes: Iterable[int]) -> tuple[list[Whole], list[Real]]:
    """The sets per size, and by how much each exceeds its cost."""
    sets, gains = [], []
    for size in sizes:
        mine = [members for members in pool if len(members) == size]
        kind = np.array(mine, dtype=np.int64).reshape(len(mine), size)
        sets.append(kind)
        gains.append(np.array([pool[members] for members in mine]) - cost[kind].sum(axis=1))
    return sets, gains


def dearest(found: Found, cost: Real, each: int = PER_PERSON, most: int = 3000) -> list[tuple[Set, float]]:
    """Of the sets found, those that exceed their cost most, until each person has so many.

    Of each size `most` are looked through, or twice as many as there are people.
    """
    gains, rows, kinds = [], [], []
    for place, over in enumerate(found.gain):
        top = np.argsort(-over, kind="stable")[: max(most, 2 * len(cost))]
        gains.append(over[top])
        rows.append(top)
        kinds.append(np.full(len(top), place))
    gain, row, kind = np.concatenate(gains), np.concatenate(rows), np.concatenate(kinds)
    count = np.zeros(len(cost), dtype=np.int64)
    chosen = []
    for place in np.argsort(-gain, kind="stable").tolist():
        members = found.sets[kind[place]][row[place]]
        if count[members].min() < each:
            count[members] += 1
            chosen.append((tuple(members.tolist()), float(gain[place] + cost[members].sum())))
    return chosen


def nearest(sets: list[Whole], gains: list[Real], many: int) -> tuple[list[Whole], list[Real]]:
    """So many of the sets, those that fall short of their cost by least."""
    every = np.sort(np.concatenate(gains))[::-1]
    least = every[many - 1] if len(every) > many else -np.inf
    return [each[gain >= least] for each, gain in zip(sets, gains, strict=True)], [g[g >= least] for g in gains]
