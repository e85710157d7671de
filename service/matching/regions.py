"""A better answer region by region: the people of some sets by themselves, and a dive for them anew."""

import random
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from service.matching.balance import Balance
from service.matching.chains import CORES, Chains
from service.matching.dive import dive
from service.matching.master import Set
from service.matching.neighbourhoods import Neighbourhoods
from service.matching.tables import values_of

PEOPLE = (150, 220, 280)  # of a region, in turn, about
PART = 0.65  # of everybody, at most
AT_ONCE = 2  # regions, whatever the number of cores: the second is left alone if the first changed it
REST = 40  # whoever the dive leaves is seated by an exact look, if no more than so many


def improve_regions(
    answer: Neighbourhoods, chains: Chains, turns: int, seed: str, stop: Callable[[], bool]
) -> dict[Set, float]:
    """Regions are taken where there is most to gain, some at once, `turns` times; the answer only gets better.

    The sets met on the way, with their value.
    """
    met: dict[Set, float] = {}
    with ThreadPoolExecutor(CORES) as threads:
        for turn in range(turns):
            if stop() or not answer.groups:
                break
            people = int(min(PEOPLE[turn % len(PEOPLE)], PART * len(answer.fit)))
            regions = [answer.near(people, answer.out) for _ in range(AT_ONCE)]
            seeds = [f"{seed} {turn} {place}" for place in range(AT_ONCE)]
            done = list(threads.map(partial(dived, answer, chains, answer.out, stop), regions, seeds))
            for region, (better, seen) in zip(regions, done, strict=True):
                met |= seen
                if set(region) <= set(answer.groups) and answer.better(better, region):
                    answer.put(better, region)
    return met


def dived(
    answer: Neighbourhoods,
    chains: Chains,
    out: Sequence[int],
    stop: Callable[[], bool],
    region: Sequence[Set],
    seed: str,
) -> tuple[list[Set], dict[Set, float]]:
    """Sets for the people of a region, and of whoever is out with them; and the sets met on the way."""
    people = np.array(sorted({*out, *(person for group in region for person in group)}), dtype=np.int64)
    part = chains.among(people)
    cost = answer.cost[people]
    balance = Balance(len(people), len(people) - len(out))
    for kind in answer.within(people)[0]:
        points = np.empty(len(kind))
        values_of(part.table, kind, points)
        for members, value in zip(kind.tolist(), points.tolist(), strict=True):
            balance.join(tuple(members), value)
    balance.begin((), cost)
    after = dive(part, balance, cost, stop, random.Random(f"region {seed}"))

    def named(members: Set) -> Set:
        return tuple(people[list(members)].tolist())

    found = [named(members) for members in sorted(after.seats)]
    seated = {person for group in found for person in group}
    rest = [person for person in people.tolist() if person not in seated]
    if rest and len(rest) <= REST:
        found += answer.best_among(rest, ()) or []
    return found, {named(members): value for members, value in after.pool.items()}
