"""Whether ties keep within organisations or cross them, beside what chance would do with as many ties for each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from statistics import fmean, stdev

import msgspec

SAMPLES = 200
SWAPS = 300_000
"""What comparing may cost at most, in swaps tried: about half a second."""
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
    """How many ties keep within groups in networks drawn by chance in which everybody has as many ties as here: two
    ties swap their ends, unless somebody would be tied to themselves or twice to the same. The same every time."""
    chance, ties = Random(seed).random, sorted((min(tie), max(tie)) for tie in ties)
    present, count = set(ties), len(ties)
    within = sum(groups[one] == groups[other] for one, other in ties)
    between = max(1, min(4 * count, swaps // (samples + 10)))
    found = []
    for step in range((samples + 10) * between):
        first, second = int(chance() * count), int(chance() * count)
        (a, b), (c, d) = ties[first], ties[second]
        if chance() < 0.5:
            c, d = d, c
        one, other = (a, d) if a < d else (d, a), (c, b) if c < b else (b, c)
        if a != d and c != b and first != second and one not in present and other not in present and one != other:
            present -= {ties[first], ties[second]}
            present |= {one, other}
            ties[first], ties[second] = one, other
            within += (groups[a] == groups[d]) + (groups[c] == groups[b]) - (groups[a] == groups[b])
            within -= groups[c] == groups[d]
        if step >= 10 * between and (step + 1) % between == 0:
            found.append(within)
    return found
