"""From the fractional answer to a whole one: take the sets it is surest of, hunt again for whoever is left, repeat."""

import random
from collections.abc import Callable

import numpy as np

from service.matching.chains import Chains, Found
from service.matching.duals import Program, dearest, slimmed
from service.matching.hunting import hunted, swapped
from service.matching.master import Set
from service.matching.people import Real, Whole
from service.matching.tables import table_of

LAST = 20  # this few people are left to one exact look at their sets
SURE = 0.9  # sets the fractional answer takes at least this much of are all taken at once
PART = 0.06  # of the people left are seated in each step, if that many sets are disjoint
ANEW = 4  # steps after which sets are hunted from everywhere again
NEED = 1e-3  # of what a head costs: what sets that join are worth more than their cost by
BLUR = 0.15  # of the shares, in other dives than the first
EACH = 30  # sets for each person to begin with


def dive(
    chains: Chains, program: Program, cost: Real, stop: Callable[[], bool], chance: random.Random | None = None
) -> list[Set]:
    """Disjoint sets for all but the last few people; the program gains the sets met on the way.

    With `chance`, another dive than without: how sure the program is of a set is blurred a little.
    """
    slim = slimmed(program, cost, EACH)
    left = np.arange(chains.n)
    step = 0
    while len(left) > LAST and not stop():
        if len(left) < chains.n:
            look_among(left, chains, slim, anew=step % ANEW == 0)
        slim.costs()
        chosen = surest(slim, len(left), chance)
        if not chosen:
            break
        slim.seat(chosen)
        left = np.flatnonzero(~slim.seated)
        step += 1
    for members, points in slim.pool.items():
        program.join(members, points)
    return sorted(slim.seats)


def look_among(left: Whole, chains: Chains, program: Program, anew: bool) -> None:
    """Sets of those left that the program would take join it: some near those it takes and, `anew`, from everywhere."""
    cost = program.costs()[1][left]
    table, sizes, need = table_of(chains.table, left), chains.fit.sizes, NEED * float(np.abs(cost).mean())
    place = {person: at for at, person in enumerate(left.tolist())}
    taken = [tuple(place[person] for person in each) for each in program.shares() if each[0] in place]
    ways = [swapped(table, cost, sorted(taken), sizes, need)]
    if anew:
        ways.append(hunted(table, cost, sizes, need))
    for sets, gains in ways:
        for members, points in dearest(Found(sets, gains, complete=False), cost):
            program.join(tuple(left[list(members)].tolist()), points)


def surest(program: Program, left: int, chance: random.Random | None) -> list[Set]:
    """Disjoint sets that are taken most, for a part of those left or, where it is sure, for more."""
    shares = sorted(program.shares().items())
    if chance is not None:
        shares = [(members, share + chance.gauss(0.0, BLUR) if share < SURE else share) for members, share in shares]
    chosen: list[Set] = []
    seated: set[int] = set()
    for members, share in sorted(shares, key=lambda each: (-round(each[1], 6), each[0])):
        if program.seated[members[0]]:
            continue
        if chosen and share < SURE and len(seated) >= PART * left:
            break
        if seated.isdisjoint(members):
            chosen.append(members)
            seated.update(members)
    return chosen
