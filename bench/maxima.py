"""A published heuristic for groups of given sizes: iterated maxima search (Lai & Hao 2016, EJOR 254(3)), compiled.

A descent by moves and swaps; three of the best of a few changes by chance, and the descent again, until that has helped
three times in no way; then as many changes by chance as a group has members, and all of it again.
"""

import time

import numpy as np

from service.matching.annealing import drawn
from service.matching.compiled import compiled
from service.matching.grouping import follow
from service.matching.people import Real, Whole

LOW = 0xFFFF_FFFF
STARTS = 10  # of which the best is begun from
PATIENCE, WEAK = 3, 3  # times nothing helps; changes by chance in between
LARGE, STRONGER = 400, 1.5  # people from whom on groups are shaken harder


def iterated_maxima(points: Real, low: Whole, high: Whole, seconds: float, seed: int) -> tuple[float, Whole, float]:
    """What the best groups met in so many seconds of work come to, whose group everybody is in, and the seconds."""
    began = time.process_time()
    state, least = np.array([seed * 2654435761 % LOW + 1]), low.astype(np.int64)
    home, sizes = scattered(state, len(points), least, high)
    best, found = -np.inf, home.copy()
    for _ in range(STARTS):
        trial, filled = scattered(state, len(points), least, high)
        value = descended(points, least, high, trial, filled, company_of(points, trial, len(low)))
        if value > best:
            best, home, sizes, found = value, trial, filled, trial.copy()
    shakes = int((1.0 if len(points) <= LARGE else STRONGER) * len(points) / len(low))
    while True:
        value = searched(points, least, high, home, sizes, shakes, state)
        if value > best:
            best, found = value, home.copy()
        if (spent := time.process_time() - began) >= seconds:
            return best, found, spent


def scattered(state: Whole, people: int, low: Whole, high: Whole) -> tuple[Whole, Whole]:
    """Groups by chance within their bounds."""
    chance = np.random.default_rng(int(state[0]))
    state[0] = drawn(int(state[0]))
    sizes = low.copy()
    while sizes.sum() < people:
        sizes[chance.choice(np.flatnonzero(sizes < high))] += 1
    return chance.permutation(np.repeat(np.arange(len(low)), sizes)), sizes


@compiled
def company_of(points: Real, home: Whole, groups: int) -> Real:
    """(groups, n) what each person is, or would be, worth to each group."""
    company = np.zeros((groups, len(home)))
    for person in range(len(home)):
        company[home[person]] += points[person]
    return company


@compiled
def gain(points: Real, home: Whole, company: Real, one: int, other: int, group: int) -> float:
    """What is gained if one person goes to the group and, unless it is nobody (-1), the other one comes for them."""
    here = home[one]
    more = company[group, one] - company[here, one]
    if other >= 0:
        more += company[here, other] - company[group, other] - 2.0 * points[one, other]
    return float(more)


@compiled
def go(points: Real, home: Whole, sizes: Whole, company: Real, one: int, other: int, group: int) -> None:
    """Makes the change."""
    follow(points, company, one, other, home[one], group)
    settle(home, sizes, one, other, group)


@compiled
def settle(home: Whole, sizes: Whole, one: int, other: int, group: int) -> None:
    """Writes down who sits where after the change."""
    here = home[one]
    home[one] = group
    if other >= 0:
        home[other] = here
    else:
        sizes[here] -= 1
        sizes[group] += 1


@compiled
def descended(points: Real, low: Whole, high: Whole, home: Whole, sizes: Whole, company: Real) -> float:
    """Moves and swaps while any helps; what the groups come to."""
    n, better = len(home), True
    while better:
        better = False
        for one in range(n):
            for group in range(len(low)):
                may = group != home[one] and sizes[home[one]] > low[home[one]] and sizes[group] < high[group]
                if may and gain(points, home, company, one, -1, group) > 1e-9:
                    go(points, home, sizes, company, one, -1, group)
                    better = True
        for one in range(n):
            for other in range(one + 1, n):
                here, there = home[one], home[other]
                if here != there:  # what `gain` says, written out: calling it took five times as long
                    more = company[there, one] - company[here, one] + company[here, other] - company[there, other]
                    if more - 2.0 * points[one, other] > 1e-9:
                        go(points, home, sizes, company, one, other, there)
                        better = True
    total = 0.0
    for person in range(n):
        total += company[home[person], person]
    return total / 2.0


@compiled
def by_chance(low: Whole, high: Whole, home: Whole, sizes: Whole, state: Whole) -> tuple[int, int, int]:
    """A move (nobody comes: -1) or swap that the bounds allow, each as likely as any other."""
    n, groups = len(home), len(low)
    while True:
        state[0] = drawn(state[0])
        one = state[0] * n >> 32
        state[0] = drawn(state[0])
        to = state[0] * (n + 2 * groups) >> 32  # a swap is met from either side, a move from one
        if to < n:
            if home[to] != home[one]:
                return one, to, home[to]
            continue
        group = (to - n) // 2
        if group != home[one] and sizes[home[one]] > low[home[one]] and sizes[group] < high[group]:
            return one, -1, group


@compiled
def searched(points: Real, low: Whole, high: Whole, home: Whole, sizes: Whole, shakes: int, state: Whole) -> float:
    """Shakes the groups and climbs from one maximum to better ones near by; leaves the best of them, and its value."""
    for _ in range(shakes):
        one, other, group = by_chance(low, high, home, sizes, state)
        settle(home, sizes, one, other, group)
    company = company_of(points, home, len(low))
    kept, filled, worth, best, patience = home.copy(), sizes.copy(), company.copy(), -np.inf, PATIENCE
    while True:
        value = descended(points, low, high, home, sizes, company)
        patience -= 1
        if value > best + 1e-9:
            best, patience = value, PATIENCE
            kept[:], filled[:], worth[:] = home, sizes, company
        home[:], sizes[:], company[:] = kept, filled, worth
        if patience == 0:
            return best
        for _ in range(WEAK):
            most, chosen = -np.inf, (0, 0, 0)
            for _ in range(len(home)):
                one, other, group = by_chance(low, high, home, sizes, state)
                more = gain(points, home, company, one, other, group)
                if more > most:
                    most, chosen = more, (one, other, group)
            go(points, home, sizes, company, *chosen)
