"""Groups of given sizes, worth the sum of their pairs: maximally diverse grouping, as the literature calls it.

Swaps and moves are accepted as in Kirkpatrick et al. (1983), two groups at a time. What everybody would be worth in
every group is kept, as by Lai & Hao (2016), so that what a change gains is known at a glance; and how much it may lose
is drawn once for the two groups, so that whoever cannot be in such a change is passed over. Between which heats the
groups cool is found first, by how often anything changes at each.
"""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from service.matching.annealing import drawn
from service.matching.chains import CORES
from service.matching.compiled import compiled
from service.matching.fits import Fit, enough
from service.matching.master import Set
from service.matching.people import Real, Whole
from service.matching.wishes import Worth

Groups = Sequence[Sequence[int]]

WORK = 650_000_000  # members and pairs looked at for each second paid for, on each core,
ENOUGH = 250_000  # and for each two people, at most
GLANCE, CHANGE = 20, 40  # of them, what a look at two groups takes at least, and a change
TRIAL = 0.04  # of the work finds the heats,
HOTTEST, COLDER, HEATS = 4.0, 0.85, 40  # tried from so many usual differences between pairs, each so much colder:
WARM, COOL = 0.5, 0.02  # from where so many looks at two groups change something to where so few do;
COLD, LAST = 1e-9, 0.01  # with the last of the work, only what is better is taken
SLICES = 50  # of the work, between which the clock is looked at
SIZES = 200_000_000  # sums of people and sizes that are soon made
STEADY = 64  # looks at two groups before it gets colder
LOW = 0xFFFF_FFFF  # the lower half of a product: what chance has left


class Pairs(NamedTuple):
    """n people and g groups."""

    points: Real  # (n, n) what two are worth together; nothing where they are apart
    least: Real  # (n,) the least of them for each person
    apart: Real  # (n, n) 1 for two who may not be in one group
    parted: bool  # whether anybody may not
    low: Whole  # (g,)
    high: Whole  # (g,)


class Seats(NamedTuple):
    """Who sits where now, and where they sat when that was worth most."""

    members: Whole  # (g, largest)
    sizes: Whole  # (g,)
    company: Real  # (g, n) what each person is, or would be, worth to each group
    barred: Real  # (g, n) of how many of its members each person is kept apart
    best: Whole
    best_sizes: Whole
    worth: Real  # (2,) of all groups now, and when that was most


def plain(fit: Fit, worth: Worth) -> bool:
    """Whether a group is worth the sum of its pairs, and may be formed if every two of its members may meet."""
    all_free = bool(enough(np.bitwise_and.reduce(fit.slots), fit.common))
    return all_free and not fit.counts_organisations and not worth.help.any()


def best_sizes(fit: Fit, worth: Worth) -> list[int] | None:
    """The sizes within the bounds that everybody fits into and that hold the pairs worth most, if all were as usual.

    With points above nothing that is the most pairs there can be, with points below nothing the fewest; found by
    adding one group after another (Bellman 1957). None where that is too much to add up, or somebody is left over.
    """
    n, usual = len(fit), float(worth.together.sum())
    if n * sum(min(high, n) - low + 1 for low, high in fit.groups or ()) > SIZES:
        return None
    most = np.full(n + 1, -np.inf)  # for each number of people, what the pairs of the groups so far come to
    most[0] = 0.0
    chosen = []
    for low, high in fit.groups or ():
        before, most, last = most, np.full(n + 1, -np.inf), np.zeros(n + 1, dtype=np.int64)
        for size in range(low, min(high, n) + 1):
            reached = before[: n + 1 - size] + math.copysign(size * size, usual)
            better = reached > most[size:]
            most[size:][better], last[size:][better] = reached[better], size
        chosen.append(last)
    if most[n] == -np.inf:
        return None
    sizes, left = [], n
    for last in reversed(chosen):
        sizes.append(int(last[left]))
        left -= sizes[-1]
    return sizes[::-1]


def regrouped(fit: Fit, worth: Worth, groups: Groups, seconds: float, seed: int, stop: Callable[[], bool]) -> list[Set]:
    """Better groups for the same people, each at the place of its bounds: the better of two runs, side by side."""
    if len(groups) < 2:
        return [tuple(sorted(group)) for group in groups]
    pairs, work = read_pairs(fit, worth), min(WORK * seconds, ENOUGH * float(len(fit)) ** 2)
    states = [(2 * seed + run) * 2654435761 % 4294967295 + 1 for run in range(CORES)]
    with ThreadPoolExecutor(CORES) as threads:
        found = max(threads.map(lambda state: cooled(pairs, groups, work, state, stop), states))
    return found[1]


def read_pairs(fit: Fit, worth: Worth) -> Pairs:
    """The points of the round."""
    apart = ~fit.allowed
    np.fill_diagonal(apart, False)
    points = np.where(apart, 0.0, worth.together)
    least = np.where(np.eye(len(fit), dtype=np.bool_), np.inf, points).min(axis=1)
    low, high = np.array(fit.groups, dtype=np.int64).T.copy()
    return Pairs(points, least, apart.astype(np.float64), bool(apart.any()), low, np.minimum(high, len(fit)))


def cooled(pairs: Pairs, groups: Groups, work: float, state: int, stop: Callable[[], bool]) -> tuple[float, list[Set]]:
    """The best groups met from the heat at which much changes down to where little does, and what they are worth."""
    seats = seated(pairs, groups)
    heats = HOTTEST * (float(np.std(pairs.points)) + 1e-9) * COLDER ** np.arange(HEATS)
    warm = heat = heats[0]
    for heat in heats:
        if stop():
            break
        changing, state = anneal(pairs, seats, work * TRIAL / HEATS, heat, heat, state)
        if changing > WARM:
            warm = heat
        if changing <= COOL:
            break
    seats = seated(pairs, groups)
    cooling = warm * (heat / warm) ** (np.arange(SLICES + 1) / SLICES)
    for hotter, colder in pairwise(cooling):
        if stop():
            break
        _, state = anneal(pairs, seats, work / SLICES, hotter, colder, state)
    seats = seated(pairs, best_of(seats))
    if not stop():
        anneal(pairs, seats, work * LAST, COLD * heat, COLD * heat, state)
    return float(seats.worth[1]), best_of(seats)


def seated(pairs: Pairs, groups: Groups) -> Seats:
    """Everybody where they are, and what they would be worth elsewhere."""
    members = np.zeros((len(groups), int(pairs.high.max())), dtype=np.int64)
    for place, group in enumerate(groups):
        members[place, : len(group)] = group
    count = np.array([len(group) for group in groups], dtype=np.int64)
    company = np.array([pairs.points[list(group)].sum(axis=0) for group in groups])
    barred = np.array([pairs.apart[list(group)].sum(axis=0) for group in groups])
    worth = sum(float(row[list(group)].sum()) for row, group in zip(company, groups, strict=True)) / 2.0
    return Seats(members, count, company, barred, members.copy(), count.copy(), np.array([worth, worth]))


def best_of(seats: Seats) -> list[Set]:
    """The best groups met, each at the place of its bounds."""
    return [tuple(sorted(row[:count].tolist())) for row, count in zip(seats.best, seats.best_sizes, strict=True)]


@compiled
def anneal(pairs: Pairs, seats: Seats, work: float, warm: float, cool: float, state: int) -> tuple[float, int]:
    """Looks at two groups after another while the heat falls from warm to cool, in points, until the work is done.

    Which share of the looks changed something, and the state of chance.
    """
    points, least, low, high = pairs.points, pairs.least, pairs.low, pairs.high  # read once: it happens often
    members, count, company, worth = seats.members, seats.sizes, seats.company, seats.worth
    ones, others = np.zeros(members.shape[1]), np.zeros(members.shape[1])
    looked, looks, changes, heat, twice = 0.0, 0, 0, warm, 2.0 * least.min()
    while looked < work:
        if looks % STEADY == 0:
            heat = warm * (cool / warm) ** (looked / work)
        looks += 1
        state = drawn(state)
        one, other, first = two_of(len(count), state)
        state = drawn(state)
        lost = heat * np.log(state / 4294967296.0)  # a change gains more
        most_one = fill_gains(members, count, company, one, other, ones)
        most_other = fill_gains(members, count, company, other, one, others)
        looked += GLANCE + count[one] + count[other]
        leaver = comer = -1
        if most_one > lost and count[one] > low[one] and count[other] < high[other]:
            leaver = mover(members, count, seats.barred, one, other, ones, first, lost)
        if leaver < 0 and most_other > lost and count[other] > low[other] and count[one] < high[one]:
            comer = mover(members, count, seats.barred, other, one, others, first, lost)
        if leaver < 0 and comer < 0 and most_one + most_other - twice > lost:
            leaver, comer, more = swappers(pairs, seats, one, other, ones, others, most_other, first, lost)
            looked += more
        if leaver < 0 and comer < 0:
            continue
        here = members[one, leaver] if leaver >= 0 else -1
        there = members[other, comer] if comer >= 0 else -1
        worth[0] += gain_of(points, here, there, ones[leaver], others[comer])
        change(members, count, one, leaver, there)
        change(members, count, other, comer, here)
        follow(points, company, here, there, one, other)
        if pairs.parted:
            follow(pairs.apart, seats.barred, here, there, one, other)
        changes += 1
        looked += CHANGE + len(points) / 4
        if worth[0] > worth[1] + 1e-9:
            worth[1] = worth[0]
            seats.best[:] = members
            seats.best_sizes[:] = count
    return changes / max(1, looks), state


@compiled
def two_of(groups: int, state: int) -> tuple[int, int, int]:
    """Two groups by chance, and 32 bits of chance that are left."""
    one, left = state * groups >> 32, state * groups & LOW
    other, left = left * (groups - 1) >> 32, left * (groups - 1) & LOW
    return one, other + (other >= one), left


@compiled
def fill_gains(members: Whole, count: Whole, company: Real, here: int, there: int, gains: Real) -> float:
    """What each member of `here` would gain by moving there, and the most of it."""
    most = -np.inf
    for place in range(count[here]):
        person = members[here, place]
        gains[place] = company[there, person] - company[here, person]
        if gains[place] > most:
            most = gains[place]
    return most


@compiled
def turned(first: int, step: int, count: int) -> int:
    """So many places on from a first one drawn by 32 bits of chance, round and round."""
    place = (first * count >> 32) + step
    return place - count if place >= count else place


@compiled
def mover(
    members: Whole, count: Whole, barred: Real, here: int, there: int, gains: Real, first: int, lost: float
) -> int:
    """The place of a member of `here` who gains more than is lost by moving there, and may; or -1."""
    for step in range(count[here]):
        place = turned(first, step, count[here])
        if gains[place] > lost and barred[there, members[here, place]] == 0.0:
            return place
    return -1


@compiled
def swappers(
    pairs: Pairs,
    seats: Seats,
    one: int,
    other: int,
    ones: Real,
    others: Real,
    most: float,
    first: int,
    lost: float,
) -> tuple[int, int, int]:
    """The places of two who gain more than is lost by swapping, and may, or -1; and what was looked at.

    `most` is the most that anybody of the other group gains.
    """
    points, members = pairs.points, seats.members
    count, many = seats.sizes[one], seats.sizes[other]
    looked, second = GLANCE + count, first * count & LOW
    for step in range(count):
        leaver = turned(first, step, count)
        here = members[one, leaver]
        if ones[leaver] + most - 2.0 * pairs.least[here] <= lost:
            continue
        looked += 2 * many
        for further in range(many):
            comer = turned(second, further, many)
            there = members[other, comer]
            if ones[leaver] + others[comer] - 2.0 * points[here, there] > lost:
                apart = pairs.apart[here, there]
                if seats.barred[other, here] == apart and seats.barred[one, there] == apart:
                    return leaver, comer, looked
    return -1, -1, looked


@compiled
def gain_of(points: Real, here: int, there: int, gain: float, other_gain: float) -> float:
    """What is gained when one person leaves and the other comes, or only one of them (-1 is nobody)."""
    if here < 0 or there < 0:
        return other_gain if here < 0 else gain
    return gain + other_gain - 2.0 * float(points[here, there])


@compiled
def change(members: Whole, count: Whole, group: int, place: int, person: int) -> None:
    """The person takes the place in the group, or joins it (place -1); where nobody comes (-1), the last moves up."""
    if place < 0:
        members[group, count[group]] = person
        count[group] += 1
    elif person >= 0:
        members[group, place] = person
    else:
        count[group] -= 1
        members[group, place] = members[group, count[group]]


@compiled
def follow(points: Real, company: Real, here: int, there: int, one: int, other: int) -> None:
    """What everybody is to the two groups once `here` has gone from the one to the other, and `there` back."""
    left, joined = company[one], company[other]
    if here < 0 or there < 0:
        row = points[max(here, there)]
        sign = 1.0 if there < 0 else -1.0
        for each in range(len(row)):
            left[each] -= sign * row[each]
            joined[each] += sign * row[each]
        return
    leaving, coming = points[here], points[there]
    for each in range(len(leaving)):
        more = leaving[each] - coming[each]
        left[each] -= more
        joined[each] += more
