"""From the fractional answer to a whole one: take the sets it is surest of, hunt again for whoever is left, repeat."""

from collections.abc import Callable

import numpy as np

from service.matching.chains import Chains, Found
from service.matching.duals import Program, dearest
from service.matching.hunting import hunted
from service.matching.master import Set
from service.matching.tables import table_of

LAST = 30  # this few people are left to one exact look at their sets
SURE = 0.75  # sets the fractional answer takes at least this much of are all taken at once
PART = 0.06  # of the people left are seated in each step, if that many sets are disjoint
ROUNDS = 2  # of hunting in each step


def dive(chains: Chains, program: Program, stop: Callable[[], bool]) -> list[Set]:
    """Disjoint sets for all but the last few people."""
    left = np.arange(chains.n)
    pool = program.pool
    taken: list[Set] = []
    while len(left) > LAST and not stop():
        place = {person: at for at, person in enumerate(left.tolist())}
        pool = {members: points for members, points in pool.items() if all(person in place for person in members)}
        part = Program(len(left), len(left))
        part.begin((tuple(place[person] for person in members), points) for members, points in pool.items())
        table = table_of(chains.table, left)
        for _ in range(ROUNDS if len(left) < chains.n else 0):
            _, cost = part.costs()
            sets, gains = hunted(table, cost, chains.fit.sizes, 0.1)
            if not sum(part.join(members, points) for members, points in dearest(Found(sets, gains, False), cost)):
                break
        part.costs()
        chosen: list[Set] = []
        seated: set[int] = set()
        for members, share in sorted(part.shares().items(), key=lambda each: (-each[1], each[0])):
            if chosen and share < SURE and len(seated) >= PART * len(left):
                break
            if seated.isdisjoint(members):
                chosen.append(members)
                seated.update(members)
        if not chosen:
            break
        taken += [tuple(left[list(members)].tolist()) for members in chosen]
        pool = {tuple(left[list(members)].tolist()): points for members, points in part.pool.items()}
        left = np.array([person for at, person in enumerate(left.tolist()) if at not in seated], dtype=np.int64)
    return sorted(taken)
