"""Whether ties keep within organisations or cross them, beside what chance would do with as many ties for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from statistics import fmean, stdev

import msgspec
import numpy as np

from projections.columns import Column, Mask

SAMPLES = 200
SWAPS = 300_000
"""What comparing may cost, in swaps tried."""
BEFORE = 10
"""So many networks are passed over first: they still look like the one that was begun with."""
SEED = 20_260_101

Tie = tuple[int, int]


class Mixing(msgspec.Struct, frozen=True, kw_only=True):
    """`ei_index`: from -1, all ties within organisations, to 1, all across. `assortativity`: 0 where organisation plays
    no part, 1 where all ties keep within. `z`: by how many standard deviations that differs from chance."""

    ei_index: float | None
    assortativity: float | None
    expected_by_chance: float | None
    z: float | None


NOTHING_TO_SAY = Mixing(ei_index=None, assortativity=None, expected_by_chance=None, z=None)


@lru_cache(maxsize=8)
def mixing(ties: tuple[Tie, ...], groups: tuple[int, ...]) -> Mixing:
    """How the ties between people, who are numbered, lie between the groups those belong to."""
    if not ties:
        return NOTHING_TO_SAY
    within = sum(groups[one] == groups[other] for one, other in ties)
    by_chance = rewired(ties, groups)
    spread = stdev(by_chance)
    return Mixing(
        ei_index=(len(ties) - 2 * within) / len(ties),
        assortativity=assortativity(within, ties, groups),
        expected_by_chance=assortativity(fmean(by_chance), ties, groups),
        z=(within - fmean(by_chance)) / spread if spread > 0 else None,
    )


def assortativity(within: float, ties: Sequence[Tie], groups: Sequence[int]) -> float | None:
    """Newman's coefficient for so many ties within groups; None where there is one group only."""
    ends = Counter(groups[person] for tie in ties for person in tie)
    squares = sum((count / (2 * len(ties))) ** 2 for count in ends.values())
    return None if squares >= 1 else (within / len(ties) - squares) / (1 - squares)


def rewired(
    ties: Sequence[Tie], groups: Sequence[int], *, samples: int = SAMPLES, swaps: int = SWAPS, seed: int = SEED
) -> list[int]:
    """How many ties keep within groups in networks drawn by chance in which everybody has as many ties as here. The
    same every time."""
    chance, group = np.random.default_rng(seed), np.array(groups)
    network = Network(ties, len(groups))
    at_once = max(1, len(ties) // 2)
    between = max(1, min(2 * len(ties), swaps // (samples + BEFORE)) // at_once)
    found = []
    for step in range((samples + BEFORE) * between):
        network.swap(chance)
        if step >= BEFORE * between and (step + 1) % between == 0:
            found.append(int((group[network.ends[0]] == group[network.ends[1]]).sum()))
    return found


class Network:
    """Ties between people: `ends` has a row for each end."""

    def __init__(self, ties: Sequence[Tie], people: int) -> None:
        self.ends = np.array(sorted((min(tie), max(tie)) for tie in ties), dtype=np.int64).T
        self._people = people
        self._places = self._place(self.ends[0], self.ends[1])
        # Only the places of ties that are looked at are ever written or read.
        self._claimed = np.empty(people * people, dtype=np.int32)

    def swap(self, chance: np.random.Generator) -> None:
        """All ties two by two swap their ends, unless somebody would be tied to themselves, or two of these pairs have
        a tie in common, old or new. What is refused one way is refused the other way too, so no network is likelier."""
        count = self.ends.shape[1]
        order, half = chance.permutation(count), count // 2
        first, second, alone = order[:half], order[half : 2 * half], order[2 * half :]
        (a, b), (c, d) = self.ends[:, first], self.ends[:, second]
        turned = chance.random(half) < 0.5
        c, d = np.where(turned, d, c), np.where(turned, c, d)
        places = np.stack([self._places[first], self._places[second], self._place(a, d), self._place(c, b)])
        goes = (a != d) & (c != b) & self._are_theirs(places, self._places[alone])
        first, second = first[goes], second[goes]
        self.ends[1, first], self.ends[0, second], self.ends[1, second] = d[goes], c[goes], b[goes]
        self._places[first], self._places[second] = places[2, goes], places[3, goes]

    def _place(self, one: Column, other: Column) -> Column:
        """One number for each two people."""
        return np.minimum(one, other) * self._people + np.maximum(one, other)

    def _are_theirs(self, places: Column, alone: Column) -> Mask:
        """Which pairs have no tie in common with another: all of theirs is theirs, whoever claims it last."""
        pair = np.arange(places.shape[1], dtype=np.int32)
        theirs = np.ones(len(pair), dtype=bool)
        claims, claimants = places.ravel(), np.tile(pair, len(places))
        # Copies, because numpy goes through a view of something backwards in whichever order it likes.
        for place, claimant in ((claims, claimants), (claims[::-1].copy(), claimants[::-1].copy())):
            self._claimed[place] = claimant
            self._claimed[alone] = len(pair)
            theirs &= (self._claimed[places] == pair).all(axis=0)
        return theirs
